"""Is it news? Claims held against ledgers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.ledger import Known, Ledger
from monitors.developments.novelty import (
    OLD_NEWS_DAYS,
    REPEAT_DAYS,
    SAME_EVENT_DAYS,
    STALE_DAYS,
    Claim,
    judge,
)

DAY = date(2031, 3, 5)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def claim(status: str, days: int = 0, event_date: str | None = None, **values: Any) -> Claim:
    return Claim(status, after(days), event_date, values.get("place"), values.get("side"), 2.0)


def known(status: str, days: int = 0, event_date: str | None = None, instance: int = 1, **values: Any) -> Known:
    return Known(status, after(days), instance, event_date, **values)


def ledger(*entries: Known, kind: Kind = "meeting") -> Ledger:
    return Ledger("summit", kind, entries)


@pytest.mark.parametrize(("kind", "statuses"), STATUSES.items())
def test_whatever_is_said_first_is_news(kind: Kind, statuses: tuple[str, ...]) -> None:
    for status in statuses:
        assert judge(ledger(kind=kind), claim(status)).novelty is not None


@pytest.mark.parametrize(
    ("before", "now", "novelty"),
    [
        ([known("mooted")], claim("mooted", 3), None),
        ([known("mooted")], claim("proposed", 3), "new status"),
        ([known("agreed")], claim("proposed", 3), None),
        ([known("agreed")], claim("scheduled", 3, "2031-05-14"), "new status"),
        ([known("scheduled", 0, "2031-05-14")], claim("scheduled", 3, "2031-05-14"), None),
        ([known("scheduled", 0, "2031-05-14")], claim("scheduled", 3, "2031-05-15"), None),
        ([known("scheduled", 0, "2031-05-14")], claim("scheduled", 3, "2031-05-20"), "new date"),
        ([known("scheduled", 0, "2031-05")], claim("scheduled", 3, "2031-05-20"), "new date"),
        ([known("scheduled", 0, "2031-05-20")], claim("scheduled", 3, "2031-05"), None),
        ([known("scheduled")], claim("scheduled", 3, "2031-05-20"), "new date"),
        ([known("scheduled", 0, "2031-05-14")], claim("cancelled", 3), "new status"),
        ([known("cancelled")], claim("cancelled", 9), None),
        ([known("cancelled")], claim("postponed", 9), None),
        ([known("cancelled")], claim("declined", REPEAT_DAYS + 1), "new status"),
        ([known("cancelled")], claim("scheduled", 3, "2031-05-14"), "new status"),
        ([known("declined", sides=("b",))], claim("mooted", 0, side="b"), None),
        ([known("declined", sides=("b",))], claim("mooted", 0, side="a"), "new status"),
        ([known("declined", sides=("b",))], claim("mooted", 1, side="b"), "new status"),
        ([known("mooted", sides=("a",))], claim("mooted", 5, side="b"), "new side"),
        ([known("mooted", sides=("a",))], claim("mooted", 5, side="a"), None),
        ([known("mooted")], claim("mooted", REPEAT_DAYS), None),
        ([known("mooted")], claim("mooted", REPEAT_DAYS + 1), "renewed"),
        ([known("mooted")], claim("mooted", STALE_DAYS + 1), "renewed"),
        ([known("proposed", 0, "2031-09-01")], claim("mooted", STALE_DAYS + 9), None),
        ([known("mooted", last_said=after(50))], claim("mooted", STALE_DAYS + 1), "renewed"),
        ([known("scheduled", 0, "2031-05-14")], claim("occurred", 70), "new event"),
        ([known("occurred", 0, "2031-03-05")], claim("occurred", 1), None),
        ([known("occurred", 0, "2031-03-05")], claim("occurred", 20, "2031-03-05"), None),
        ([known("occurred", 0, "2031-03-05")], claim("occurred", 9, "2031-03-04"), None),
        ([known("occurred", 0, "2031-03-05")], claim("occurred", SAME_EVENT_DAYS + 1), "new event"),
        ([known("occurred", 0)], claim("occurred", 30), "new event"),
        ([], claim("occurred", 0, "2030-06-12"), None),
        ([], claim("occurred", OLD_NEWS_DAYS, "2031-03-05"), "new event"),
        ([], claim("occurred", OLD_NEWS_DAYS + 1, "2031-03-05"), None),
        ([known("occurred", 0, "2031-03-05")], claim("scheduled", 3, "2031-03-06"), None),
        ([known("occurred", 0, "2031-03-05")], claim("mooted", 1), None),
        ([known("occurred", 0, "2031-03-05")], claim("declined", 1), None),
        ([known("occurred", 0, "2031-03-05")], claim("declined", 9), "new status"),
        ([known("occurred", 0, "2031-03-05")], claim("proposed", 9), "new instance"),
        ([known("occurred", 0), known("mooted", 5, instance=2)], claim("agreed", 9), "new status"),
    ],
)
def test_a_meeting_goes_forward_back_and_on(before: list[Known], now: Claim, novelty: str | None) -> None:
    verdict = judge(ledger(*before), now)
    assert verdict.novelty == novelty
    assert verdict.reason


@pytest.mark.parametrize(
    ("before", "now", "opens"),
    [
        ([known("occurred")], claim("occurred", 30), True),
        ([known("occurred")], claim("agreed", 30), True),
        ([known("occurred")], claim("declined", 30), True),
        ([known("scheduled", 0, "2031-04-04")], claim("occurred", 30), False),
        ([known("mooted")], claim("mooted", STALE_DAYS + 1), True),
        ([known("mooted")], claim("agreed", 30), False),
    ],
)
def test_after_an_event_the_next_word_opens_another(before: list[Known], now: Claim, opens: bool) -> None:
    assert judge(ledger(*before), now).new_instance is opens


@pytest.mark.parametrize(
    ("before", "now", "novelty"),
    [
        ([], claim("occurred"), "new event"),
        ([known("occurred")], claim("occurred", 1), None),
        ([known("occurred")], claim("occurred", 1, "2031-03-06"), None),
        ([known("occurred", 0, "2031-03-05")], claim("occurred", 2, "2031-03-07"), "new event"),
        ([known("occurred")], claim("occurred", 3), "new event"),
        ([known("threatened")], claim("occurred", 1), "new event"),
        ([known("threatened")], claim("threatened", 1), None),
        ([], claim("occurred", 0, "2017-11-29"), None),
        ([known("occurred")], claim("occurred", 1, "2031-03"), None),
    ],
)
def test_each_launch_is_an_event_of_its_own(before: list[Known], now: Claim, novelty: str | None) -> None:
    assert judge(ledger(*before, kind="occurrence"), now).novelty == novelty


@pytest.mark.parametrize(
    ("before", "now", "novelty"),
    [
        ([], claim("announced"), "first"),
        ([known("announced")], claim("announced", 12), None),
        ([known("announced")], claim("announced", 13), "new status"),
        ([known("announced", 0, "2031-08-17")], claim("announced", 30, "2031-08-18"), None),
        ([known("announced", 0, "2031-08-17")], claim("announced", 30, "2031-09-18"), "new status"),
        ([known("announced")], claim("in_force", 1), "new status"),
        ([known("suspended")], claim("rejected", 2), None),
        ([known("suspended")], claim("rejected", 9), "new status"),
        ([known("announced")], claim("in_force", 30, "2030-08-01"), None),
        ([], claim("ended", 0, "2030-08-01"), None),
        ([], claim("announced", 0, "2030-08-01"), "first"),
    ],
)
def test_a_policy_changes_or_is_repeated(before: list[Known], now: Claim, novelty: str | None) -> None:
    assert judge(ledger(*before, kind="policy"), now).novelty == novelty


@pytest.mark.parametrize(
    ("before", "now", "novelty"),
    [
        ([], claim("negotiating"), "first"),
        ([known("negotiating")], claim("negotiating", 9), None),
        ([known("negotiating")], claim("negotiating", REPEAT_DAYS + 1), "new status"),
        ([known("negotiating")], claim("agreed", 9), "new status"),
        ([known("signed")], claim("agreed", 9), None),
        ([known("signed")], claim("negotiating", REPEAT_DAYS + 1), "new status"),
        ([known("signed")], claim("collapsed", 9), "new status"),
        ([known("collapsed")], claim("negotiating", 9), "new status"),
    ],
)
def test_an_agreement_goes_forward_or_falls(before: list[Known], now: Claim, novelty: str | None) -> None:
    assert judge(ledger(*before, kind="agreement"), now).novelty == novelty


EVENT_DATES = st.none() | st.sampled_from(["2031", "2031-04", "2031-03-05", "2031-03-08/2031-03-09", "2030-06-12"])


KIND_AND_STATUS = [(kind, status) for kind, own in STATUSES.items() for status in own]


@given(st.sampled_from(KIND_AND_STATUS), EVENT_DATES, st.integers(0, 1))
def test_what_was_just_said_is_never_news(what: tuple[Kind, str], event_date: str | None, later: int) -> None:
    kind, status = what
    entry = known(status, 0, event_date)
    verdict = judge(ledger(entry, kind=kind), claim(status, later, event_date))
    assert verdict.novelty is None
