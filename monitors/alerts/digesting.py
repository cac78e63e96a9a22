"""Makes digests out of the archive and puts them into the outbox, each once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from monitors.alerts.digest import Findings, Period, compose, due_at, span
from monitors.alerts.keys import key_of
from monitors.alerts.message import BulletinMessage, to_payload
from monitors.alerts.outbox import channel_targets
from monitors.archive import digests, situations
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Delivery
from monitors.clock import iso
from monitors.definition.model import Monitor

PERIODS: tuple[Period, ...] = ("daily", "weekly")
LINES = 60
"""Lines of a digest that the monitor file does not speak of."""


def findings(archive: Archive, monitor: Monitor, period: Period, begins: datetime, ends: datetime) -> Findings:
    """What the archive holds for a digest of [begins, ends). Raises ArchiveError."""
    return Findings(
        period=period,
        begins=begins,
        ends=ends,
        developments=digests.raised(archive, monitor.id, begins, ends),
        situations=situations.listing(archive, monitor.id),
        ill=digests.ill_feeds(archive, monitor.id),
        undelivered=digests.undelivered(archive, monitor.id, begins),
        volume=digests.volume(archive, monitor.id, begins, ends),
    )


def preview(archive: Archive, monitor: Monitor, period: Period, now: datetime) -> BulletinMessage:
    """The digest of the day or week up to `now`; nothing is stored. Raises ArchiveError."""
    return compose(monitor, findings(archive, monitor, period, *span(period, now, None)), _lines(monitor))


def send_due(archive: Archive, monitor: Monitor, now: datetime) -> list[Alert]:
    """Put the digests whose time has come into the outbox, each once. Raises ArchiveError."""
    digest = monitor.policy.digest
    if digest is None or not digest.channels:
        return []
    sent = []
    for period in PERIODS:
        ends = due_at(digest, ZoneInfo(monitor.policy.timezone), period, now)
        last = digests.made(archive, monitor.id, period)
        if ends is not None and (last is None or last < ends):
            sent.append(send(archive, monitor, period, ends, now))
    return sent


def send(archive: Archive, monitor: Monitor, period: Period, ends: datetime, now: datetime) -> Alert:
    """Put the digest that ends at `ends` into the outbox; one in which nothing happened is recorded, and not sent.

    Goes to the digest's channels, to all if the monitor file names none. Raises ArchiveError.
    """
    digest = monitor.policy.digest
    targets = channel_targets(monitor)
    channels = tuple(targets) if digest is None else tuple(dict.fromkeys(digest.channels))
    with archive.writing(full=True):
        begins, ends = span(period, ends, digests.made(archive, monitor.id, period))
        found = findings(archive, monitor, period, begins, ends)
        message = compose(monitor, found, _lines(monitor))
        alert = insert_alert(
            archive,
            Alert(
                monitor=monitor.id,
                development_id=None,
                decided=now,
                decision="mute" if found.is_empty else "alert",
                reason=f"{message.reason}: nothing to tell" if found.is_empty else message.title,
                kind="digest",
                subject=f"{period} {iso(ends)}",
            ),
        )
        if not found.is_empty:
            insert_deliveries(
                archive,
                [
                    Delivery(
                        alert_id=alert.id,
                        channel=channel,
                        key=key_of(["digest", monitor.id, period, iso(ends), channel, targets[channel]]),
                        payload=to_payload(message),
                        not_before=now,
                    )
                    for channel in channels
                ],
            )
    return alert


def _lines(monitor: Monitor) -> int:
    return LINES if monitor.policy.digest is None else monitor.policy.digest.lines
