"""Developments as event data in the terms of PLOVER (Open Event Data Alliance, codebook 0.7b1), tab-separated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from monitors.definition.kinds import plover
from monitors.developments.event_dates import first_day
from monitors.exports.calendar import has_days
from monitors.exports.names import Names
from monitors.exports.text import line, no_formula

COLUMNS = (
    "id", "date", "actor", "recipient", "event", "mode", "context", "event_date", "placename", "situation", "kind",
    "status", "sentence", "publisher", "language", "published", "url", "families", "tier",
)  # fmt: skip
"""`date` to `context` and `placename` are PLOVER's fields, several values joined by "; ". `date` is the day of what the
actor did: of the event where it took place, of the report where it was offered, agreed, refused. `event_date` is when
the event itself was or is to be, as exactly as known."""

Record = Mapping[str, Any]


def plover_lines(developments: Iterable[Record], names: Names) -> Iterator[str]:
    """A header and a row for each development."""
    yield _row(COLUMNS)
    for development in developments:
        yield _row([no_formula(line(value)) for value in _values(development, names)])


def _row(cells: Iterable[str]) -> str:
    return "\t".join(cells) + "\n"


def _values(development: Record, names: Names) -> tuple[str, ...]:
    terms = plover(development["kind"], development["status"])
    actors, recipients = _who(development, names)
    return (
        str(development["id"]),
        _date(development),
        "; ".join(actors),
        "; ".join(recipients),
        terms.event,
        terms.mode,
        "; ".join(terms.contexts),
        development["event_date"] or "",
        development["place"] or "",
        development["situation"],
        development["kind"] or "",
        development["status"],
        development["sentence"] or "",
        development["publisher"],
        development["language"],
        development["published"],
        development["url"],
        str(len(development["families"])),
        development["tier"],
    )


def _date(development: Record) -> str:
    event_date, published = development["event_date"], development["published"][:10]
    if development["status"] != "occurred":
        return str(published)
    # A month is no day: then the event has none.
    if event_date is None:
        return str(published)
    return first_day(event_date).isoformat() if has_days(event_date) else ""


def _who(development: Record, names: Names) -> tuple[list[str], list[str]]:
    """Actors and recipients: who said so to the others; everybody is an actor where they met or nobody is named."""
    monitor, situation = development["monitor"], development["situation"]
    day = date.fromisoformat(development["published"][:10])
    sides: list[str] = development["sides"]
    speakers = list(dict.fromkeys(names.speaker(monitor, situation, side, day) for side in sides))
    if development["status"] == "occurred" or not sides:
        return [one.name for one in names.parties(monitor, situation, day)] or speakers, []
    return speakers, [one.name for one in names.other_parties(monitor, situation, sides, day)]
