"""Puts alerts into the outbox, in the transaction that stores the development they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitors.alerts.before import known_before
from monitors.alerts.corrections import correct_plans
from monitors.alerts.keys import key_of
from monitors.alerts.message import AlertMessage, to_payload
from monitors.alerts.policy import Decision, decide_alert, may_hold
from monitors.archive import silences
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Article, Delivery, Development
from monitors.clock import iso
from monitors.definition.model import Monitor


def enqueue(archive: Archive, monitor: Monitor, development: Development, article: Article, now: datetime) -> Alert:
    """Record whether people are told of `development`, and a delivery for each channel that will tell them.

    Belongs inside the transaction that stored `development` (its `id` is set) so that neither exists without the other.
    `article` is the one that raised it. Raising the same development twice makes no second delivery. What the policy
    may keep back is held until `release.release` has looked at it. Raises ArchiveError.
    """
    decision = decide_alert(development, monitor.policy)
    alert = insert_alert(
        archive,
        Alert(
            monitor=monitor.id,
            development_id=development.id,
            decided=now,
            decision=decision.decision,
            reason=decision.reason,
            priority=decision.priority,
            tier=development.tier,
            awaits=decision.awaits or "",
            wait_until=now + decision.wait if decision.awaits is not None else None,
        ),
    )
    known = known_before(archive, development, ZoneInfo(monitor.policy.timezone))
    message = replace(describe(monitor, development, article, decision), before=known)
    put(archive, monitor, development, message, alert, decision.channels, now)
    if monitor.policy.corrections and not development.baseline:
        correct_plans(archive, development, message, decision.channels, now)
    return alert


def put(
    archive: Archive,
    monitor: Monitor,
    development: Development,
    message: AlertMessage,
    alert: Alert,
    channels: Iterable[str],
    now: datetime,
) -> int:
    """A delivery of `message` to each channel, held if something may keep it back; how many were new."""
    if alert.decision == "mute":
        return 0
    payload = to_payload(message)
    targets = channel_targets(monitor)
    held = is_held(archive, monitor, now) or alert.decision == "wait"
    return insert_deliveries(
        archive,
        [
            Delivery(
                alert_id=alert.id,
                channel=channel,
                key=delivery_key(development, channel, targets[channel]),
                payload=payload,
                state="held" if held else "pending",
                not_before=now,
            )
            for channel in channels
        ],
    )


def is_held(archive: Archive, monitor: Monitor, now: datetime) -> bool:
    """Whether a message may have to wait, or be muted, though a rule or a person has decided to send it."""
    return may_hold(monitor.policy) or bool(silences.holding(archive, monitor.id, now))


def channel_targets(monitor: Monitor) -> dict[str, str]:
    """Where each channel of `monitor` leads, by its id: what a delivery's key names beside the channel."""
    return {channel.id: channel.target() for channel in monitor.channels}


def describe(monitor: Monitor, development: Development, article: Article, decision: Decision) -> AlertMessage:
    """The message that tells of `development`: its first evidence, or the article's title if it has none."""
    titles = {situation.id: situation.title for situation in monitor.situations}
    return AlertMessage(
        monitor=monitor.id,
        situation=development.situation,
        title=titles.get(development.situation, development.situation),
        status=development.status,
        previous_status=development.previous_status,
        event_date=development.event_date,
        place=development.place,
        sentence=development.evidence[0].sentence if development.evidence else article.title,
        publisher=article.publisher,
        families=max(1, len(development.families)),
        tier=development.tier,
        url=article.url,
        published=development.published,
        priority=decision.priority,
        reason=decision.reason,
        archive_url=page_of(monitor, development.id),
    )


def page_of(monitor: Monitor, development_id: int) -> str | None:
    """The address of a development's page in the archive; None when the monitor file names no `browse.url`."""
    return monitor.browse.page_of(development_id)


def delivery_key(development: Development, channel: str, target: str) -> str:
    """The identity of one delivery: the same development, novelty, channel and target give the same key.

    The time of raising is part of it, so that an archive made anew, which counts its ids from 1 again, repeats no key.
    """
    parts = [
        development.monitor, development.id, iso(development.raised), development.novelty, channel, target,
    ]  # fmt: skip
    return key_of(parts)
