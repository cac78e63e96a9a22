"""What broke a request, by name: from the exceptions of requests and urllib3 to outcomes."""

from __future__ import annotations

import ssl

import urllib3.exceptions as u3
from requests.exceptions import ConnectionError as BrokenConnection
from requests.exceptions import InvalidHeader, InvalidURL, ProxyError, SSLError

from monitors.feeds.failure import FetchError


def broken(error: Exception) -> FetchError:
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
