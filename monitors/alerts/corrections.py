"""Takes back what people were told: to exactly the channels that got the first message.

What was not sent yet is withdrawn without a word and stays in the archive with its reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitors.alerts.keys import key_of
from monitors.alerts.message import AlertMessage, BulletinMessage, from_payload, headline, in_words, to_payload
from monitors.archive import developments
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive, Row
from monitors.archive.held import give_up, latest_told, mute, settle_alerts, told_of
from monitors.archive.records import Alert, Delivery, Development
from monitors.developments.lifecycles import PHASES


@dataclass(frozen=True, slots=True)
class Corrected:
    """What `correct` did: the alert of the correction (None: nobody had been told), and what it withdrew."""

    alert: Alert | None
    channels: tuple[str, ...] = ()
    withdrawn: int = 0


def correct(archive: Archive, development_id: int, reason: str, now: datetime) -> Corrected:
    """Tell those who were told of a development that it was wrong, and why; withdraw what was not sent yet.

    The same development is corrected for the same reason once. One transaction. Raises ArchiveError, also when there is
    no such development.
    """
    with archive.writing(full=True):
        development = developments.get(archive, development_id)
        told = []
        withdrawn = 0
        alert_ids = []
        for row in told_of(archive, development_id):
            alert_ids.append(row["alert_id"])
            if row["told"]:
                told.append(row)
                give_up(archive, row["id"], f"withdrawn: {reason}")
            elif row["state"] in ("held", "pending"):
                withdrawn += mute(archive, row["id"], f"withdrawn: {reason}")
        settle_alerts(archive, development.monitor, alert_ids)
        if not told:
            return Corrected(None, (), withdrawn)
        alert = _tell(archive, development, told, reason, now)
    return Corrected(alert, tuple(row["channel"] for row in told), withdrawn)


def correct_plans(
    archive: Archive, development: Development, message: AlertMessage, told_anyway: Collection[str], now: datetime
) -> list[Alert]:
    """When `development` calls off what was planned, tell the channels that heard of it, and not of this.

    Belongs into the transaction that stored the development.
    """
    if PHASES.get(development.status) != "off":
        return []
    plans_told = [
        row
        for row in latest_told(archive, development.monitor, development.situation, development.id)
        if row["channel"] not in told_anyway and PHASES.get(row["status"]) in ("prospect", "planned")
    ]
    for row in plans_told:
        if not row["told"]:
            mute(archive, row["id"], f"withdrawn: {in_words(development.status)} before it was sent")
    settle_alerts(archive, development.monitor, [row["alert_id"] for row in plans_told])
    rows = [row for row in plans_told if row["told"]]
    reason = f"{in_words(development.status)}: “{message.sentence}” ({message.publisher})"
    plans = sorted({row["development_id"] for row in rows})
    return [
        _tell(
            archive,
            developments.get(archive, plan),
            [row for row in rows if row["development_id"] == plan],
            reason,
            now,
        )
        for plan in plans
    ]


def _tell(archive: Archive, development: Development, told: list[Row], reason: str, now: datetime) -> Alert:
    known = archive.row(
        "select id from alerts where kind = 'correction' and corrects = ? and reason = ?", [development.id, reason]
    )
    alert = Alert(
        monitor=development.monitor,
        development_id=None,
        decided=now,
        decision="alert",
        reason=reason,
        kind="correction",
        subject=development.situation,
        corrects=development.id,
    )
    alert = replace(alert, id=known["id"]) if known is not None else insert_alert(archive, alert)
    insert_deliveries(
        archive,
        [
            Delivery(
                alert_id=alert.id,
                channel=row["channel"],
                key=key_of(["correction", row["key"], reason]),
                payload=to_payload(_message(development, row, reason)),
                state="held",  # quiet hours apply
                not_before=now,
            )
            for row in told
        ],
    )
    return alert


def _message(development: Development, row: dict[str, Any], reason: str) -> BulletinMessage:
    first = from_payload(row["payload"])
    said = headline(first) if isinstance(first, AlertMessage) else f"{first.title}, {in_words(development.status)}"
    when = row["sent"] or row["decided"]
    event = ", ".join(part for part in (development.event_date, development.place) if part)
    sentence = f"“{development.evidence[0].sentence}”" if development.evidence else ""
    lines = [
        f"You were told at {when[:16].replace('T', ' ')} UTC: {said}{f', {event}' if event else ''}",
        f"  {sentence}" if sentence else "",
        f"That no longer holds: {reason}",
    ]
    return BulletinMessage(
        monitor=development.monitor,
        event="correction",
        title=f"Correction: {first.title}: not {in_words(development.status)}",
        lines=tuple(line for line in lines if line),
        situation=development.situation,
        answers=row["key"],
        url=first.archive_url if isinstance(first, AlertMessage) else None,
        reason=reason,
    )
