"""What is known of a situation, and its JSON form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.kinds import STATUSES
from monitors.developments.ledger import LEDGER_VERSION, Known, Ledger, dump, load

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
EVENT_DATES = st.none() | DAYS.map(date.isoformat) | DAYS.map(lambda day: f"{day:%Y-%m}")
KNOWN = st.builds(
    Known,
    status=st.sampled_from(STATUSES["meeting"]),
    day=DAYS,
    instance=st.integers(1, 9),
    event_date=EVENT_DATES,
    place=st.none() | st.text(max_size=9),
    sides=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    development_id=st.integers(0, 10**9),
    last_said=st.none() | DAYS,
)
LEDGERS = st.builds(Ledger, st.just("summit"), st.just("meeting"), st.lists(KNOWN, max_size=5).map(tuple))
DAY = date(2031, 3, 5)
PLAN = Known("scheduled", DAY, 1, "2031-05-14")


@given(LEDGERS)
def test_a_ledger_comes_back_as_it_was_written(ledger: Ledger) -> None:
    assert load(dump(ledger), "summit", "meeting") == ledger


@given(LEDGERS)
def test_equal_ledgers_are_equal_text(ledger: Ledger) -> None:
    assert dump(load(dump(ledger), "summit", "meeting")) == dump(ledger)


def test_a_ledger_of_a_newer_program_is_refused() -> None:
    text = json.dumps({"version": LEDGER_VERSION + 1, "known": []})
    with pytest.raises(ValueError, match="ledger of summit has version 2"):
        load(text, "summit", "meeting")


def test_an_empty_ledger_knows_nothing() -> None:
    ledger = Ledger("summit", "meeting")
    assert (ledger.last, ledger.instance, ledger.open_entries(), ledger.next_date(DAY)) == (None, 1, (), None)


def test_only_the_current_instance_is_open() -> None:
    ledger = Ledger("summit", "meeting").add(PLAN).add(Known("mooted", DAY, 2))
    assert [entry.status for entry in ledger.open_entries()] == ["mooted"]
    assert [entry.status for entry in ledger.with_status("scheduled")] == ["scheduled"]


def test_refining_replaces_that_entry_and_no_equal_one() -> None:
    twin = replace(PLAN)
    ledger = Ledger("summit", "meeting", (PLAN, twin)).refine(twin, replace(twin, place="Oststadt"))
    assert [entry.place for entry in ledger.known] == [None, "Oststadt"]


def test_the_day_of_an_event_is_its_date_or_else_the_day_of_the_report() -> None:
    assert PLAN.event_day() == date(2031, 5, 14)
    assert Known("occurred", DAY, 1).event_day() == DAY
    assert Known("mooted", DAY, 1, last_said=DAY + timedelta(days=3)).last_heard() == date(2031, 3, 8)
    assert PLAN.last_heard() == DAY


@pytest.mark.parametrize(
    ("known", "today", "expected"),
    [
        ((PLAN,), DAY, "2031-05-14"),
        ((PLAN,), date(2031, 5, 15), "2031-05-14"),
        ((PLAN,), date(2031, 5, 16), None),
        ((PLAN, replace(PLAN, event_date="2031-06-02")), DAY, "2031-06-02"),
        ((PLAN, Known("postponed", DAY, 1)), DAY, "2031-05-14"),
        ((PLAN, Known("cancelled", DAY, 1)), DAY, None),
        ((PLAN, Known("occurred", DAY, 1)), DAY, None),
        ((PLAN, Known("mooted", DAY, 2)), DAY, None),
        ((Known("mooted", DAY, 1, "2031-05-14"),), DAY, None),
    ],
)
def test_the_next_date_is_that_of_a_standing_plan(known: tuple[Known, ...], today: date, expected: str | None) -> None:
    assert Ledger("summit", "meeting", known).next_date(today) == expected
