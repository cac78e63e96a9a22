"""One policy for every HTTP request: time, size, addresses, redirects, encodings and who we say we are."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions as u3
from requests.exceptions import ConnectionError as BrokenConnection
from requests.exceptions import InvalidHeader, InvalidURL, ProxyError, RequestException, SSLError, Timeout
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from monitors.clock import utc_now
from monitors.definition.model import Polling
from monitors.feeds.connection import GuardedAdapter
from monitors.feeds.decoding import DecodingError, decoded
from monitors.feeds.failure import FetchError
from monitors.feeds.refusals import outcome_of_status, retry_after
from monitors.feeds.watchdog import Watchdog

MAX_REDIRECTS = 5
MAX_URL = 2048
"""Characters."""
_ERROR_PAGE = 65536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)


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
    """

    polling: Polling
    stop_at: float | None = None
    tls: ssl.SSLContext | None = None
    _agent: str = field(init=False)
    _trusted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        contact = f" (+{self.polling.contact})" if self.polling.contact else ""
        self._agent = f"wirewatch/{_version()}{contact}"
        trusted = {host.strip("[]").rstrip(".").lower() for host in self.polling.allow_private}
        if self.polling.proxy:
            trusted.add((urlsplit(self.polling.proxy).hostname or "").lower())
        self._trusted = frozenset(trusted)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """GET `url`, following up to five redirects by hand.

        `etag` and `last_modified` are sent back as they were received. `max_bytes` replaces the policy's limit.
        Raises FetchError for everything but 200, and 304 to a conditional request.
        """
        started = time.monotonic()
        seconds = self.polling.deadline
        if self.stop_at is not None:
            seconds = min(seconds, self.stop_at - started)
        if seconds <= 0:
            raise FetchError("not-polled", "the run's time ended before this fetch")
        conditions = {
            name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if value
        }
        with Watchdog(seconds, trusted_hosts=self._trusted) as guard, requests.Session() as session:
            session.trust_env = False
            session.headers.clear()
            adapter = GuardedAdapter(guard, lambda: self._context)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            try:
                return self._follow(session, guard, url, conditions, max_bytes or self.polling.max_bytes)
            except FetchError as error:
                if guard.expired and error.outcome != "deadline":
                    raise _late(guard, error.outcome) from None
                raise
            except (RequestException, u3.HTTPError, OSError, UnicodeError) as error:
                if guard.expired or isinstance(error, Timeout | u3.TimeoutError):
                    raise _late(guard, None) from None
                raise _named(error) from None

    def _follow(
        self,
        session: requests.Session,
        guard: Watchdog,
        url: str,
        conditions: Mapping[str, str],
        max_bytes: int,
    ) -> Response:
        seen: set[str] = set()
        permanent = True
        for _ in range(MAX_REDIRECTS + 1):
            check_url(url)
            if url in seen:
                raise FetchError("redirect-loop", f"redirected in a circle through {shown(url)}")
            seen.add(url)
            with self._get(session, guard, url, conditions) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                status = answer.status_code
                if status in _REDIRECTS and headers.get("location"):
                    permanent = permanent and status in _PERMANENT
                    url = _target(url, headers["location"])
                    session.close()  # the server may end this connection, so the next hop opens its own
                    continue
                if status == 304 and conditions:
                    body = b""
                elif status == 200:
                    body = _read(answer, headers.get("content-encoding"), max_bytes, guard)
                else:
                    raise _refusal(answer, status, headers, guard, url)
            took = guard.seconds - guard.remaining()
            return Response(without_login(url), status, headers, body, took, permanent and len(seen) > 1)
        raise FetchError("redirect-loop", f"more than {MAX_REDIRECTS} redirects, the last to {shown(url)}")

    def _get(
        self, session: requests.Session, guard: Watchdog, url: str, conditions: Mapping[str, str]
    ) -> requests.Response:
        headers = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip", "Connection": "close"}
        try:
            request = session.prepare_request(requests.Request("GET", url, headers={**headers, **conditions}))
        except (RequestException, u3.HTTPError, ValueError) as error:
            raise FetchError("bad-url", f"{shown(url)} cannot be requested: {type(error).__name__}") from None
        wait = guard.remaining()
        proxies = {"http": self.polling.proxy, "https": self.polling.proxy} if self.polling.proxy else {}
        return session.send(request, stream=True, timeout=(wait, wait), allow_redirects=False, proxies=proxies)


def check_url(url: str) -> None:
    """Raise FetchError (bad-url) unless `url` is an absolute http(s) URL of at most MAX_URL characters."""
    problem = None
    if len(url) > MAX_URL:
        problem = f"longer than {MAX_URL} characters"
    elif any(ord(sign) <= 32 or sign in "\\\x7f" for sign in url):
        problem = "holds a space, backslash or control character"
    else:
        try:
            parts = urlsplit(url)
            if parts.scheme.lower() not in {"http", "https"}:
                problem = "is not http or https"
            elif not parts.hostname or parts.port == 0:
                problem = "names no host"
        except ValueError:
            problem = "is malformed"
    if problem:
        raise FetchError("bad-url", f"{shown(url)}: {problem}")


def without_login(url: str) -> str:
    """The URL without user name and password."""
    head, mark, rest = url.partition("://")
    if not mark:
        return url
    end = min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))
    return f"{head}://{rest[:end].rpartition('@')[2]}{rest[end:]}"


def shown(url: str) -> str:
    """The URL for messages: without user name and password, and at most 200 characters."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in without_login(url))
    return clean if len(clean) <= 200 else clean[:199] + "…"


def _read(answer: requests.Response, encoding: str | None, limit: int, guard: Watchdog) -> bytes:
    """The whole decoded body. `expired` comes first: a shut down connection can look like the end of the body."""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in decoded(_raw(answer), encoding):
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
    with contextlib.suppress(UnicodeError):  # http.client reads header bytes as Latin-1; servers send UTF-8
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(url, location.strip()).partition("#")[0]
    except ValueError:
        raise FetchError("bad-url", f"{shown(url)} redirects to a malformed address") from None


def _late(guard: Watchdog, stage: str | None, status: int | None = None) -> FetchError:
    if stage in {"unreachable", "dns-temporary", "unknown-host"}:
        return FetchError("unreachable", f"no connection within {guard.seconds:.1f} s")
    return FetchError("deadline", f"not finished within {guard.seconds:.1f} s", http_status=status)


def _named(error: Exception) -> FetchError:
    """The outcome of a fault that requests or urllib3 reported. Only the class is told on: texts may hold secrets."""
    cause = _root(error)
    said = type(cause).__name__
    if isinstance(error, ProxyError) or isinstance(cause, u3.ProxyError):
        return FetchError("proxy-failed", f"the proxy did not connect ({said})")
    if isinstance(error, SSLError | u3.SSLError) or isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or said
        return FetchError("tls-failed", f"no trusted connection: {reason}")
    if isinstance(error, InvalidURL | InvalidHeader | u3.LocationParseError | UnicodeError):
        return FetchError("bad-url", f"the request cannot be made ({said})")
    if isinstance(cause, OSError | EOFError) or said in {"IncompleteRead", "RemoteDisconnected"}:
        return FetchError("connection-broken", f"the connection ended too early ({said})")
    if isinstance(error, BrokenConnection | u3.HTTPError):
        return FetchError("bad-response", f"not a valid HTTP answer ({said})")
    return FetchError("connection-broken", f"the connection failed ({said})")


def _root(error: BaseException) -> BaseException:
    """The innermost exception: requests and urllib3 wrap by argument, `reason` or cause."""
    for _ in range(8):
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in reversed(error.args) if isinstance(arg, BaseException)), None)
        if inner is None:
            return error
        error = inner
    return error


def _version() -> str:
    try:
        return version("wirewatch")
    except PackageNotFoundError:
        return "0"
