"""Calendar: the meetings that were given a date, and the dates of other situations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from monitors.archive.connection import Row
from monitors.archive.export import Wanted
from monitors.browse.asked import Asked, Feed, Found
from monitors.browse.now import last_fed
from monitors.clock import from_iso
from monitors.errors import InputError
from monitors.exports.records import COLUMNS, Planned, What, meetings, planned

_BEGINNING = date(1900, 1, 1)
"""Before anything that an archive of ours holds."""


def calendar(asked: Asked) -> Found:
    """Meetings that lie ahead, soonest first, and those that are over, latest first.

    Without `since` it goes back a year before the archive was last fed, and no further than the latest that fill a
    page; `after` goes on with earlier ones.
    """
    today = asked.now.astimezone(asked.zone).date()
    since, until, after = asked.day("since"), asked.day("until"), _key_in(asked.text("after"))
    start = date.fromisoformat(since) if since else _a_year_back(asked)
    wanted = Wanted(since=start, until=date.fromisoformat(until) if until else None)
    found = sorted(planned(asked.archive, wanted, asked.names), key=_key)
    over = [one for one in found if one.last < today and (after is None or _key(one) < after)][::-1]
    ahead = meetings(asked.archive, [one for one in found if one.last >= today and after is None], asked.names)
    shown = meetings(asked.archive, over[: asked.size], asked.names)
    rest = over[asked.size :]
    data: dict[str, Any] = {
        "today": today.isoformat(), "since": start.isoformat(), "until": until, "is_whole": start <= _BEGINNING,
        "ahead": ahead, "over": shown, "left_out": len(rest), "others": _others(asked),
        "beginning": _BEGINNING.isoformat(), "goes_on": after is not None,
    }  # fmt: skip
    more = None
    if rest:
        last = over[asked.size - 1]
        more = {"since": start.isoformat(), "after": " ".join(map(str, _key(last)))}
        more |= {"until": until} if until else {}
    rows = [*ahead, *shown]
    return Found(data, COLUMNS[What.MEETINGS], rows, more, lambda: _feed(rows))


def _feed(rows: list[Row]) -> Feed:
    return Feed(What.MEETINGS, rows, max((row["changed"] for row in rows), default=None))


def _a_year_back(asked: Asked) -> date:
    fed = last_fed(asked.archive)
    return (min(asked.now, from_iso(fed)) if fed else asked.now).date() - timedelta(days=365)


Key = tuple[str, int, str, str]


def _key(one: Planned) -> Key:
    """Its place in the calendar, which no other meeting has: many may have one date."""
    return one.meeting.event_date, one.meeting.instance, one.monitor, one.situation


def _key_in(text: str | None) -> Key | None:
    """The key of the meeting that was shown last. Raises InputError for what is none."""
    if text is None:
        return None
    try:
        event_date, instance, monitor, situation = text.split(" ")
        return event_date, int(instance), monitor, situation
    except ValueError:
        raise InputError("after: expected what the link to the next page has") from None


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
