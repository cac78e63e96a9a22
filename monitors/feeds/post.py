"""Sends a body to a URL, by the same policy as what is fetched: time, addresses, TLS and who we say we are.

A redirect is never followed: it would carry the body, and what proves who sends it, to another host.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as u3
from requests.exceptions import RequestException, Timeout
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from monitors.feeds.addresses import is_private_by_name
from monitors.feeds.causes import broken
from monitors.feeds.connection import GuardedAdapter
from monitors.feeds.credentials import credentials
from monitors.feeds.failure import FetchError
from monitors.feeds.urls import check_url, without_login
from monitors.feeds.watchdog import Watchdog

MAX_ANSWER = 16384
"""Bytes read of an answer, unless more are wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` has lower case names; `body` is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Poster:
    """Posts to URLs. Safe to share between threads.

    `seconds` bounds one post. `trusted_hosts` (lower case) may lie at private addresses; `any_host` trusts them all.
    `proxy` gives an http(s) address, and is asked at each post. `tls` replaces the usual trusted certificates. Of an
    answer `max_answer` bytes are read.
    """

    seconds: float = 15.0
    trusted_hosts: frozenset[str] = frozenset()
    any_host: bool = False
    proxy: Callable[[], str] | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    max_answer: int = MAX_ANSWER

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST `body` as it is. Every status is an answer.

        Raises FetchError when none came; its text may hold parts of the URL, its outcome never does.
        """
        check_url(url)
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
        trusted = self.trusted_hosts | ({host} if self.any_host else set())
        proxy = self.proxy() if self.proxy else None
        if proxy:
            if host not in trusted and is_private_by_name(host):
                raise FetchError("refused-address", "the host is not public")
            trusted |= {(urlsplit(proxy).hostname or "").lower()}
        with (
            Watchdog(self.seconds, trusted_hosts=trusted) as guard,
            closing(GuardedAdapter(guard, lambda: self._context)) as adapter,
        ):
            try:
                return self._post(adapter, guard, url, body, headers, proxy)
            except FetchError:
                if guard.expired:
                    raise FetchError("deadline", f"no answer within {self.seconds:g} s") from None
                raise
            except (RequestException, u3.HTTPError, OSError, UnicodeError, ValueError) as error:
                if guard.expired or isinstance(error, Timeout | u3.TimeoutError):
                    raise FetchError("deadline", f"no answer within {self.seconds:g} s") from None
                raise broken(error) from None

    def _post(
        self,
        adapter: GuardedAdapter,
        guard: Watchdog,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        proxy: str | None,
    ) -> Answer:
        own = credentials(url, {}, {}).for_address(url)
        ours = {"User-Agent": f"wirewatch/{_version()}", "Accept-Encoding": "identity", "Connection": "close"}
        # Without a session, which would merge settings, cookies and hooks that a post has none of: half of its cost.
        request = requests.PreparedRequest()
        request.prepare_method("POST")
        request.prepare_url(without_login(url), None)
        request.prepare_headers({**own, **headers, **ours})
        request.prepare_body(body, None)
        wait = guard.remaining()
        proxies = {"http": proxy, "https": proxy} if proxy else {}
        with adapter.send(request, stream=True, timeout=(wait, wait), proxies=proxies) as answer:
            return Answer(
                answer.status_code,
                {name.lower(): value for name, value in answer.headers.items()},
                _beginning(answer, self.max_answer),
            )


def _beginning(answer: requests.Response, size: int) -> bytes:
    """The status has come, so the message was taken or not: what breaks off after it changes nothing."""
    try:
        return bytes(answer.raw.read(size, decode_content=False))
    except (u3.HTTPError, OSError):
        return b""


@cache
def _version() -> str:
    try:
        return version("wirewatch")
    except PackageNotFoundError:
        return "0"
