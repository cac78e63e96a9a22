"""Secrets of channels: a monitor file says where each lies, never what it is. No message repeats a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from monitors.definition.secrets import VALUE_FROM_ENVIRONMENT, MissingVariable, revealed

FILE = "file:"
MAX_BYTES = 16384
"""Bytes of a file that holds one secret."""

_WEB = re.compile(r"https?://[^\s/]+[^\s]{0,2000}")


class MissingSecret(LookupError):
    """A secret is not where the monitor file says it lies. The message names the place, for the user."""


def sound_reference(value: str) -> str:
    """`value`, if it is env:NAME or file:/path; ValueError without the value, which may be the secret itself."""
    if not is_reference(value):
        raise ValueError("expected env:NAME or file:/path; a secret does not stand in the monitor file")
    return value


def sound_address(value: str) -> str:
    """`value`, if it is an http(s) address or says where one lies; ValueError without the value."""
    if not is_reference(value) and not _WEB.fullmatch(value):
        raise ValueError("expected http://…, https://…, env:NAME or file:/path")
    return value


def is_reference(value: str) -> bool:
    """Whether `value` says where something lies: env:NAME or file: and an absolute path."""
    if VALUE_FROM_ENVIRONMENT.fullmatch(value):
        return True
    return value.startswith(FILE) and Path(value.removeprefix(FILE)).expanduser().is_absolute()


def read_secret(value: str, environment: Mapping[str, str]) -> str:
    """What `value` refers to, without blanks at its ends; any other `value` is returned as it is.

    Raises MissingSecret when there is nothing.
    """
    if value.startswith(FILE):
        return _in_file(value.removeprefix(FILE))
    try:
        return revealed(value, environment)
    except MissingVariable as error:
        raise MissingSecret(str(error)) from None


def _in_file(name: str) -> str:
    try:
        with Path(name).expanduser().open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode("utf-8").strip()
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise MissingSecret(f"the file {name} cannot be read ({reason})") from None
    if not text or len(content) > MAX_BYTES:
        raise MissingSecret(f"the file {name} is {'too long' if text else 'empty'}")
    return text
