"""Dates in a sentence: what they mean if the event lies ahead, and if it lies behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.event_dates import DateTag, find_dates, first_day, last_day, overlap
from monitors.developments.languages import LanguagePack, load_pack

DAY = date(2026, 3, 4)  # a Wednesday
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
VALUES = st.one_of(
    DAYS.map(lambda day: day.isoformat()),
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day:%Y}"),
    st.tuples(DAYS, st.integers(0, 20)).map(
        lambda v: f"{v[0].isoformat()}/{(v[0] + timedelta(days=v[1])).isoformat()}"
    ),
)
PIECES = {
    "en": [
        "May 14", "14 May 2027", "June 8-9", "in June", "in June 2018", "2018", "Monday", "on Friday", "tomorrow",
        "next week", "last month", "this year", "Feb. 30", "Dec. 31", "31 September", "next  year", "March 3",
    ],
    "ko": [
        "5월 14일", "14일", "31일", "2018년 6월 12일", "6월", "2018년", "13월", "다음 달", "지난해", "내일", "화요일",
        "8~9일", "6월 8~9일", "2월 30일", "어제", "이번 주",
    ],
}  # fmt: skip


def pack(language: str) -> LanguagePack:
    found = load_pack(language)
    assert found is not None
    return found


def dates(text: str, day: date = DAY, language: str = "en") -> list[tuple[str | None, str | None]]:
    return [(tag.ahead, tag.behind) for tag in find_dates(text, pack(language).dates, day)]


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("on May 14", "2026-05-14", "2025-05-14"),
        ("on May 14th", "2026-05-14", "2025-05-14"),
        ("on 14 May", "2026-05-14", "2025-05-14"),
        ("on the 14th of May", "2026-05-14", "2025-05-14"),
        ("on May 14, 2027", "2027-05-14", "2027-05-14"),
        ("on Feb. 27", None, "2026-02-27"),
        ("on March 3", "2026-03-03", "2026-03-03"),
        ("on June 8-9", "2026-06-08/2026-06-09", "2025-06-08/2025-06-09"),
        ("on June 8 and 9", "2026-06-08/2026-06-09", "2025-06-08/2025-06-09"),
        ("on June 12, 2018", None, "2018-06-12"),
        ("in June", "2026-06", "2025-06"),
        ("in June 2018", None, "2018-06"),
        ("in June, 2027", "2027-06", "2027-06"),
        ("in January", None, "2026-01"),
        ("in February", None, "2026-02"),
        ("in 2018", None, "2018"),
        ("in 2026", "2026", None),
        ("on Monday", "2026-03-09", "2026-03-02"),
        ("on Wednesday", "2026-03-04", "2026-03-04"),
        ("today", "2026-03-04", "2026-03-04"),
        ("tomorrow", "2026-03-05", None),
        ("yesterday", None, "2026-03-03"),
        ("next week", "2026-03-09/2026-03-15", None),
        ("last  week", None, "2026-02-23/2026-03-01"),
        ("next month", "2026-04", None),
        ("last month", None, "2026-02"),
        ("this year", "2026", "2026"),
        ("next year", "2027", None),
    ],
)
def test_an_english_date_is_read_forwards_and_backwards(text: str, ahead: str | None, behind: str | None) -> None:
    assert dates(text) == [(ahead, behind)]


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("5월 14일", "2026-05-14", "2025-05-14"),
        ("2018년 6월 12일", None, "2018-06-12"),
        ("6월 8~9일", "2026-06-08/2026-06-09", "2025-06-08/2025-06-09"),
        ("오는 20일", "2026-03-20", "2026-02-20"),
        ("31일", "2026-03-31", "2026-01-31"),
        ("6월 중", "2026-06", "2025-06"),
        ("2018년에", None, "2018"),
        ("2018년 6월에", None, "2018-06"),
        ("다음 달", "2026-04", None),
        ("지난해", None, "2025"),
        ("화요일", "2026-03-10", "2026-03-03"),
        ("내일", "2026-03-05", None),
    ],
)
def test_a_korean_date_is_read_forwards_and_backwards(text: str, ahead: str | None, behind: str | None) -> None:
    assert dates(text, language="ko") == [(ahead, behind)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Feb. 30", "en"), ("Feb. 30, 2027", "en"), ("she may go", "en"),
        ("they may meet", "en"), ("Seoul marched", "en"), ("2월 30일", "ko"), ("13월 4일", "ko"), ("3일간", "ko"),
        ("45일", "ko"), ("FRİDAY", "en"), ("thıs week", "en"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str, language: str) -> None:
    assert dates(text, language=language) == []


@pytest.mark.parametrize(
    ("text", "day", "ahead", "behind"),
    [
        ("next month", date(2026, 12, 31), "2027-01", None),
        ("last month", date(2026, 1, 1), None, "2025-12"),
        ("Jan. 5", date(2026, 12, 20), "2027-01-05", "2026-01-05"),
        ("Dec. 30", date(2026, 1, 3), None, "2025-12-30"),
        ("in January", date(2026, 12, 20), "2027-01", "2026-01"),
        ("tomorrow", date(2027, 12, 31), "2028-01-01", None),
        ("Feb. 29", date(2028, 1, 10), "2028-02-29", None),
    ],
)
def test_dates_cross_the_turn_of_the_year(text: str, day: date, ahead: str | None, behind: str | None) -> None:
    assert dates(text, day) == [(ahead, behind)]


@pytest.mark.parametrize(
    ("day", "ahead", "behind"),
    [(date(2026, 12, 25), "2027-01-05", "2026-12-05"), (date(2026, 1, 3), "2026-01-05", "2025-12-05")],
)
def test_a_bare_day_of_the_month_crosses_the_turn_of_the_year(day: date, ahead: str, behind: str) -> None:
    assert dates("5일", day, "ko") == [(ahead, behind)]


@given(VALUES)
def test_a_value_begins_before_it_ends(value: str) -> None:
    assert first_day(value) <= last_day(value)
    assert overlap(value, value)


@given(VALUES, VALUES, st.integers(0, 30))
def test_overlap_asks_no_order_and_slack_only_adds(one: str, other: str, slack: int) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, other, slack) or not overlap(one, other)


@given(st.sampled_from(["en", "ko"]), st.data(), DAYS)
def test_whatever_is_read_as_a_date_resolves_around_the_day_of_reading(
    language: str, data: st.DataObject, day: date
) -> None:
    text = " , ".join(data.draw(st.lists(st.sampled_from(PIECES[language]), max_size=4)))
    for tag in find_dates(text, pack(language).dates, day):
        assert 0 <= tag.start < tag.end <= len(text)
        assert tag.ahead is not None or tag.behind is not None
        for value in (tag.ahead, tag.behind):
            assert value is None or first_day(value) <= last_day(value)
        written_out = any(character.isdigit() for character in text[tag.start : tag.end])
        if tag.ahead is not None and not written_out:
            assert last_day(tag.ahead) >= day - timedelta(days=1)
        if tag.behind is not None and not written_out:
            assert first_day(tag.behind) <= day + timedelta(days=1)


def test_only_days_of_the_week_are_marked_as_such() -> None:
    assert [tag.weekday for tag in find_dates("Monday, May 4", pack("en").dates, DAY)] == [True, False]


@pytest.mark.parametrize(
    ("ahead", "past"),
    [(None, True), ("2026-03-02", True), ("2026-03-03", False), ("2026-03", False), ("2026-02", True)],
)
def test_a_date_is_past_from_the_day_after_the_next(ahead: str | None, past: bool) -> None:
    assert DateTag(0, 1, ahead, None).is_past(DAY) is past
