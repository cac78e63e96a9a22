"""Deliveries that the policy has not let go, and what becomes of them; what each channel was told of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import time_of
from monitors.clock import from_iso, iso

_UNTRIED = "state = 'pending' and attempts = 0 and lease_owner is null"
_LEADS = "exists (select 1 from deliveries as other where other.merged_into = deliveries.id)"
_TOLD = f"(state in ('sent', 'merged') or (state = 'pending' and (not ({_UNTRIED}) or {_LEADS})))"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A delivery that nobody tried to send yet, with what the policy must know of it.

    `state` is "held", or "pending" when it was let go. `subject` is the situation; of health, the feed's address or
    "network". What belongs to a development is None without one; `tier` and `families` are those of now.
    """

    id: int
    alert_id: int
    channel: str
    key: str
    payload: str
    state: str
    kind: str
    subject: str
    decided: datetime
    priority: str
    awaits: str = ""
    wait_until: datetime | None = None
    held_for: str = ""
    held_until: datetime | None = None
    development_id: int | None = None
    status: str | None = None
    event_date: str | None = None
    published: datetime | None = None
    tier: str = ""
    families: int = 0
    leads: bool = False
    """Others are merged into it already."""


@dataclass(frozen=True, slots=True)
class Later:
    """A development that may overtake another of its situation; `channels` are told of it, or will be."""

    id: int
    situation: str
    status: str
    event_date: str | None
    published: datetime
    channels: tuple[str, ...]


def unsent(archive: Archive, monitor: str) -> list[Unsent]:
    """Every delivery of a monitor that was not tried yet, in the order they were made."""
    rows = archive.rows(
        "select deliveries.id, alert_id, channel, key, payload, state, held_for, not_before, alerts.kind, "
        "coalesce(situation, subject) as subject, decided, priority, awaits, wait_until, development_id, "
        "developments.status, event_date, published, developments.tier, families, "
        f"{_LEADS} as leads "
        "from deliveries join alerts on alerts.id = alert_id "
        "left join developments on developments.id = development_id "
        f"where alerts.monitor = ? and (state = 'held' or {_UNTRIED}) order by deliveries.id",
        [monitor],
    )
    return [_unsent(row) for row in rows]


def has_held(archive: Archive, monitor: str) -> bool:
    """Whether a delivery of the monitor is held, or let go and not tried yet."""
    return bool(
        archive.values(
            "select 1 from deliveries join alerts on alerts.id = alert_id "
            f"where alerts.monitor = ? and (state = 'held' or {_UNTRIED}) limit 1",
            [monitor],
        )
    )


def since(archive: Archive, monitor: str, development_id: int) -> list[Later]:
    """The developments of a monitor that came after one, baselines left out, in the order they were raised."""
    rows = archive.rows(
        "select developments.id, situation, status, event_date, published, "
        "json_group_array(distinct channel) as channels from developments "
        "join alerts on development_id = developments.id join deliveries on alert_id = alerts.id "
        "where developments.monitor = ? and developments.id > ? and baseline = 0 and state <> 'muted' "
        "group by developments.id order by developments.id",
        [monitor, development_id],
    )
    return [
        Later(
            id=row["id"],
            situation=row["situation"],
            status=row["status"],
            event_date=row["event_date"],
            published=from_iso(row["published"]),
            channels=tuple(json.loads(row["channels"])),
        )
        for row in rows
    ]


def released(archive: Archive, monitor: str, after: datetime) -> Mapping[str, list[datetime]]:
    """When each channel was given messages of developments after a time, oldest first."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for channel, moment in archive.values(
        "select channel, released from deliveries join alerts on alerts.id = alert_id "
        "where monitor = ? and kind = 'development' and released > ? order by released",
        [monitor, iso(after)],
    ):
        times[channel].append(from_iso(moment))
    return times


def hold(archive: Archive, delivery_id: int, held_for: str, until: datetime, detail: str) -> None:
    """Keep a held delivery back; nobody looks at it before `until` for the same reason."""
    archive.change(
        "update deliveries set held_for = ?, not_before = ?, detail = ? where id = ? and state = 'held'",
        [held_for, iso(until), detail, delivery_id],
    )


def let_go(archive: Archive, delivery_id: int, payload: str, now: datetime) -> None:
    """A held delivery is due now, and says `payload`."""
    archive.change(
        "update deliveries set state = 'pending', payload = ?, not_before = ?, released = ?, detail = '' "
        "where id = ? and state = 'held'",
        [payload, iso(now), iso(now), delivery_id],
    )


def mute(archive: Archive, delivery_id: int, detail: str) -> bool:
    """A delivery that was not tried will not be sent; why. False when it is too late."""
    muted = archive.change(
        f"update deliveries set state = 'muted', not_before = null, detail = ? "
        f"where id = ? and (state = 'held' or {_UNTRIED})",
        [detail, delivery_id],
    )
    return muted == 1


def merge(archive: Archive, delivery_id: int, into: int, detail: str) -> None:
    """The message of another delivery tells what a held one would have told."""
    archive.change(
        "update deliveries set state = 'merged', not_before = null, merged_into = ?, detail = ? "
        "where id = ? and state = 'held'",
        [into, detail, delivery_id],
    )


def settle_alerts(archive: Archive, monitor: str, alert_ids: Iterable[int]) -> None:
    """Alerts of which nothing will be sent are muted, with the reason; those that wait no longer are alerts."""
    ids = json.dumps(sorted(set(alert_ids)))
    archive.change(
        "update alerts set decision = 'alert' where decision = 'wait' and monitor = ? "
        "and id in (select value from json_each(?)) "
        "and exists (select 1 from deliveries where alert_id = alerts.id and state in ('pending', 'merged'))",
        [monitor, ids],
    )
    archive.change(
        "update alerts set decision = 'mute', reason = reason || '; not sent: ' || "
        "(select group_concat(detail, '; ') from (select distinct detail from deliveries where alert_id = alerts.id)) "
        "where decision <> 'mute' and monitor = ? and id in (select value from json_each(?)) "
        "and not exists (select 1 from deliveries where alert_id = alerts.id and state <> 'muted')",
        [monitor, ids],
    )


def better_supported(archive: Archive, monitor: str, after: datetime) -> list[tuple[int, int]]:
    """(alert, development) decided after a time, that wait for nothing, and whose development has more support now."""
    return archive.values(
        "select alerts.id, development_id from alerts join developments on developments.id = development_id "
        "where alerts.monitor = ? and decided > ? and alerts.tier <> '' and alerts.tier <> developments.tier "
        "and decision <> 'wait' and baseline = 0 order by alerts.id",
        [monitor, iso(after)],
    )


def decide_again(archive: Archive, alert_id: int, decision: str, reason: str, priority: str, tier: str) -> None:
    """Replace what was decided of an alert."""
    archive.change(
        "update alerts set decision = ?, reason = ?, priority = ?, tier = ? where id = ?",
        [decision, reason, priority, tier, alert_id],
    )


def told_of(archive: Archive, development_id: int) -> list[Row]:
    """The deliveries of a development's alert, each with `told`: 1 when its receiver may know, or will whatever we do.

    A message that tells of others too is not taken back, since they would be lost with it.
    """
    return archive.rows(
        "select deliveries.id, alert_id, channel, key, payload, sent, decided, "
        f"{_TOLD} as told, state "
        "from deliveries join alerts on alerts.id = alert_id where development_id = ? order by deliveries.id",
        [development_id],
    )


def latest_told(archive: Archive, monitor: str, situation: str, before: int) -> list[Row]:
    """For each channel, the last delivery of a development of a situation before one, with `told` as in `told_of`."""
    return archive.rows(
        "select max(development_id) as development_id, developments.status, deliveries.id, alert_id, channel, key, "
        f"payload, sent, decided, {_TOLD} as told "
        "from deliveries join alerts on alerts.id = alert_id "
        "join developments on developments.id = development_id "
        "where developments.monitor = ? and situation = ? and development_id < ? and baseline = 0 "
        "and state not in ('muted', 'dead') group by channel order by channel",
        [monitor, situation, before],
    )


def give_up(archive: Archive, delivery_id: int, detail: str) -> None:
    """Stop trying a delivery that failed before; nothing happens to one that is being sent."""
    archive.change(
        "update deliveries set state = 'muted', not_before = null, detail = ? "
        "where id = ? and state = 'pending' and lease_owner is null and attempts > 0 "
        f"and not {_LEADS}",
        [detail, delivery_id],
    )


def _unsent(row: Row) -> Unsent:
    return Unsent(
        id=row["id"],
        alert_id=row["alert_id"],
        channel=row["channel"],
        key=row["key"],
        payload=row["payload"],
        state=row["state"],
        kind=row["kind"],
        subject=row["subject"],
        decided=from_iso(row["decided"]),
        priority=row["priority"],
        awaits=row["awaits"],
        wait_until=time_of(row["wait_until"]),
        held_for=row["held_for"],
        held_until=time_of(row["not_before"]),
        development_id=row["development_id"],
        status=row["status"],
        event_date=row["event_date"],
        published=time_of(row["published"]),
        tier=row["tier"] or "",
        families=len(json.loads(row["families"])) if row["families"] else 0,
        leads=bool(row["leads"]),
    )
