"""What a feed's own host may know and nobody else: the headers that the monitor file gives it, a login in its URL."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from monitors.definition.secrets import MissingVariable, fits_a_header, revealed
from monitors.feeds.failure import FetchError
from monitors.feeds.urls import check_url, keeps_trust


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers that are sent to the origin of `home` only."""

    home: str = field(repr=False)
    _headers: Mapping[str, str] = field(repr=False)

    def for_address(self, url: str) -> Mapping[str, str]:
        """What may be sent with a request to `url`: nothing once a redirect has led to another host."""
        return self._headers if self._headers and keeps_trust(self.home, url) else {}


def credentials(url: str, headers: Mapping[str, str], environment: Mapping[str, str]) -> Credentials:
    """The credentials for the host of `url`: `headers`, and the login in it unless they have an Authorization.

    Raises FetchError with secret-missing for a variable that is not set or cannot be sent, and bad-url.
    """
    check_url(url)
    out = {name: _value(name, value, environment) for name, value in headers.items()}
    parts = urlsplit(url)
    if parts.username is not None and "authorization" not in {name.lower() for name in out}:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        out["Authorization"] = f"Basic {b64encode(login.encode()).decode('ascii')}"  # RFC 7617
    return Credentials(url, out)


def _value(name: str, value: str, environment: Mapping[str, str]) -> str:
    try:
        found = revealed(value, environment)
    except MissingVariable as error:
        raise FetchError("secret-missing", f"header {name}: {error}") from None
    if not fits_a_header(found):
        raise FetchError("secret-missing", f"header {name}: the variable holds what cannot be sent in a header")
    return found
