"""A monitor with channels that lead to receivers on the loopback, and messages to send to them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitors.alerts.channels.registry import Channel, open_channels
from monitors.alerts.message import AlertMessage
from monitors.definition.model import Monitor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIGNING = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
MESSAGE = AlertMessage(
    monitor="harbour",
    situation="port-talks",
    title="Port talks",
    status="scheduled",
    previous_status="agreed",
    event_date="2026-03-04",
    place="Geneva",
    sentence="Talks will be held on Wednesday.",
    publisher="Harbour Post",
    families=2,
    tier="corroborated",
    url="https://harbour.example/a?b=1&c=2",
    published=NOW,
)

OVER_HTTP: tuple[dict[str, Any], ...] = (
    {"id": "hook", "type": "webhook", "url": "env:URL", "secrets": ["env:SIGNING"]},
    {"id": "slack", "type": "slack", "url": "env:URL"},
    {"id": "discord", "type": "discord", "url": "env:URL"},
    {"id": "telegram", "type": "telegram", "token": "env:TOKEN", "chat": "42", "api": "env:URL"},
    {"id": "ntfy", "type": "ntfy", "server": "env:URL", "topic": "harbour-alerts", "token": "env:TOKEN"},
)
"""One channel of each kind that we speak HTTP with ourselves."""


def monitor_with(channels: Sequence[Mapping[str, Any]], **policy: Any) -> Monitor:
    """A monitor of port talks that tells all of `channels` of everything."""
    return Monitor.model_validate(
        {
            "version": 1,
            "id": "harbour",
            "title": "Harbour",
            "languages": ["en"],
            "feeds": [
                {"url": "https://harbour.example/rss", "publisher": "Harbour Post", "family": "post", "language": "en"}
            ],
            "entities": [
                {"id": "port", "name": "The port", "kind": "organisation", "names": {"en": ["Port Authority"]}},
                {"id": "union", "name": "The union", "kind": "organisation", "names": {"en": ["Dockers"]}},
            ],
            "topic": {"any_of": [["port", "union"]]},
            "situations": [
                {"id": "port-talks", "kind": "meeting", "title": "Port talks", "parties": [["port"], ["union"]]}
            ],
            "policy": {"rules": [{"channels": [channel["id"] for channel in channels]}], **policy},
            "channels": list(channels),
        }
    )


def local(channel: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The channel, allowed to reach this machine."""
    return {**channel, "allow_private": True, "timeout": 5, **changes}


def opened(
    channel: Mapping[str, Any], url: str = "http://127.0.0.1:9", policy: Mapping[str, Any] | None = None, **more: str
) -> Channel:
    """The channel of a monitor that has only this one, whose secrets are in an environment of its own."""
    environment = {"URL": url, "SIGNING": SIGNING, "TOKEN": "12345:token-of-bot", **more}
    made = open_channels(
        monitor_with([channel], **(policy or {})),
        Path("w.db"),
        io.StringIO(),
        clock=lambda: NOW,
        environment=environment,
    )
    return made[channel["id"]]
