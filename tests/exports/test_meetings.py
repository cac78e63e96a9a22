"""What becomes of a meeting, as its ledger tells it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitors.developments.ledger import Known, Ledger
from monitors.exports.meetings import meetings_of

START = date(2031, 3, 1)


def ledger(*entries: str) -> Ledger:
    """Entries as "status date place", an instance more after each "|"."""
    known: list[Known] = []
    instance = 1
    for number, entry in enumerate(entries):
        if entry == "|":
            instance += 1
            continue
        status, when, place = [*entry.split(), "-", "-"][:3]
        known.append(
            Known(
                status,
                START + timedelta(days=number),
                instance,
                None if when == "-" else when,
                None if place == "-" else place,
                development_id=number + 1,
            )
        )
    return Ledger("summit", "meeting", tuple(known))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["mooted", "proposed 2031-05-01"], None),
        (["cancelled 2031-05-01"], None),
        (["agreed 2031-05"], ("agreed", "2031-05", "tentative", 0)),
        (["agreed 2031-05", "scheduled 2031-05-09"], ("scheduled", "2031-05-09", "confirmed", 1)),
        (["scheduled 2031-05-09", "scheduled - Oslo"], ("scheduled", "2031-05-09", "confirmed", 1)),
        (["scheduled 2031-05-09", "agreed"], ("agreed", "2031-05-09", "confirmed", 0)),
        (["scheduled 2031-05-09", "mooted 2031-08-01"], ("scheduled", "2031-05-09", "confirmed", 0)),
        (["scheduled 2031-05-09", "postponed 2031-07-01"], ("postponed", "2031-05-09", "cancelled", 1)),
        (["scheduled 2031-05-09", "cancelled", "declined"], ("declined", "2031-05-09", "cancelled", 1)),
        (["scheduled 2031-05-09", "cancelled", "scheduled"], ("scheduled", "2031-05-09", "tentative", 2)),
        (
            ["scheduled 2031-05-09", "cancelled", "scheduled 2031-05-09"],
            ("scheduled", "2031-05-09", "confirmed", 2),
        ),
        (["scheduled 2031-05-09", "occurred 2031-05-09"], ("occurred", "2031-05-09", "confirmed", 0)),
    ],
)
def test_status_date_standing_and_sequence(entries: list[str], expected: tuple[str, str, str, int] | None) -> None:
    found = [(m.status, m.event_date, m.standing, m.sequence) for m in meetings_of(ledger(*entries))]
    assert found == ([] if expected is None else [expected])


def test_the_next_meeting_is_another_one() -> None:
    first, second = meetings_of(ledger("occurred 2031-05-09", "|", "scheduled 2031-08-01", "scheduled 2031-08-03"))
    assert (first.instance, second.instance) == (1, 2)
    assert (second.sequence, second.first.development_id, second.last.development_id) == (1, 3, 4)


def test_sequence_only_grows_as_the_ledger_does() -> None:
    entries = ["agreed 2031-05", "scheduled 2031-05-09", "cancelled", "mooted", "scheduled 2031-06-01 Oslo", "occurred"]
    numbers = [next(meetings_of(ledger(*entries[: count + 1]))).sequence for count in range(len(entries))]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 3
