"""Values of a monitor file that may be secret: headers of feeds and the proxy. `env:NAME` stands for a variable of the
environment, so that the file itself can be shared. No message repeats such a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from monitors.definition.problems import PartError, Problem

VALUE_FROM_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[!-~](?:[\t -~]{0,4000}[!-~])?")
_OURS = frozenset(
    {
        "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "te",
        "transfer-encoding", "upgrade", "user-agent", "proxy-authorization",
    }
)  # fmt: skip
"""Headers that the fetcher writes itself; a client that says who it is keeps saying so."""


class MissingVariable(LookupError):
    """The environment has no variable of this name, or an empty one. The message is for the user."""


def revealed(value: str, environment: Mapping[str, str]) -> str:
    """`value`, or what the variable holds that it names. Raises MissingVariable."""
    named = VALUE_FROM_ENVIRONMENT.fullmatch(value)
    if named is None:
        return value
    found = environment.get(named[1], "").strip()
    if not found:
        raise MissingVariable(f"the environment variable {named[1]} is not set")
    return found


def variables_missing(values: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """The names of variables that `values` name and the environment lacks, each once."""
    named = (match[1] for value in values if (match := VALUE_FROM_ENVIRONMENT.fullmatch(value)))
    return [name for name in dict.fromkeys(named) if not environment.get(name, "").strip()]


def fits_a_header(value: str) -> bool:
    """Whether `value` can be sent in a header: printable ASCII without blanks at its ends."""
    return _HEADER_VALUE.fullmatch(value) is not None


def is_proxy_address(value: str) -> bool:
    """Whether `value` is http(s)://host, with a port and a login or without."""
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and value.isprintable()
    except ValueError:
        return False


def sound_headers(headers: dict[str, str]) -> dict[str, str]:
    """`headers`, if they can be sent; ValueError (PartError) naming those that cannot."""
    problems = [Problem((name,), text) for name, value in headers.items() if (text := _fault(name, value))]
    if problems:
        raise PartError(problems)
    return headers


def sound_proxy(value: str) -> str:
    """`value`, if it is a proxy's address or names a variable; ValueError without the value, which may hold a login."""
    if VALUE_FROM_ENVIRONMENT.fullmatch(value) or is_proxy_address(value):
        return value
    raise ValueError("expected http://host:port, https://host:port or env:NAME")


def _fault(name: str, value: str) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "is no name of a header; expected one such as Authorization"
    if name.lower() in _OURS:
        return "is a header that Wirewatch sets itself; take it out"
    if value.startswith("env:") and not VALUE_FROM_ENVIRONMENT.fullmatch(value):
        return "expected env: and the name of an environment variable, as env:FEED_TOKEN"
    if not fits_a_header(value):
        return "expected printable ASCII of at most 4,000 characters, or env:NAME"
    return None
