"""Calendar: the meetings that were given a date, and the dates of other situations."""

from __future__ import annotations

from typing import Any

from monitors.archive.connection import Row
from monitors.archive.export import Wanted
from monitors.browse.asked import Asked, Feed, Found
from monitors.developments.event_dates import last_day
from monitors.exports.records import COLUMNS, What, records


def calendar(asked: Asked) -> Found:
    """Meetings that lie ahead, soonest first, and those that are over, latest first."""
    today = asked.now.astimezone(asked.zone).date()
    rows: list[Row] = list(records(asked.archive, What.MEETINGS, Wanted(), asked.names))
    ahead = sorted((row for row in rows if last_day(row["event_date"]) >= today), key=lambda row: row["event_date"])
    over = sorted((row for row in rows if last_day(row["event_date"]) < today), key=_date, reverse=True)
    data: dict[str, Any] = {"today": today.isoformat(), "ahead": ahead, "over": over, "others": _others(asked)}
    updated = max((row["changed"] for row in rows), default=None)
    return Found(data, COLUMNS[What.MEETINGS], [*ahead, *over], None, Feed(What.MEETINGS, [*ahead, *over], updated))


def _date(row: Row) -> str:
    return str(row["event_date"])


def _others(asked: Asked) -> list[dict[str, Any]]:
    """Dates that are expected next in situations that are no meetings."""
    rows = asked.archive.rows(
        "select monitor, id as situation, status, next_date, ledger from situations where next_date is not null"
    )
    return [
        {
            "monitor": row["monitor"], "situation": row["situation"], "status": row["status"],
            "title": asked.names.title(row["monitor"], row["situation"]), "event_date": row["next_date"],
        }
        for row in sorted(rows, key=lambda row: row["next_date"])
        if asked.names.kind(row["monitor"], row["situation"], row["ledger"]) != "meeting"
    ]  # fmt: skip
