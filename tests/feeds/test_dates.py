"""Dates in their wild forms, their zones and how far they are to be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from documents import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.feeds.dates import date_in_url, read_date, settle

SEOUL = ZoneInfo("Asia/Seoul")
SIX_UTC = datetime(2025, 8, 25, 6, 0, tzinfo=UTC)

STATED = [
    ("Mon, 25 Aug 2025 15:00:00 +0900", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 KST", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 JST", SIX_UTC),
    ("Mon, 25 Aug 2025 07:00:00 BST", SIX_UTC),
    ("Mon, 25 Aug 2025 08:00:00 CEST", SIX_UTC),
    ("Mon, 25 Aug 2025 07:00:00 CET", SIX_UTC),
    ("Mon, 25 Aug 2025 02:00:00 EDT", SIX_UTC),
    ("Mon, 25 Aug 2025 01:00:00 EST", SIX_UTC),
    ("Mon, 25 Aug 2025 02:00:00 ET", SIX_UTC),
    ("Sun, 24 Aug 2025 23:00 PDT", SIX_UTC),
    ("Mon, 25 Aug 2025 16:00:00 AEST", SIX_UTC),
    ("Mon, 25 Aug 2025 14:00:00 HKT", SIX_UTC),
    ("Mon, 25 Aug 2025 09:00:00 MSK", SIX_UTC),
    ("Mon, 25 Aug 2025 06:00:00 GMT", SIX_UTC),
    ("Mon, 25 Aug 2025 06:00:00 Z", SIX_UTC),
    ("Mon, 25 Aug 2025 06:00:00 -0000", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 GMT+9", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 UTC+09:00", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 GMT+0900 (KST)", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 +0900 (KST)", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 Asia/Seoul", SIX_UTC),
    ("Mon,25 Aug 2025 15:00:00 +0900", SIX_UTC),
    ("Monday, 25-Aug-25 06:00:00 GMT", SIX_UTC),
    ("25 Aug 2025 15:00 +09:00", SIX_UTC),
    ("25 August 2025 3:00 PM +0900", SIX_UTC),
    ("Aug 25, 2025 3:00 PM KST", SIX_UTC),
    ("August 25th, 2025 at 2:00 a.m. EDT", SIX_UTC),
    ("Mon Aug 25 15:00:00 KST 2025", SIX_UTC),
    ("Mon Aug 25 06:00:00 +0000 2025", SIX_UTC),
    ("월, 25 8월 2025 15:00:00 +0900", SIX_UTC),
    ("2025-08-25T15:00:00+09:00", SIX_UTC),
    ("2025-08-25T15:00:00+0900", SIX_UTC),
    ("2025-08-25T15:00+09", SIX_UTC),
    ("2025-08-25T06:00:00Z", SIX_UTC),
    ("2025-08-25T06:00:00.123456Z", SIX_UTC),
    ("2025-08-25 15:00:00 +0900", SIX_UTC),
    ("2025-08-25 15:00:00 KST", SIX_UTC),
    ("20250825T060000Z", SIX_UTC),
    ("1756101600", SIX_UTC),
    ("1756101600.5", SIX_UTC),
    ("1756101600000", SIX_UTC),
    ("  Mon, 25 Aug\n 2025 15:00:00   +0900 ", SIX_UTC),
]
GUESSED = [
    ("2025년 8월 25일 오후 3:00", SIX_UTC),
    ("2025년 8월 25일 오후 3시", SIX_UTC),
    ("2025년 8월 25일 15시 00분", SIX_UTC),
    ("2025년 08월 25일(월) 15:00:00", SIX_UTC),
    ("2025년 8월 25일 월요일 오후 3시 0분", SIX_UTC),
    ("2025.08.25 15:00", SIX_UTC),
    ("2025.08.25. 15:00", SIX_UTC),
    ("2025. 8. 25. 오후 3:00:00", SIX_UTC),
    ("2025-08-25 오후 3:00", SIX_UTC),
    ("2025/08/25 15:00:00", SIX_UTC),
    ("2025-08-25 15:00:00", SIX_UTC),
    ("2025-08-25T15:00:00", SIX_UTC),
    ("2025年8月25日 15:00", SIX_UTC),
    ("2025年8月25日(月) 午後3時", SIX_UTC),
    ("2025年8月25日 下午3:00", SIX_UTC),
    ("2025年8月25日15時00分", SIX_UTC),
    ("令和7年8月25日 15時", SIX_UTC),
    ("20250825150000", SIX_UTC),
    ("202508251500", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00", SIX_UTC),
    ("Mon, 25 Aug 2025 15:00:00 QQQ", SIX_UTC),
    ("25/08/2025 15:00", SIX_UTC),
    ("8/25/2025 3:00 PM", SIX_UTC),
    ("2025-08-24 24:00:00", datetime(2025, 8, 24, 15, 0, tzinfo=UTC)),
    ("2025-08-25", datetime(2025, 8, 24, 15, 0, tzinfo=UTC)),
    ("2025년 8월 25일", datetime(2025, 8, 24, 15, 0, tzinfo=UTC)),
    ("20250825", datetime(2025, 8, 24, 15, 0, tzinfo=UTC)),
    ("오전 12:30 2025", None),
    ("2025년 8월 25일 오전 12:30", datetime(2025, 8, 24, 15, 30, tzinfo=UTC)),
    ("2025년 8월 25일 오후 12:30", datetime(2025, 8, 25, 3, 30, tzinfo=UTC)),
]
NO_DATE = [
    "", "   ", "today", "yesterday at noon", "2025-02-30", "2025-13-01", "Mon, 32 Aug 2025 10:00:00 GMT", "0000-00-00",
    "2025-08-25T25:00:00Z", "2025-08-25T10:61:00Z", "08/09/2025", "12345",
    "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "25", "2025", "Mon, 25 Foo 2025 10:00:00", "<b>2025-08-25</b>", "2025-08-25 and more words than a zone",
]  # fmt: skip


@pytest.mark.parametrize(("raw", "moment"), STATED)
def test_a_date_with_a_zone_is_stated(raw: str, moment: datetime) -> None:
    assert settle([raw], None, SEOUL, NOW) == (moment, "stated", raw.strip())


@pytest.mark.parametrize(("raw", "moment"), GUESSED)
def test_a_date_without_a_zone_is_read_in_the_feeds_own(raw: str, moment: datetime | None) -> None:
    confidence = "zone-guessed" if moment else "missing"
    assert settle([raw], None, SEOUL, NOW) == (moment, confidence, raw)


@pytest.mark.parametrize("raw", NO_DATE)
def test_what_is_no_date_stays_without_one(raw: str) -> None:
    assert read_date(raw, UTC) is None
    assert settle([raw], None, UTC, NOW)[:2] == (None, "missing")


def test_an_abbreviation_of_two_countries_follows_the_feed() -> None:
    raw = "Mon, 25 Aug 2025 15:00:00 CST"
    american, chinese = read_date(raw, UTC), read_date(raw, ZoneInfo("Asia/Shanghai"))
    assert american is not None
    assert chinese is not None
    assert american.moment - chinese.moment == timedelta(hours=14)


def test_the_future_is_clamped_and_an_hour_of_it_is_not() -> None:
    assert settle(["2025-08-26T12:59:00Z"], None, UTC, NOW)[:2] == (NOW + timedelta(minutes=59), "stated")
    assert settle(["2025-08-26T13:01:00Z"], None, UTC, NOW)[:2] == (NOW, "clamped")
    assert settle(["2099-01-01"], None, UTC, NOW)[:2] == (NOW, "clamped")


def test_the_first_date_that_can_be_read_counts() -> None:
    assert settle([None, "soon", "2025-08-25T06:00:00Z"], None, UTC, NOW) == (SIX_UTC, "stated", "2025-08-25T06:00:00Z")


def test_another_parsers_value_is_believed_only_where_a_zone_is_written() -> None:
    assert settle(["lundi 25 août 2025 06:00 GMT"], None, UTC, NOW, SIX_UTC)[:2] == (SIX_UTC, "stated")
    assert settle(["lundi 25 août 2025"], None, UTC, NOW, SIX_UTC)[:2] == (None, "missing")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2025/08/25/talks",
        "https://news.example/2025/8/25/talks",
        "https://news.example/article/2025-08-25-talks",
        "https://news.example/view/AKR20250825123400504",
        "https://news.example/20250825/talks.html",
        "https://news.example/article.asp?date=20250825",
    ],
)
def test_the_day_in_an_address_is_the_fallback(url: str) -> None:
    midnight = datetime(2025, 8, 24, 15, 0, tzinfo=UTC)
    assert settle([None], url, SEOUL, NOW) == (midnight, "from-url", None)
    assert settle(["2025-08-25T06:00:00Z"], url, SEOUL, NOW)[0] == SIX_UTC


@pytest.mark.parametrize(
    "url", ["https://news.example/1", "https://news.example/2099/01/01/x", "https://news.example/2025/13/45/x",
            "https://20250825.example/x", "https://news.example/id/99920250825999"],
)  # fmt: skip
def test_other_numbers_in_an_address_are_no_day(url: str) -> None:
    assert date_in_url(url, UTC, NOW) is None


@settings(max_examples=80, deadline=None)
@given(st.integers(86400, 4_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_every_standard_date_is_read_back(seconds: int, minutes: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    for raw in (moment.isoformat(), format_datetime(moment), moment.strftime("%d %b %Y %H:%M:%S %z")):
        found = read_date(raw, SEOUL)
        assert found is not None, raw
        assert found.moment == moment
        assert found.moment.utcoffset() == timedelta(0)
        assert found.zone_stated


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[0-9T:년월일/.+ -]{1,40}", fullmatch=True))
def test_no_text_breaks_the_parser_or_yields_a_naive_or_future_date(raw: str) -> None:
    moment, confidence, _ = settle([raw], None, SEOUL, NOW)
    assert (moment is None) == (confidence == "missing")
    if moment is not None:
        assert moment.utcoffset() == timedelta(0)
        assert moment <= NOW + timedelta(hours=1)
