"""Alerts, and the outbox of their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor, text_of, time_of
from monitors.archive.records import Alert, Delivery
from monitors.clock import from_iso, iso

_FREE = (
    "state = 'pending' and (lease_until is null or lease_until <= :now) and (:monitor is null or exists "
    "(select 1 from alerts where alerts.id = deliveries.alert_id and alerts.monitor = :monitor))"
)
"""A delivery that nobody is sending, of the monitor that is asked for."""

_ABANDONED = "lease_owner is not null order by attempts, id limit min(:limit, 1)"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim took: deliveries to be attempted now, and those it gave up because their attempts are used up."""

    deliveries: tuple[Delivery, ...] = ()
    retired: tuple[Delivery, ...] = ()


def insert_alert(archive: Archive, alert: Alert) -> Alert:
    """Store the decision on a development or on the health of a feed; the same value, with its id.

    A development is decided once: a second call returns the decision that is stored.
    """
    with archive.writing(full=True):
        know_monitor(archive, alert.monitor)
        if alert.development_id is not None:
            stored = archive.row("select * from alerts where development_id = ?", [alert.development_id])
            if stored is not None:
                return alert_of(stored)
        alert_id = archive.insert(
            "alerts",
            {
                "monitor": alert.monitor,
                "kind": alert.kind,
                "development_id": alert.development_id,
                "subject": alert.subject,
                "decided": iso(alert.decided),
                "decision": alert.decision,
                "reason": alert.reason,
                "priority": alert.priority,
                "tier": alert.tier,
                "awaits": alert.awaits,
                "wait_until": text_of(alert.wait_until),
                "corrects": alert.corrects,
            },
        )
        return replace(alert, id=alert_id)


def insert_deliveries(archive: Archive, deliveries: Iterable[Delivery]) -> int:
    """Put deliveries into the outbox; how many were new. A key that is there already is left as it is."""
    with archive.writing(full=True):
        return sum(
            archive.change(
                "insert into deliveries "
                "(alert_id, channel, key, payload, state, attempts, not_before, detail, released) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing",
                [
                    d.alert_id,
                    d.channel,
                    d.key,
                    d.payload,
                    d.state,
                    d.attempts,
                    text_of(d.not_before),
                    d.detail,
                    text_of(d.not_before) if d.state == "pending" else None,
                ],
            )
            for d in deliveries
        )


def claim_due(
    archive: Archive,
    owner: str,
    now: datetime,
    limit: int,
    lease_seconds: float,
    *,
    monitor: str | None = None,
    channel: str | None = None,
    attempts: int | None = None,
) -> Claim:
    """Take up to `limit` pending deliveries that are due, oldest first, for this owner alone; only those of `monitor`.

    The claim counts the attempt, so that a delivery that kills its process is not tried for ever: one that had
    `attempts` (>= 1; None: no limit) of them is dead. The lease runs out after `lease_seconds`; another owner may then
    take what was neither sent nor given back, but one at a time and when nothing else is due, those tried least first:
    what shared a claim with a delivery that kills its process must not share its end. With a `channel` only its own,
    and of them none that another owner had.
    """
    given: dict[str, str | float | None] = {
        "owner": owner,
        "now": iso(now),
        "until": iso(now + timedelta(seconds=max(lease_seconds, 1))),
        "limit": limit,
        "monitor": monitor,
        "channel": channel,
        "attempts": attempts,
    }
    with archive.writing():
        retired = _retire(archive, given)
        # `+` keeps SQLite from walking through all that was ever sent, in the order of ids.
        fresh = "lease_owner is null and (:channel is null or channel = :channel) order by +id limit :limit"
        claimed = _claim(archive, fresh, given)
        if not claimed and channel is None:
            claimed = _claim(archive, _ABANDONED, given)
    return Claim(_in_order(claimed), _in_order(retired))


def claim_abandoned(
    archive: Archive,
    owner: str,
    now: datetime,
    lease_seconds: float,
    *,
    monitor: str | None = None,
    attempts: int | None = None,
) -> Claim:
    """Like `claim_due`, but at most one, and only of those that another owner had and whose lease ran out."""
    given: dict[str, str | float | None] = {
        "owner": owner,
        "now": iso(now),
        "until": iso(now + timedelta(seconds=max(lease_seconds, 1))),
        "limit": 1,
        "monitor": monitor,
        "attempts": attempts,
    }
    with archive.writing():
        retired = _retire(archive, given)
        claimed = _claim(archive, _ABANDONED, given)
    return Claim(_in_order(claimed), _in_order(retired))


def due_channels(archive: Archive, now: datetime, *, monitor: str | None = None) -> list[str]:
    """The channels that a delivery is due for which no other owner had, the one that waits longest first."""
    rows = archive.values(
        f"select channel from deliveries where {_FREE} and lease_owner is null "
        "and (not_before is null or not_before <= :now) group by channel order by min(id)",
        {"now": iso(now), "monitor": monitor},
    )
    return [channel for (channel,) in rows]


def give_back(archive: Archive, delivery_id: int, owner: str, not_before: datetime, detail: str) -> bool:
    """It was claimed and not attempted, so the claim does not count; try it, not before that time."""
    given = archive.change(
        "update deliveries set attempts = attempts - 1, not_before = ?, detail = ?, lease_owner = null, "
        "lease_until = null where id = ? and lease_owner = ? and state = 'pending'",
        [iso(not_before), detail, delivery_id, owner],
    )
    return given == 1


def mark_sent(archive: Archive, delivery_id: int, owner: str, now: datetime, detail: str = "") -> bool:
    """The channel took it. False, and nothing changes, when `owner` holds it no longer; so with the others."""
    return _settle(archive, delivery_id, owner, state="sent", not_before=None, detail=detail, sent=now)


def mark_retry(
    archive: Archive, delivery_id: int, owner: str, now: datetime, not_before: datetime, detail: str
) -> bool:
    """The channel could not take it at `now`; try again, not before that other time."""
    return _settle(archive, delivery_id, owner, state="pending", not_before=not_before, detail=detail, failed=now)


def mark_dead(archive: Archive, delivery_id: int, owner: str, now: datetime, detail: str) -> bool:
    """The channel will never take it."""
    return _settle(archive, delivery_id, owner, state="dead", not_before=None, detail=detail, failed=now)


def pending(archive: Archive, monitor: str | None = None) -> int:
    """How many deliveries are still to be made."""
    return int(
        archive.values(
            "select count(*) from deliveries join alerts on alerts.id = alert_id "
            "where state = 'pending' and (? is null or monitor = ?)",
            [monitor, monitor],
        )[0][0]
    )


def deliveries_of(archive: Archive, alert_id: int) -> list[Delivery]:
    """The deliveries of an alert, in the order they were made."""
    return [
        delivery_of(row) for row in archive.rows("select * from deliveries where alert_id = ? order by id", [alert_id])
    ]


def listing(
    archive: Archive, monitor: str | None = None, *, decision: str | None = None, after: int = 0, limit: int = 100
) -> list[Row]:
    """Alerts, latest decision first, each with its development and the state of its deliveries. Serialises as JSON.

    `after` leaves out those up to that id; a `limit` of -1 is none.

    An alert of kind "health" has no development: what belongs to one is None, and `subject` and `reason` say it all.
    """
    rows = archive.rows(
        "select alerts.id, alerts.monitor, kind, subject, decided, decision, alerts.reason, priority, development_id, "
        "situation, developments.status, novelty, event_date, developments.published, articles.title, "
        "publishers.name as publisher, articles.url from alerts "
        "left join developments on developments.id = development_id "
        "left join articles on articles.id = developments.article_id "
        "left join publishers on publishers.id = articles.publisher_id "
        "where (:monitor is null or alerts.monitor = :monitor) and (:decision is null or decision = :decision) "
        "and alerts.id > :after order by alerts.id desc limit :limit",
        {"monitor": monitor, "decision": decision, "after": after, "limit": limit},
    )
    for row in rows:
        row["deliveries"] = archive.rows(
            "select channel, state, attempts, not_before, sent, detail from deliveries where alert_id = ? order by id",
            [row["id"]],
        )
    return rows


def _retire(archive: Archive, given: Mapping[str, str | float | None]) -> list[Row]:
    return archive.rows(
        "update deliveries set state = 'dead', not_before = null, failed = :now, lease_owner = null, "
        "lease_until = null, "
        "detail = 'given up after ' || attempts || ' attempts: the last one ended without a result' "
        f"where {_FREE} and attempts >= :attempts returning *",
        given,
    )


def _claim(archive: Archive, which: str, given: Mapping[str, str | float | None]) -> list[Row]:
    return archive.rows(
        "update deliveries set lease_owner = :owner, lease_until = :until, attempts = attempts + 1 where id in ("
        f"select id from deliveries where {_FREE} and (not_before is null or not_before <= :now) and {which}) "
        "returning *",
        given,
    )


def _settle(
    archive: Archive,
    delivery_id: int,
    owner: str,
    *,
    state: str,
    not_before: datetime | None,
    detail: str,
    sent: datetime | None = None,
    failed: datetime | None = None,
) -> bool:
    settled = archive.change(
        "update deliveries set state = ?, not_before = ?, detail = ?, sent = ?, failed = coalesce(?, failed), "
        "lease_owner = null, lease_until = null where id = ? and lease_owner = ? and state = 'pending'",
        [state, text_of(not_before), detail, text_of(sent), text_of(failed), delivery_id, owner],
    )
    return settled == 1


def _in_order(rows: Iterable[Row]) -> tuple[Delivery, ...]:
    return tuple(sorted((delivery_of(row) for row in rows), key=lambda delivery: delivery.id))


def alert_of(row: Row) -> Alert:
    """The alert that a row of `alerts` holds."""
    return Alert(
        monitor=row["monitor"],
        development_id=row["development_id"],
        decided=from_iso(row["decided"]),
        decision=row["decision"],
        reason=row["reason"],
        priority=row["priority"],
        kind=row["kind"],
        subject=row["subject"],
        tier=row["tier"],
        awaits=row["awaits"],
        wait_until=time_of(row["wait_until"]),
        corrects=row["corrects"],
        id=row["id"],
    )


def delivery_of(row: Row) -> Delivery:
    """The delivery that a row of `deliveries` holds."""
    return Delivery(
        alert_id=row["alert_id"],
        channel=row["channel"],
        key=row["key"],
        payload=row["payload"],
        state=row["state"],
        attempts=row["attempts"],
        not_before=time_of(row["not_before"]),
        detail=row["detail"],
        id=row["id"],
    )
