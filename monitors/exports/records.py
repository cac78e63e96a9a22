"""What can be exported, as records: plain values under the words of docs/design.md, in a fixed order of keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from monitors.archive import export as stored
from monitors.archive.connection import Archive, Row
from monitors.archive.export import Wanted
from monitors.definition.kinds import Kind
from monitors.developments.event_dates import first_day, last_day
from monitors.developments.ledger import Known, Ledger, load
from monitors.errors import ArchiveError, InputError
from monitors.exports.meetings import Meeting, meetings_of
from monitors.exports.names import Names


class What(StrEnum):
    """What is exported."""

    ARTICLES = "articles"
    DEVELOPMENTS = "developments"
    ALERTS = "alerts"
    MEETINGS = "meetings"


COLUMNS: dict[What, tuple[str, ...]] = {
    What.ARTICLES: (
        "id", "monitor", "published", "date_confidence", "discovered", "revised", "publisher", "family", "language",
        "title", "url", "canonical_url", "feed_url", "official", "relation", "copy_group", "update_of",
        "situations", "text",
    ),
    What.DEVELOPMENTS: (
        "id", "monitor", "situation", "kind", "status", "previous_status", "novelty", "reason", "event_date", "place",
        "tier", "families", "baseline", "published", "raised", "sentence", "publisher", "language", "title", "url",
        "canonical_url", "article_id", "sides", "evidence",
    ),
    What.ALERTS: (
        "id", "monitor", "kind", "subject", "decided", "decision", "reason", "priority", "development_id", "situation",
        "status", "previous_status", "event_date", "place", "published", "publisher", "language", "title", "url",
        "deliveries",
    ),
    What.MEETINGS: (
        "monitor", "situation", "instance", "title", "parties", "status", "standing", "event_date", "place", "sequence",
        "announced", "changed", "sentence", "publisher", "url", "tier", "families",
    ),
}  # fmt: skip
"""The keys of a record, in order. Lists are lists; times are ISO 8601 in UTC; what is not known is None."""


def records(archive: Archive, what: What, wanted: Wanted, names: Names) -> Iterator[Row]:
    """The records, read as they are asked for.

    Raises InputError when meetings are asked for by publisher or language, and ArchiveError.
    """
    match what:
        case What.ARTICLES:
            found = stored.articles(archive, wanted)
        case What.DEVELOPMENTS:
            found = _developments(archive, wanted, names)
        case What.ALERTS:
            found = stored.alerts(archive, wanted)
        case What.MEETINGS:
            if wanted.publisher is not None or wanted.language is not None:
                raise InputError("export meetings: a meeting has no publisher and no language; leave these options out")
            found = _meetings(archive, wanted, names)
    return ({column: row[column] for column in COLUMNS[what]} for row in found)


def latest(archive: Archive, what: What, wanted: Wanted, names: Names) -> str | None:
    """When the latest change happened among the records; None when there is none."""
    match what:
        case What.ARTICLES:
            return stored.latest_article(archive, wanted)
        case What.DEVELOPMENTS:
            return stored.latest_development(archive, wanted)
        case What.ALERTS:
            return stored.latest_alert(archive, wanted)
        case What.MEETINGS:
            return max((row["changed"] for row in _meetings(archive, wanted, names)), default=None)


def _developments(archive: Archive, wanted: Wanted, names: Names) -> Iterator[Row]:
    """With the kind of the situation and the sides that said so (ids of entities)."""
    kinds: dict[tuple[str, str], Kind | None] = {}
    sides: dict[int, tuple[str, ...]] = {}
    for row in stored.situations(archive):
        key = row["monitor"], row["situation"]
        kinds[key] = kind = names.kind(*key, row["ledger"])
        if kind is not None and row["ledger"] != "{}":
            sides |= {entry.development_id: entry.sides for entry in _ledger(archive, row, kind).known}
    for row in stored.developments(archive, wanted):
        yield row | {
            "kind": kinds.get((row["monitor"], row["situation"])),
            "sides": list(sides.get(row["id"], ())),
            "sentence": _sentence(row),
        }


def _meetings(archive: Archive, wanted: Wanted, names: Names) -> Iterator[Row]:
    for _, found in groupby(planned(archive, wanted, names), key=lambda one: (one.monitor, one.situation)):
        yield from meetings(archive, list(found), names)


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting and the situation that it is of, with the first and the last day on which it can be."""

    monitor: str
    situation: str
    meeting: Meeting
    first: date
    last: date


def planned(archive: Archive, wanted: Wanted, names: Names) -> Iterator[Planned]:
    """The meetings whose event lies within the days that are wanted, by situation, without what the archive says of
    them.
    """
    for row in stored.situations(archive):
        monitor, situation = row["monitor"], row["situation"]
        kind = names.kind(monitor, situation, row["ledger"])
        if kind != "meeting" or row["ledger"] == "{}" or wanted.situation not in (None, situation):
            continue
        try:
            found = _with_days(row["ledger"], situation, kind)
        except ValueError as error:
            raise _too_new(archive, error) from error
        for meeting, first, last in found:
            if (wanted.since or date.min) <= last and first <= (wanted.until or date.max):
                yield Planned(monitor, situation, meeting, first, last)


@lru_cache(maxsize=32)
def _with_days(ledger: str, situation: str, kind: Kind) -> tuple[tuple[Meeting, date, date], ...]:
    """The meetings of a stored ledger. The latest are kept, as a calendar is asked for again and again."""
    found = meetings_of(load(ledger, situation, kind))
    return tuple((meeting, first_day(meeting.event_date), last_day(meeting.event_date)) for meeting in found)


def meetings(archive: Archive, found: Sequence[Planned], names: Names) -> list[Row]:
    """The records of some meetings, in their order."""
    ids = {entry.development_id for one in found for entry in (one.meeting.first, one.meeting.last)}
    told = stored.developments_of(archive, ids)
    return [_meeting(one.meeting, one.monitor, one.situation, names, told) for one in found]


def _ledger(archive: Archive, row: Row, kind: Kind) -> Ledger:
    try:
        return load(row["ledger"], row["situation"], kind)
    except ValueError as error:
        raise _too_new(archive, error) from error


def _too_new(archive: Archive, error: ValueError) -> ArchiveError:
    return ArchiveError(f"archive {archive.path}: {error}; upgrade Wirewatch")


def _meeting(meeting: Meeting, monitor: str, situation: str, names: Names, told: dict[int, Row]) -> Row:
    development = told.get(meeting.last.development_id)
    return {
        "monitor": monitor,
        "situation": situation,
        "instance": meeting.instance,
        "title": names.title(monitor, situation),
        "parties": [one.name for one in names.parties(monitor, situation, first_day(meeting.event_date))],
        "status": meeting.status,
        "standing": meeting.standing,
        "event_date": meeting.event_date,
        "place": meeting.place,
        "sequence": meeting.sequence,
        "announced": _found(meeting.first, told),
        "changed": _found(meeting.last, told),
        "sentence": None if development is None else _sentence(development),
        **{name: None if development is None else development[name] for name in ("publisher", "url", "tier")},
        "families": [] if development is None else development["families"],
    }


def _found(entry: Known, told: dict[int, Row]) -> str:
    """When we found it; for an entry without a development the end of the day of the report."""
    development = told.get(entry.development_id)
    return development["raised"] if development is not None else f"{entry.day.isoformat()}T23:59:59Z"


def _sentence(development: Row) -> str | None:
    """The sentence that raised it."""
    evidence: list[dict[str, Any]] = development["evidence"]
    return evidence[0]["sentence"] if evidence else None
