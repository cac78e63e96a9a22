"""Calendar: the meetings that were given a date, and the dates of other situations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from monitors.archive.connection import Row
from monitors.archive.export import Wanted
from monitors.browse.asked import Asked, Feed, Found
from monitors.browse.now import last_fed
from monitors.clock import from_iso
from monitors.developments.event_dates import last_day
from monitors.exports.records import COLUMNS, What, records

_OVER = 100
"""Meetings that are over of which the page tells; its twins but JSON have all."""
_BEGINNING = date(1900, 1, 1)
"""Before anything that an archive of ours holds."""


def calendar(asked: Asked) -> Found:
    """Meetings that lie ahead, soonest first, and those that are over, latest first.

    Without `since` it goes back a year before the archive was last fed: all that ever was is long to read.
    """
    today = asked.now.astimezone(asked.zone).date()
    since = asked.day("since")
    start = date.fromisoformat(since) if since else _a_year_back(asked)
    rows: list[Row] = list(records(asked.archive, What.MEETINGS, Wanted(since=start), asked.names))
    ahead = sorted((row for row in rows if last_day(row["event_date"]) >= today), key=_date)
    over = sorted((row for row in rows if last_day(row["event_date"]) < today), key=_date, reverse=True)
    data: dict[str, Any] = {
        "today": today.isoformat(), "since": start.isoformat(), "is_whole": start <= _BEGINNING, "ahead": ahead,
        "over": over[:_OVER], "left_out": max(len(over) - _OVER, 0), "others": _others(asked),
        "beginning": _BEGINNING.isoformat(),
    }  # fmt: skip
    updated = max((row["changed"] for row in rows), default=None)
    return Found(data, COLUMNS[What.MEETINGS], [*ahead, *over], None, Feed(What.MEETINGS, [*ahead, *over], updated))


def _a_year_back(asked: Asked) -> date:
    fed = last_fed(asked.archive)
    return (min(asked.now, from_iso(fed)) if fed else asked.now).date() - timedelta(days=365)


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
