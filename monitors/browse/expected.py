"""Calendar: the meetings that were given a date, and the dates of other situations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from monitors.archive.connection import Row
from monitors.archive.export import Wanted
from monitors.browse.asked import Asked, Feed, Found
from monitors.browse.now import last_fed
from monitors.clock import from_iso
from monitors.exports.records import COLUMNS, Planned, What, meetings, planned

_BEGINNING = date(1900, 1, 1)
"""Before anything that an archive of ours holds."""


def calendar(asked: Asked) -> Found:
    """Meetings that lie ahead, soonest first, and those that are over, latest first.

    Without `since` it goes back a year before the archive was last fed, and no further than the latest that fill a
    page; `until` goes on with earlier ones.
    """
    today = asked.now.astimezone(asked.zone).date()
    since, until = asked.day("since"), asked.day("until")
    start = date.fromisoformat(since) if since else _a_year_back(asked)
    wanted = Wanted(since=start, until=date.fromisoformat(until) if until else None)
    found = sorted(planned(asked.archive, wanted, asked.names), key=_date)
    over = [one for one in found if one.last < today][::-1]
    ahead = meetings(asked.archive, [one for one in found if one.last >= today], asked.names)
    shown = meetings(asked.archive, over[: asked.size], asked.names)
    rest = over[asked.size :]
    data: dict[str, Any] = {
        "today": today.isoformat(), "since": start.isoformat(), "until": until, "is_whole": start <= _BEGINNING,
        "ahead": ahead, "over": shown, "left_out": len(rest), "others": _others(asked),
        "beginning": _BEGINNING.isoformat(),
    }  # fmt: skip
    more = {"since": start.isoformat(), "until": rest[0].last.isoformat()} if rest else None
    rows = [*ahead, *shown]
    return Found(data, COLUMNS[What.MEETINGS], rows, more, lambda: _feed(rows))


def _feed(rows: list[Row]) -> Feed:
    return Feed(What.MEETINGS, rows, max((row["changed"] for row in rows), default=None))


def _a_year_back(asked: Asked) -> date:
    fed = last_fed(asked.archive)
    return (min(asked.now, from_iso(fed)) if fed else asked.now).date() - timedelta(days=365)


def _date(one: Planned) -> str:
    return one.meeting.event_date


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
