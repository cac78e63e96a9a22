"""Tells people of the health of feeds and of the network, through the same outbox as the news.

The caller stores in the same transaction that people were told, so that each thing is told once.
"""

from __future__ import annotations

from datetime import datetime

from monitors.alerts.keys import key_of
from monitors.alerts.message import HealthMessage, headline, to_payload
from monitors.alerts.outbox import channel_targets, is_held
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Delivery, FeedHealth
from monitors.clock import iso
from monitors.definition.model import Feed, Monitor

NETWORK = "network"
"""The subject of an alert that tells of the network, not of a feed."""

ADVICE = {
    "failing": "Open the address in a browser: if it has moved, give the monitor file the new one; if not, wait.",
    "ended": "It is polled no more: take it out of the monitor file, or look for its successor.",
    "not-a-feed": "Open the address in a browser: the feed may have moved, or the site wants a sign-in.",
    "challenge": "The site keeps programs out: look for another address of the feed, or ask the publisher.",
    "empty": "Open the address in a browser: the feed may have moved, or its search finds nothing any more.",
    "undated": "Its articles count as published when they are first seen: look for another feed of this publisher.",
    "silent": "See whether its site still publishes; if it is meant to be quiet, set expect in the monitor file.",
}
"""What a person can do, for each verdict that is ill."""


def tell_ill(archive: Archive, monitor: Monitor, feed: Feed, health: FeedHealth, now: datetime) -> Alert:
    """Put the alert into the outbox that says that `feed` turned ill. Raises ArchiveError."""
    message = HealthMessage(
        monitor=monitor.id,
        event="ill",
        title=feed.publisher,
        verdict=health.verdict,
        since=health.since or now,
        detail=health.detail,
        advice=ADVICE.get(health.verdict, ""),
        url=feed.url,
        reason="a feed turned ill",
    )
    return put_health(archive, monitor, message, feed.url, now)


def tell_recovered(archive: Archive, monitor: Monitor, feed: Feed, before: FeedHealth, now: datetime) -> Alert:
    """Put the alert into the outbox that clears the one before. `before` is the feed's health while it was ill."""
    message = HealthMessage(
        monitor=monitor.id,
        event="recovered",
        title=feed.publisher,
        verdict=before.verdict,
        since=before.since or now,
        until=now,
        url=feed.url,
        reason="a feed recovered",
    )
    return put_health(archive, monitor, message, feed.url, now)


def tell_offline(archive: Archive, monitor: Monitor, now: datetime) -> Alert:
    """Put the notice into the outbox that most hosts are out of reach."""
    message = HealthMessage(
        monitor=monitor.id,
        event="offline",
        title=monitor.title,
        verdict="offline",
        since=now,
        detail="most hosts were out of reach at once, so no feed is blamed",
        advice="See to the network of the machine that polls; the feeds are tried again by themselves.",
        reason="most hosts failed together",
    )
    return put_health(archive, monitor, message, NETWORK, now)


def tell_back(archive: Archive, monitor: Monitor, since: datetime, now: datetime) -> Alert:
    """Put the notice into the outbox that hosts answer again."""
    message = HealthMessage(
        monitor=monitor.id,
        event="back",
        title=monitor.title,
        verdict="offline",
        since=since,
        until=now,
        detail="what feeds dropped in the meantime cannot be made up for",
        reason="hosts answer again",
    )
    return put_health(archive, monitor, message, NETWORK, now)


def health_channels(monitor: Monitor, ailing: str | None = None) -> tuple[str, ...]:
    """The channels that are told of health, never the `ailing` one: where it alone is named, all others stand in."""
    every = tuple(channel.id for channel in monitor.channels)
    wanted = monitor.policy.health_channels
    chosen = every if wanted is None else tuple(dict.fromkeys(wanted))
    if chosen == (ailing,):
        chosen = every
    return tuple(channel for channel in chosen if channel != ailing)


def put_health(
    archive: Archive,
    monitor: Monitor,
    message: HealthMessage,
    subject: str,
    now: datetime,
    *,
    ailing: str | None = None,
) -> Alert:
    """Put `message` into the outbox of the health channels, but not of the `ailing` one. Raises ArchiveError."""
    targets = channel_targets(monitor)
    channels = health_channels(monitor, ailing)
    told = headline(message.cleaned())
    why = f"{message.verdict}: {message.detail}" if message.detail else message.verdict
    reason = f"{told} ({why})" if message.event == "ill" else told
    alert = insert_alert(
        archive,
        Alert(
            monitor=monitor.id,
            development_id=None,
            decided=now,
            decision="alert" if channels else "mute",
            reason=reason if channels else f"{reason}; {_nobody(monitor)}",
            priority=message.priority,
            kind="health",
            subject=subject,
        ),
    )
    payload = to_payload(message)
    held = is_held(archive, monitor, now)
    insert_deliveries(
        archive,
        [
            Delivery(
                alert_id=alert.id,
                channel=channel,
                key=_key(message, subject, now, channel, targets[channel]),
                payload=payload,
                state="held" if held else "pending",
                not_before=now,
            )
            for channel in channels
        ],
    )
    return alert


def _nobody(monitor: Monitor) -> str:
    return "health_channels names nobody" if monitor.policy.health_channels == () else "there is no other channel"


def _key(message: HealthMessage, subject: str, now: datetime, channel: str, target: str) -> str:
    parts = ["health", message.monitor, message.event, subject, iso(message.since), iso(now), channel, target]
    return key_of(parts)
