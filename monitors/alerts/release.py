"""Looks at what waits in the outbox, and lets go, merges, mutes or keeps each message, as the policy says.

Called before each round of delivery. One transaction, so that a process that dies has done all of it or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitors.alerts.before import known_before
from monitors.alerts.grouping import together
from monitors.alerts.message import AlertMessage, BulletinMessage, Message, from_payload, to_payload
from monitors.alerts.outbox import describe, put
from monitors.alerts.policy import decide_alert
from monitors.alerts.stages import HOUR, Facts, Held, Muted, Told, plan, waits
from monitors.archive import articles, developments, held, silences
from monitors.archive.alerts import alert_of
from monitors.archive.connection import Archive
from monitors.archive.held import Unsent
from monitors.clock import iso
from monitors.definition.model import Monitor

LATER_SUPPORT = timedelta(days=7)
"""For so long after it was decided on, a development that gains support is looked at again by rules with a tier."""


@dataclass(frozen=True, slots=True)
class Released:
    """Counts of one look: deliveries let go, held, muted, and told in the message of another."""

    let_go: int = 0
    held: int = 0
    muted: int = 0
    merged: int = 0


def release(archive: Archive, monitor: Monitor, now: datetime) -> Released:
    """Decide what becomes of everything in the outbox that was not tried yet. Raises ArchiveError."""
    by_tier = any(rule.tier is not None for rule in monitor.policy.rules)
    if not by_tier and not held.has_held(archive, monitor.id):
        return Released()
    with archive.writing(full=True):
        if by_tier:
            _look_again(archive, monitor, now)
        return _carry_out(archive, monitor, held.unsent(archive, monitor.id), now)


def _carry_out(archive: Archive, monitor: Monitor, waiting: Sequence[Unsent], now: datetime) -> Released:
    if not waiting:
        return Released()
    news = [one.development_id for one in waiting if one.development_id is not None]
    facts = Facts(
        later=held.since(archive, monitor.id, min(news)) if news and monitor.policy.mute_overtaken else (),
        silences=silences.holding(archive, monitor.id, now),
        released=held.released(archive, monitor.id, now - HOUR),
    )
    counts: dict[str, int] = defaultdict(int)
    for step in plan(waiting, facts, monitor.policy, now):
        if isinstance(step, Muted):
            counts["muted"] += held.mute(archive, step.one.id, step.reason)
        elif isinstance(step, Held):
            counts["held"] += 1
            held.hold(archive, step.one.id, step.held_for, step.until, step.reason)
        else:
            counts["let_go"] += 1
            counts["merged"] += len(step.together) - 1
            _tell(archive, monitor, step, now)
    held.settle_alerts(archive, monitor.id, [one.alert_id for one in waiting])
    return Released(**counts)


def _tell(archive: Archive, monitor: Monitor, step: Told, now: datetime) -> None:
    first, *others = step.together
    messages = [_message(one) for one in step.together]
    if others:
        reason = f"{len(step.together)} told together"
        message: Message = together(messages, monitor.title, ZoneInfo(monitor.policy.timezone), reason)
    else:
        message = messages[0]
    held.let_go(archive, first.id, to_payload(_noted(message, step.note)), now)
    for one in others:
        held.merge(archive, one.id, first.id, f"told together with alert {first.alert_id}")


def _message(one: Unsent) -> Message:
    """What a delivery tells, with the support that its development has by now."""
    message = from_payload(one.payload)
    if not isinstance(message, AlertMessage):
        return message
    message = replace(message, tier=one.tier, families=max(1, one.families))
    if waits(one) and one.wait_until is not None:
        return _noted(message, f"Waited until {iso(one.wait_until)} to be {one.awaits}; it was not.")
    return message


def _noted(message: Message, note: str) -> Message:
    if not note or not isinstance(message, AlertMessage | BulletinMessage):
        return message
    return replace(message, note=f"{message.note} {note}".strip())


def _look_again(archive: Archive, monitor: Monitor, now: datetime) -> None:
    """What has gained support may by now be for rules that ask for it: tell those channels that were not told."""
    for alert_id, development_id in held.better_supported(archive, monitor.id, now - LATER_SUPPORT):
        development = developments.get(archive, development_id)
        decision = decide_alert(development, monitor.policy)
        row = archive.row("select * from alerts where id = ?", [alert_id])
        assert row is not None
        before = alert_of(row)
        known = {delivery["channel"] for delivery in held.told_of(archive, development_id)}
        fresh = tuple(channel for channel in decision.channels if channel not in known)
        if not decision.by_tier or not fresh:
            held.decide_again(archive, alert_id, before.decision, before.reason, before.priority, development.tier)
            continue
        reason = f"{decision.reason}, {development.tier} since"
        held.decide_again(archive, alert_id, "alert", reason, decision.priority, development.tier)
        article = articles.get(archive, development.article_id)
        message = replace(
            describe(monitor, development, article, decision),
            before=known_before(archive, development, ZoneInfo(monitor.policy.timezone)),
            reason=reason,
            note=f"First decided on at {iso(before.decided)}, {before.tier} then.",
        )
        put(archive, monitor, development, message, replace(before, decision="alert"), fresh, now)
