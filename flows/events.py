"""Custom events: each development, alert and change of a feed's health, with a payload that stays.

An event is for other work to start from. It is sent once, at the end of the run, and never again; news goes to people
through the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect.events import emit_event

from monitors.alerts.health import NETWORK
from monitors.archive import since
from monitors.archive.connection import Row, open_archive
from monitors.archive.health import load_health, offline_since
from monitors.archive.records import FeedHealth
from monitors.archive.since import Mark
from monitors.clock import iso
from monitors.definition.model import Monitor
from monitors.feeds.health import is_ill
from monitors.feeds.urls import shown
from monitors.log import tell

DEVELOPMENT, ALERT, FEED_HEALTH = "wirewatch.development", "wirewatch.alert", "wirewatch.feed-health"

PAYLOADS: dict[str, tuple[str, ...]] = {
    DEVELOPMENT: (
        "situation", "status", "previous_status", "title", "publisher", "url", "published", "event_date", "place",
        "tier", "families", "novelty", "reason",
    ),
    ALERT: (
        "id", "kind", "decision", "reason", "priority", "situation", "status", "title", "publisher", "url", "decided",
        "channels",
    ),
    FEED_HEALTH: ("change", "feed", "publisher", "verdict", "since", "detail"),
}  # fmt: skip
"""The keys of each event's payload. Automations match on these names, so they stay (docs/reference/events.md)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, what it is about, and what it says."""

    name: str
    resource: str
    label: str
    payload: Mapping[str, Any]
    id: UUID


@contextmanager
def telling_of(monitor: Monitor, archive_path: Path) -> Iterator[None]:
    """What the body adds to the archive is emitted when it ends, in whatever way. Raises ArchiveError."""
    with open_archive(archive_path) as archive:
        before = since.mark(archive)
    try:
        yield
    finally:
        for event in events_after(monitor, archive_path, before):
            tell(event.name, {"about": event.resource, **event.payload})
            emit_event(
                event=event.name,
                resource={"prefect.resource.id": event.resource, "prefect.resource.name": event.label},
                payload=dict(event.payload),
                id=event.id,
            )


def events_after(monitor: Monitor, archive_path: Path, before: Mark) -> list[Event]:
    """The events of what came into the archive after a moment. Raises ArchiveError."""
    with open_archive(archive_path) as archive:
        news = since.news(archive, monitor.id, before)
        decisions = since.decisions(archive, monitor.id, before)
        of_health = [row for row in decisions if row["kind"] == "health"]
        known = load_health(archive, monitor.id) if of_health else {}
        offline = offline_since(archive, monitor.id)
    publishers = {feed.url: feed.publisher for feed in monitor.feeds}
    return [
        *(_development(row) for row in news),
        *(_alert(row) for row in decisions),
        *(
            _network(row, offline)
            if row["subject"] == NETWORK
            else _feed(row, known.get(row["subject"]), publishers.get(row["subject"]))
            for row in of_health
        ),
    ]


def _development(row: Row) -> Event:
    about = f"wirewatch.situation.{row['monitor']}.{row['situation']}"
    return _event(DEVELOPMENT, about, row["situation"], row, row)


def _alert(row: Row) -> Event:
    payload = row | {"channels": [one["channel"] for one in row["deliveries"]]}
    if row["kind"] == "health" and row["subject"] != NETWORK:
        payload["url"] = shown(row["subject"])
    about = f"wirewatch.alert.{row['monitor']}.{row['id']}"
    return _event(ALERT, about, row["situation"] or row["kind"], payload, row)


def _feed(row: Row, health: FeedHealth | None, publisher: str | None) -> Event:
    health = health or FeedHealth(row["monitor"], row["subject"])
    url = shown(row["subject"])
    payload = {
        "change": "ill" if is_ill(health.verdict) else "recovered",
        "feed": url,
        "publisher": publisher,
        "verdict": health.verdict,
        "since": iso(health.since) if health.since else None,
        "detail": health.detail,
    }
    return _event(FEED_HEALTH, f"wirewatch.feed.{row['monitor']}.{url}", publisher, payload, row)


def _network(row: Row, offline: datetime | None) -> Event:
    payload = {
        "change": "offline" if offline else "back",
        "feed": None,
        "publisher": None,
        "verdict": "offline" if offline else "healthy",
        "since": iso(offline) if offline else None,
        "detail": row["reason"],
    }
    return _event(FEED_HEALTH, f"wirewatch.network.{row['monitor']}", NETWORK, payload, row)


def _event(name: str, about: str, label: str | None, said: Mapping[str, Any], row: Row) -> Event:
    # The same row gives the same id, by which Prefect passes over what two runs tell at once.
    moment = row.get("decided") or row.get("raised")
    identity = uuid5(NAMESPACE_URL, f"{name} {row['monitor']} {row['id']} {moment}")
    return Event(name, about, label or about, {key: said[key] for key in PAYLOADS[name]}, identity)
