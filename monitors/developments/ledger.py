"""What is known of a situation: an append-only ledger of statuses, as frozen values with a JSON form."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from monitors.definition.kinds import Kind
from monitors.developments.event_dates import first_day, last_day

LEDGER_VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """One status that was reported: on which day, for which event, by which side, in which development.

    `instance` counts the events that the situation went through (the first summit, the second, …), from 1.
    """

    status: str
    day: date
    instance: int
    event_date: str | None = None
    place: str | None = None
    sides: tuple[str, ...] = ()
    development_id: int = 0
    last_said: date | None = None

    def last_heard(self) -> date:
        """The day on which it was last reported, repeats included."""
        return self.last_said or self.day

    def event_day(self) -> date:
        """When the event was or is to be, as exactly as known; the day of the report where it is not."""
        return first_day(self.event_date) if self.event_date is not None else self.day


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known of one situation, in the order it became known."""

    situation: str
    kind: Kind
    known: tuple[Known, ...] = ()

    @property
    def last(self) -> Known | None:
        return self.known[-1] if self.known else None

    @property
    def instance(self) -> int:
        return self.known[-1].instance if self.known else 1

    def open_entries(self) -> tuple[Known, ...]:
        """What is known of the current instance."""
        return tuple(entry for entry in self.known if entry.instance == self.instance)

    def with_status(self, status: str) -> tuple[Known, ...]:
        return tuple(entry for entry in self.known if entry.status == status)

    def add(self, entry: Known) -> Ledger:
        return replace(self, known=(*self.known, entry))

    def refine(self, old: Known, new: Known) -> Ledger:
        """The ledger with `old` replaced by what is now known of it."""
        return replace(self, known=tuple(new if entry is old else entry for entry in self.known))

    def next_date(self, today: date) -> str | None:
        """The next date that a plan of the current instance names, if it lies ahead."""
        dates = [
            entry.event_date
            for entry in self.open_entries()
            if entry.event_date is not None and entry.status in ("scheduled", "announced", "agreed")
        ]
        if not dates or (self.last is not None and self.last.status in ("cancelled", "declined", "occurred")):
            return None
        return dates[-1] if last_day(dates[-1]) >= today - timedelta(days=1) else None


def dump(ledger: Ledger) -> str:
    """The ledger as JSON text, keys sorted, so that equal ledgers are equal text."""
    known = [
        {
            "status": entry.status,
            "day": entry.day.isoformat(),
            "instance": entry.instance,
            "event_date": entry.event_date,
            "place": entry.place,
            "sides": entry.sides,
            "development_id": entry.development_id,
            "last_said": entry.last_said.isoformat() if entry.last_said is not None else None,
        }
        for entry in ledger.known
    ]
    data = {"version": LEDGER_VERSION, "situation": ledger.situation, "kind": ledger.kind, "known": known}
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=32)
def load(text: str, situation: str, kind: Kind) -> Ledger:
    """Read what `dump` wrote. The latest are kept: pages and passes ask for the same ones again and again.

    Raises ValueError when `text` is of a newer version.
    """
    data = json.loads(text)
    if data["version"] > LEDGER_VERSION:
        raise ValueError(f"ledger of {situation} has version {data['version']}; this program knows {LEDGER_VERSION}")
    known = tuple(
        Known(
            status=entry["status"],
            day=datetime.fromisoformat(entry["day"]).date(),
            instance=entry["instance"],
            event_date=entry["event_date"],
            place=entry["place"],
            sides=tuple(entry["sides"]),
            development_id=entry["development_id"],
            last_said=datetime.fromisoformat(entry["last_said"]).date() if entry["last_said"] else None,
        )
        for entry in data["known"]
    )
    return Ledger(situation, kind, known)
