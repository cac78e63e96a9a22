"""Meetings and their dates, out of the ledgers of the situations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from monitors.developments.ledger import Known, Ledger
from monitors.developments.novelty import OFF

PLANNED = ("agreed", "scheduled", "occurred")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a situation, as far as a date was named for it.

    `event_date` keeps its granularity. `standing` is "confirmed", "tentative" (agreed, or on again without a new date)
    or "cancelled" (also refused or put off: then it is the old date that does not hold). `sequence` counts how often
    date, place or standing changed. `first` and `last` are the developments that named it and that changed it last.
    """

    instance: int
    status: str
    event_date: str
    place: str | None
    standing: str
    sequence: int
    first: Known
    last: Known


def meetings_of(ledger: Ledger) -> Iterator[Meeting]:
    """The meetings of a situation that were given a date, in order."""
    for instance, entries in groupby(ledger.known, key=lambda entry: entry.instance):
        meeting = _followed(instance, entries)
        if meeting is not None:
            yield meeting


def _followed(instance: int, entries: Iterable[Known]) -> Meeting | None:
    """What became of one meeting. What is only floated or offered changes nothing that was planned."""
    meeting: Meeting | None = None
    for entry in entries:
        if meeting is None:
            if entry.status in PLANNED and entry.event_date is not None:
                standing = _standing(entry, None)
                meeting = Meeting(instance, entry.status, entry.event_date, entry.place, standing, 0, entry, entry)
        elif entry.status in PLANNED or entry.status in OFF:
            meeting = _changed(meeting, entry)
    return meeting


def _changed(meeting: Meeting, entry: Known) -> Meeting:
    event_date = meeting.event_date if entry.status in OFF else entry.event_date or meeting.event_date
    place, standing = entry.place or meeting.place, _standing(entry, meeting)
    moved = (event_date, place, standing) != (meeting.event_date, meeting.place, meeting.standing)
    news = moved or entry.status != meeting.status
    return replace(
        meeting,
        status=entry.status,
        event_date=event_date,
        place=place,
        standing=standing,
        sequence=meeting.sequence + moved,
        last=entry if news else meeting.last,
    )


def _standing(entry: Known, before: Meeting | None) -> str:
    if entry.status in OFF:
        return "cancelled"
    if entry.status == "occurred" or (entry.status == "scheduled" and entry.event_date is not None):
        return "confirmed"
    if before is not None and before.standing != "cancelled" and entry.event_date in (None, before.event_date):
        return before.standing
    return "tentative"
