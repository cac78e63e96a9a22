"""Puts alerts into the outbox, in the transaction that stores the development they tell of."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from monitors.alerts.message import AlertMessage, to_payload
from monitors.alerts.policy import Decision, decide_alert
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Article, Delivery, Development
from monitors.clock import iso
from monitors.definition.model import FileChannel, Monitor


def enqueue(archive: Archive, monitor: Monitor, development: Development, article: Article, now: datetime) -> Alert:
    """Record whether people are told of `development`, and a delivery for each channel that will tell them.

    Belongs inside the transaction that stored `development` (its `id` is set) so that neither exists without the other.
    `article` is the one that raised it. Raising the same development twice makes no second delivery.
    Raises ArchiveError.
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
        ),
    )
    if alert.decision != "alert":
        return alert
    payload = to_payload(describe(monitor, development, article, decision))
    targets = channel_targets(monitor)
    deliveries = [
        Delivery(
            alert_id=alert.id,
            channel=channel,
            key=delivery_key(development, channel, targets[channel]),
            payload=payload,
            not_before=now,
        )
        for channel in decision.channels
    ]
    insert_deliveries(archive, deliveries)
    return alert


def channel_targets(monitor: Monitor) -> dict[str, str]:
    """Where each channel of `monitor` leads, by its id: what a delivery's key names beside the channel."""
    return {c.id: c.path if isinstance(c, FileChannel) else c.type for c in monitor.channels}


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
    )


def delivery_key(development: Development, channel: str, target: str) -> str:
    """The identity of one delivery: the same development, novelty, channel and target give the same key.

    The time of raising is part of it, so that an archive made anew, which counts its ids from 1 again, repeats no key.
    """
    parts = [
        development.monitor, development.id, iso(development.raised), development.novelty, channel, target,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
