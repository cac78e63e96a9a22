"""What every request passes and every answer carries: host, origin, who asks, and the headers that bind a browser."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitors.browse import passwords
from monitors.browse.settings import Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""On every answer: nothing from elsewhere, nothing inline, no frame around it, no word to others where one was."""

_SAFE = ("GET", "HEAD")


class Gate:
    """Refuses what does not belong here before any page is made.

    A foreign name in `Host` is how a page elsewhere reaches a server on loopback (DNS rebinding), so it is 421 (RFC
    9110, 15.5.20). A form from another site is 403: it must say that it comes from here, by Fetch Metadata or Origin.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._key = secrets.token_bytes(32)
        self._known = b""
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = await self._refusal(scope["method"], Headers(scope=scope))
        await (refused or self._app)(scope, receive, send_with_headers)

    async def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if hostname(host) not in self._settings.hosts or len(headers.getlist("host")) != 1:
            return PlainTextResponse(
                "421: these pages are not served under that name; --allow-host names another one\n", 421
            )
        if method not in _SAFE and not is_from_here(headers, host):
            return PlainTextResponse("403: only a page of this archive may ask for that\n", 403)
        if self._settings.user_header and not headers.get(self._settings.user_header, "").strip():
            return PlainTextResponse(
                f"403: the proxy in front names who asks in {self._settings.user_header}; it is missing\n", 403
            )
        if self._settings.password_hash and not await self._is_known(headers.get("authorization", "")):
            return PlainTextResponse(
                "401: user and password, please\n",
                401,
                {"WWW-Authenticate": 'Basic realm="Wirewatch", charset="UTF-8"'},
            )
        return None

    async def _is_known(self, authorization: str) -> bool:
        """The hash is slow on purpose: it is computed by one request at a time, and not again for what was right."""
        if not authorization:
            return False
        digest = hmac.digest(self._key, authorization.encode("utf-8", "replace"), hashlib.sha256)
        if hmac.compare_digest(digest, self._known):
            return True
        async with self._one_at_a_time:
            if await run_in_threadpool(passwords.fits, self._settings.password_hash, authorization):
                self._known = digest
                return True
        return False


def hostname(host: str) -> str:
    """The name in a `Host` header, without port and brackets, in lower case; empty when it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "") if host and not set(host) & set("/?#@\\ \t") else ""
    except ValueError:
        return ""


def is_from_here(headers: Headers, host: str) -> bool:
    """Whether a browser sent this from a page of ours. What says nothing of where it comes from does not.

    Under our own `Referrer-Policy: no-referrer` the origin of a form is "null" (Fetch, "append a request Origin
    header"), so that Fetch Metadata, which no page can set, has to say it.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or origin == "null":
        return site == "same-origin"
    return urlsplit(origin).netloc.lower() == host.lower() and urlsplit(origin).scheme in ("http", "https")
