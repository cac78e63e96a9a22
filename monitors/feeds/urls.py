"""Addresses: which may be requested, and how they are shown where secrets must not be."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from monitors.feeds.failure import FetchError

MAX_URL = 2048
"""Characters."""
HIDDEN = "***"
"""What stands in place of a secret."""

_PARAMETER = re.compile(r"(?<=[?&;#])([^=&;#]{1,200})=([^&;#\s]+)")
_SECRET = re.compile(
    r"key|token|secret|pass|pwd|auth|sig|session|sid$|cred|jwt|hash|code$|login|user|^uid$|^k$|^t$", re.I
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


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


def without_secrets(url: str) -> str:
    """The URL, or a path, without login and with HIDDEN for the values of parameters that are named like secrets.

    Rather one too many: `token`, `api_key`, `sig` and their like. A secret that is part of a path cannot be told.
    """
    return _PARAMETER.sub(_hidden, without_login(url))


def shown(url: str) -> str:
    """The URL for messages: without secrets, and at most 200 characters."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in without_secrets(url))
    return clean if len(clean) <= 200 else clean[:199] + "…"


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a checked URL, in lower case and with the usual port where none is named."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(scheme, 0)


def host_and_port(url: str) -> str:
    """With which other addresses a URL takes turns: host and port as they stand in it, without a login."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def keeps_trust(home: str, target: str) -> bool:
    """Whether what is meant for `home` may be sent to `target`: the same origin, or the encrypted one of its host."""
    here, there = origin(home), origin(target)
    return there == here or (here[0] == "http" and here[2] == 80 and there == ("https", here[1], 443))


def _hidden(parameter: re.Match[str]) -> str:
    return f"{parameter[1]}={HIDDEN}" if _SECRET.search(unquote(parameter[1])) else parameter[0]
