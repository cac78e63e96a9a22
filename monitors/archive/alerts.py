"""Alerts, and the outbox of their deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import text_of, time_of
from monitors.archive.records import Alert, Delivery
from monitors.clock import from_iso, iso


def insert_alert(archive: Archive, alert: Alert) -> Alert:
    """Store the decision on a development; the same value, with its id.

    A development is decided once: a second call returns the decision that is stored.
    """
    with archive.writing(full=True):
        stored = archive.row("select * from alerts where development_id = ?", [alert.development_id])
        if stored is not None:
            return _alert(stored)
        alert_id = archive.insert(
            "alerts",
            {
                "monitor": alert.monitor,
                "development_id": alert.development_id,
                "decided": iso(alert.decided),
                "decision": alert.decision,
                "reason": alert.reason,
                "priority": alert.priority,
            },
        )
        return replace(alert, id=alert_id)


def insert_deliveries(archive: Archive, deliveries: Iterable[Delivery]) -> int:
    """Put deliveries into the outbox; how many were new. A key that is there already is left as it is."""
    with archive.writing(full=True):
        return sum(
            archive.change(
                "insert into deliveries (alert_id, channel, key, payload, state, attempts, not_before, detail) "
                "values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing",
                [d.alert_id, d.channel, d.key, d.payload, d.state, d.attempts, text_of(d.not_before), d.detail],
            )
            for d in deliveries
        )


def claim_due(archive: Archive, owner: str, now: datetime, limit: int, lease_seconds: float) -> list[Delivery]:
    """Take up to `limit` pending deliveries that are due, oldest first, for this owner alone.

    The lease runs out after `lease_seconds`; another owner may then take what was neither sent nor given back.
    """
    with archive.writing():
        rows = archive.rows(
            "update deliveries set lease_owner = :owner, lease_until = :until where id in ("
            "select id from deliveries where state = 'pending' and (not_before is null or not_before <= :now) "
            "and (lease_until is null or lease_until <= :now) order by id limit :limit) returning *",
            {
                "owner": owner,
                "now": iso(now),
                "until": iso(now + timedelta(seconds=max(lease_seconds, 1))),
                "limit": limit,
            },
        )
        return sorted((_delivery(row) for row in rows), key=lambda delivery: delivery.id)


def mark_sent(archive: Archive, delivery_id: int, now: datetime, detail: str = "") -> None:
    """The channel took it."""
    _settle(archive, delivery_id, state="sent", not_before=None, detail=detail, sent=now)


def mark_retry(archive: Archive, delivery_id: int, not_before: datetime, detail: str) -> None:
    """The channel could not take it now; try again, not before that time."""
    _settle(archive, delivery_id, state="pending", not_before=not_before, detail=detail, sent=None)


def mark_dead(archive: Archive, delivery_id: int, detail: str) -> None:
    """The channel will never take it."""
    _settle(archive, delivery_id, state="dead", not_before=None, detail=detail, sent=None)


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
        _delivery(row) for row in archive.rows("select * from deliveries where alert_id = ? order by id", [alert_id])
    ]


def listing(
    archive: Archive, monitor: str | None = None, *, decision: str | None = None, limit: int = 100
) -> list[Row]:
    """Alerts, latest decision first, each with its development and the state of its deliveries. Serialises as JSON."""
    rows = archive.rows(
        "select alerts.id, alerts.monitor, decided, decision, alerts.reason, priority, development_id, situation, "
        "developments.status, novelty, event_date, developments.published, articles.title, "
        "publishers.name as publisher, articles.url from alerts "
        "join developments on developments.id = development_id join articles on articles.id = developments.article_id "
        "join publishers on publishers.id = articles.publisher_id "
        "where (:monitor is null or alerts.monitor = :monitor) and (:decision is null or decision = :decision) "
        "order by alerts.id desc limit :limit",
        {"monitor": monitor, "decision": decision, "limit": limit},
    )
    for row in rows:
        row["deliveries"] = archive.rows(
            "select channel, state, attempts, not_before, sent, detail from deliveries where alert_id = ? order by id",
            [row["id"]],
        )
    return rows


def _settle(
    archive: Archive, delivery_id: int, *, state: str, not_before: datetime | None, detail: str, sent: datetime | None
) -> None:
    archive.change(
        "update deliveries set state = ?, attempts = attempts + 1, not_before = ?, detail = ?, sent = ?, "
        "lease_owner = null, lease_until = null where id = ?",
        [state, text_of(not_before), detail, text_of(sent), delivery_id],
    )


def _alert(row: Row) -> Alert:
    return Alert(
        monitor=row["monitor"],
        development_id=row["development_id"],
        decided=from_iso(row["decided"]),
        decision=row["decision"],
        reason=row["reason"],
        priority=row["priority"],
        id=row["id"],
    )


def _delivery(row: Row) -> Delivery:
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
