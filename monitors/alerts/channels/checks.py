"""What will keep a channel from sending, as far as it can be seen without sending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from monitors.alerts.channels.webhook import signing_key
from monitors.alerts.rendering import faults
from monitors.definition import channels as defined
from monitors.definition.model import Monitor
from monitors.definition.secret_references import MissingSecret, is_reference, read_secret


def channel_faults(monitor: Monitor, environment: Mapping[str, str]) -> list[str]:
    """What is missing or wrong, as lines for a person; secrets are named by where they lie."""
    return [
        f"channel {channel.id!r}: {fault}" for channel in monitor.channels for fault in _faults(channel, environment)
    ]


def _faults(channel: defined.Channel, environment: Mapping[str, str]) -> Iterator[str]:
    for reference in dict.fromkeys(filter(is_reference, defined.references(channel))):
        try:
            read_secret(reference, environment)
        except MissingSecret as error:
            yield f"{error}; what needs it will fail"
    if isinstance(channel, defined.SendingChannel) and channel.templates is not None:
        yield from _templates(Path(channel.templates))
    match channel:
        case defined.WebhookChannel():
            yield from _signing(channel, environment)
        case defined.EmailChannel():
            yield from _mail(channel)
        case defined.SlackChannel() | defined.DiscordChannel():
            yield from _address(channel.url, environment)
        case _:
            pass


def _templates(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"templates: there is no folder {folder}; the shipped templates will be used"
        return
    for fault in faults(folder):
        yield f"templates: {fault}; the shipped template will be used"


def _signing(channel: defined.WebhookChannel, environment: Mapping[str, str]) -> Iterator[str]:
    for reference in channel.secrets:
        found = _read(reference, environment)
        if found is None:
            continue
        try:
            signing_key(found)
        except ValueError as error:
            yield f"the signing secret {reference} {error}"
    yield from _address(channel.url, environment)


def _mail(channel: defined.EmailChannel) -> Iterator[str]:
    if (channel.username is None) != (channel.password is None):
        yield "username and password go together; without both there is no sign-in"
    if channel.security == "none" and channel.password is not None:
        yield "security is none: the password would be sent for all on the way to read"
    if channel.ca_file is not None and not Path(channel.ca_file).is_file():
        yield f"ca_file: there is no file {channel.ca_file}"


def _address(reference: str, environment: Mapping[str, str]) -> Iterator[str]:
    found = _read(reference, environment)
    if found is None:
        return
    try:
        parts = urlsplit(found)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        yield "its address is no http(s) URL"


def _read(reference: str, environment: Mapping[str, str]) -> str | None:
    try:
        return read_secret(reference, environment)
    except MissingSecret:
        return None
