"""One policy for every HTTP request: time, size, addresses, redirects, encodings and who we say we are."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions as u3
from requests.cookies import RequestsCookieJar
from requests.exceptions import RequestException, Timeout
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from monitors.clock import utc_now
from monitors.definition.model import Feed, Polling
from monitors.definition.secrets import MissingVariable, is_proxy_address, revealed
from monitors.errors import InputError
from monitors.feeds.addresses import is_private_by_name
from monitors.feeds.causes import broken
from monitors.feeds.connection import GuardedAdapter
from monitors.feeds.credentials import Credentials, credentials
from monitors.feeds.decoding import DecodingError, decoded, unpacked
from monitors.feeds.failure import FetchError
from monitors.feeds.refusals import outcome_of_status, retry_after
from monitors.feeds.turns import Distance
from monitors.feeds.urls import check_url, host_and_port, shown, without_login
from monitors.feeds.watchdog import Watchdog

__all__ = ["FEEDS", "PAGES", "PLAIN_TEXT", "Fetcher", "Response", "check_url", "shown", "without_login"]

MAX_REDIRECTS = 5
_ERROR_PAGE = 65536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
FEEDS = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PLAIN_TEXT = "text/plain, */*;q=0.1"
"""What is asked for, as the Accept header of a request."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with status 200, or 304 to a conditional request.

    `url` is where the answer came from, without a login. `headers` has lower case names. `body` is decoded. `seconds`
    is the whole fetch. `redirected_permanently` is true when there was a redirect and every hop was a 301 or 308.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    redirected_permanently: bool = False


@dataclass
class Fetcher:
    """Fetches URLs under one policy. Safe to share between threads: each fetch has its own connections.

    `stop_at` is a `time.monotonic()` value past which no fetch runs. `tls` replaces the usual trusted certificates.
    `environment` has the secrets that the monitor file names; no proxy is taken from it that the file does not name.
    `distance` is what redirects to other hosts keep. Making one raises InputError for a proxy that cannot be used.
    """

    polling: Polling
    stop_at: float | None = None
    tls: ssl.SSLContext | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    distance: Distance = field(init=False, repr=False)
    _agent: str = field(init=False)
    _allowed: frozenset[str] = field(init=False)
    _proxy: str | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        contact = f" (+{self.polling.contact})" if self.polling.contact else ""
        self._agent = f"wirewatch/{_version()}{contact}"
        self._allowed = frozenset(host.strip("[]").rstrip(".").lower() for host in self.polling.allow_private)
        self._proxy = _proxy(self.polling, self.environment)
        self.distance = Distance(self.polling.per_host_delay)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)

    def fetch(
        self,
        url: str,
        *,
        feed: Feed | None = None,
        accept: str = FEEDS,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        before_redirect: Callable[[str], None] | None = None,
    ) -> Response:
        """GET `url`, following up to five redirects by hand.

        `feed` is whose headers and login are sent, to the host of its own URL only; without one that is the login in
        `url`. `etag` and `last_modified` are sent back as they were received. `max_bytes` replaces the policy's limit.
        `before_redirect` is told where a redirect leads; what it raises ends the fetch.
        Raises FetchError for everything but 200, and 304 to a conditional request.
        """
        started = time.monotonic()
        seconds = self.polling.deadline
        if self.stop_at is not None:
            seconds = min(seconds, self.stop_at - started)
        if seconds <= 0:
            raise FetchError("not-polled", "the run's time ended before this fetch")
        own = credentials(feed.url, feed.headers, self.environment) if feed else credentials(url, {}, {})
        conditions = {
            name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if value
        }
        ask = _Ask(accept, conditions, own, max_bytes or self.polling.max_bytes, before_redirect)
        with (
            Watchdog(seconds, trusted_hosts=self._trusted) as guard,
            closing(GuardedAdapter(guard, lambda: self._context)) as adapter,
        ):
            try:
                return self._follow(adapter, guard, url, ask)
            except FetchError as error:
                if guard.expired and error.outcome != "deadline":
                    raise _late(guard, error.outcome) from None
                raise
            except (RequestException, u3.HTTPError, OSError, UnicodeError) as error:
                if guard.expired or isinstance(error, Timeout | u3.TimeoutError):
                    raise _late(guard, None) from None
                raise broken(error) from None

    @property
    def _trusted(self) -> frozenset[str]:
        """Where connections may go whatever the address: with a proxy there are none but those to it."""
        return self._allowed | {(urlsplit(self._proxy).hostname or "").lower()} if self._proxy else self._allowed

    def _follow(self, adapter: GuardedAdapter, guard: Watchdog, url: str, ask: _Ask) -> Response:
        seen: list[str] = []
        cookies = RequestsCookieJar()
        permanent = True
        for _ in range(MAX_REDIRECTS + 1):
            check_url(url)
            url = without_login(url)
            if url in seen:
                raise FetchError("redirect-loop", f"redirected in a circle through {shown(url)}")
            self._take_turn(url, seen[-1] if seen else None, guard)
            seen.append(url)
            with self._get(adapter, guard, url, ask, cookies) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                status = answer.status_code
                if status in _REDIRECTS and headers.get("location"):
                    permanent = permanent and status in _PERMANENT
                    url = _target(url, headers["location"])
                    cookies.update(answer.cookies)
                    adapter.close()  # the server may end this connection, so the next hop opens its own
                    if ask.before_redirect is not None:
                        ask.before_redirect(url)
                    continue
                if status == 304 and ask.conditions:
                    body = b""
                elif status == 200:
                    body = _read(answer, headers.get("content-encoding"), ask.max_bytes, guard)
                else:
                    raise _refusal(answer, status, headers, guard, url)
            took = guard.seconds - guard.remaining()
            return Response(url, status, headers, body, took, permanent and len(seen) > 1)
        raise FetchError("redirect-loop", f"more than {MAX_REDIRECTS} redirects, the last to {shown(url)}")

    def _take_turn(self, url: str, before: str | None, guard: Watchdog) -> None:
        """Wait for our turn at a host that a redirect leads to; whoever calls `fetch` waits for that of the first."""
        host = host_and_port(url)
        if before is None or host == host_and_port(before):
            self.distance.note(host)
        elif not self.distance.wait(host, guard.remaining()):
            raise FetchError("not-polled", f"redirected to {host}, whose turn would have come too late")

    def _get(
        self, adapter: GuardedAdapter, guard: Watchdog, url: str, ask: _Ask, cookies: RequestsCookieJar
    ) -> requests.Response:
        if self._proxy:
            self._check_for_proxy(url)
        headers = {
            **{"Accept": ask.accept, **ask.own.for_address(url)},
            **{"User-Agent": self._agent, "Accept-Encoding": "gzip", "Connection": "close"},
            **ask.conditions,
        }
        # Without a session, which costs a quarter of an unchanged poll, and reads the body of a redirect without limit.
        request = requests.PreparedRequest()
        try:
            request.prepare_method("GET")
            request.prepare_url(url, None)
            request.prepare_headers(headers)
            if len(cookies):
                request.prepare_cookies(cookies)
        except (RequestException, u3.HTTPError, ValueError) as error:
            raise FetchError("bad-url", f"{shown(url)} cannot be requested: {type(error).__name__}") from None
        wait = guard.remaining()
        proxies = {"http": self._proxy, "https": self._proxy} if self._proxy else {}
        return adapter.send(request, stream=True, timeout=(wait, wait), proxies=proxies)

    def _check_for_proxy(self, url: str) -> None:
        """A proxy connects for us, from inside our network perhaps: what is written as a private address is refused."""
        host = (urlsplit(url).hostname or "").rstrip(".")
        if host not in self._allowed and is_private_by_name(host):
            raise FetchError("refused-address", f"{host} is not public; name it in polling.allow_private to allow it")


@dataclass(frozen=True, slots=True)
class _Ask:
    """What stays the same over the hops of one fetch."""

    accept: str
    conditions: Mapping[str, str]
    own: Credentials
    max_bytes: int
    before_redirect: Callable[[str], None] | None


def _proxy(polling: Polling, environment: Mapping[str, str]) -> str | None:
    if polling.proxy is None:
        return None
    try:
        found = revealed(polling.proxy, environment)
    except MissingVariable as error:
        raise InputError(f"polling.proxy: {error}") from None
    if not is_proxy_address(found):
        raise InputError(f"polling.proxy: {polling.proxy} holds no address such as http://host:port")
    return found


def _read(answer: requests.Response, encoding: str | None, limit: int, guard: Watchdog) -> bytes:
    """The whole decoded body, unpacked if it is a gzip file.

    `expired` comes first: a shut down connection can look like the end of the body.
    """
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in unpacked(decoded(_raw(answer), encoding)):
            size += len(piece)
            if size > limit:
                raise FetchError("too-large", f"more than {limit} decoded bytes", http_status=answer.status_code)
            pieces.append(piece)
    except DecodingError as error:
        if not guard.expired:
            raise FetchError("bad-encoding", str(error), http_status=answer.status_code) from None
    if guard.expired:
        raise _late(guard, None, answer.status_code)
    return b"".join(pieces)


def _raw(answer: requests.Response) -> Iterator[bytes]:
    while piece := answer.raw.read1(65536, decode_content=False):
        yield piece


def _refusal(
    answer: requests.Response, status: int, headers: Mapping[str, str], guard: Watchdog, url: str
) -> FetchError:
    """The error for a status that is no success. The page is read only to recognise a challenge."""
    try:
        body = _read(answer, headers.get("content-encoding"), _ERROR_PAGE, guard)
    except (FetchError, u3.HTTPError, OSError):
        body = b""
    outcome = outcome_of_status(status, headers, body)
    return FetchError(
        outcome,
        f"status {status} from {shown(url)}",
        http_status=status,
        retry_after=retry_after(headers, utc_now()) if status in {429, 503} else None,
    )


def _target(url: str, location: str) -> str:
    with suppress(UnicodeError):  # http.client reads header bytes as Latin-1; servers send UTF-8
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(url, location.strip()).partition("#")[0]
    except ValueError:
        raise FetchError("bad-url", f"{shown(url)} redirects to a malformed address") from None


def _late(guard: Watchdog, stage: str | None, status: int | None = None) -> FetchError:
    if stage in {"unreachable", "dns-temporary", "unknown-host"}:
        return FetchError("unreachable", f"no connection within {guard.seconds:.1f} s")
    return FetchError("deadline", f"not finished within {guard.seconds:.1f} s", http_status=status)


def _version() -> str:
    try:
        return version("wirewatch")
    except PackageNotFoundError:
        return "0"
