"""Keeps secrets out of logs and error texts: whoever reads a secret hands it in here, and it is shown as `***`.

The libraries below us log addresses at debug level, and some channels have the secret in the address.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

from monitors.feeds.urls import HIDDEN

LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "requests", "apprise")
SHORTEST = 6
"""Characters. What is shorter would hide ordinary words."""

_known: set[str] = set()


class _Hide(logging.Filter):
    """Hides in the arguments one by one, so that the filter of addresses still finds them as such."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _known:
            if isinstance(record.args, tuple):
                record.args = tuple(hidden(value) if isinstance(value, str) else value for value in record.args)
            text = record.getMessage()
            if hidden(text) != text:
                record.msg, record.args = hidden(text), None
            record.exc_info = record.exc_text = None
        return True


_FILTER = _Hide()
for _name in LOGGERS:
    logging.getLogger(_name).addFilter(_FILTER)


def hide(secret: str) -> str:
    """Keep `secret` out of what is logged or said from now on; returns it."""
    for form in (secret, quote(secret, safe=""), quote(secret)):
        _add(form)
    return secret


def hide_address(address: str) -> str:
    """Keep an address out of logs, and each part of it, as any may be a token; returns it. A host on the web stays."""
    scheme, _, rest = address.partition("://")
    place, slash, path = rest.partition("/")
    login, _, host = place.rpartition("@")
    _add(slash + path)
    if scheme not in ("http", "https"):
        hide(host.partition(":")[0])  # with Apprise it may be a token
    for part in re.split(r"[/?&=#:@+]", f"{login}/{path}"):
        hide(part)
    return address


def hidden(text: str) -> str:
    """`text` without the secrets that are known."""
    for secret in sorted(_known.copy(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _add(form: str) -> None:
    if len(form) >= SHORTEST:
        _known.add(form)
