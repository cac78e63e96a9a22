"""Dates as feeds write them, in UTC and with a confidence. Pure: the time of the poll is passed in, and never invented.

feedparser reads unknown zone names as UTC (nine hours wrong for Korea) and takes Korean dates for others, so this
parser comes first. Its forms: RFC 822 and the looser things under that name, ISO 8601 and dates with dots or slashes,
Korean, Japanese and Chinese written dates, seconds and milliseconds since 1970.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import unquote

from monitors.feeds.entry import DateConfidence, Entry
from monitors.feeds.zones import read_zone

FUTURE_ALLOWED = timedelta(hours=1)
_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2200
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DATE_ENTRIES = 3

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_MORNING = ("오전", "午前", "上午", "am", "a.m.")
_AFTERNOON = ("오후", "午後", "下午", "pm", "p.m.")

_HALF = r"(?:오전|오후|午前|午後|上午|下午|[ap]\.?m\b\.?)"
_TIME = (
    rf"(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}})\s*(?:[:.]\s*(?P<minute>\d{{1,2}})(?:[:.](?P<second>\d{{1,2}})(?:[.,]\d+)?)?"
    rf"|[時시时点點]\s*(?:(?P<minute2>\d{{1,2}})\s*[分분])?\s*(?:(?P<second2>\d{{1,2}})\s*[秒초])?)"
    rf"\s*(?P<half2>{_HALF})?"
)
_REST = rf"(?:(?:\s*,?\s*|T|\s+at\s+|\s*[-|]\s+){_TIME})?(?P<zone>.*)"
_DAY_NAME = r"(?:\(?\s*(?:[^\W\d_]{1,10})\s*\)?\s*[.,]*\s*)?"
_WEEKDAY = r"\s*(?:[월화수목금토일]요일|[日月火水木金土]曜日?|(?:星期|周|週)[一二三四五六日天])"
_IN_BRACKETS = rf"(?:\s*\(\s*[^\W\d_]{{1,10}}\s*\)|{_WEEKDAY})?"
_MONTH_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"

_FORMS = tuple(
    re.compile(form + _REST, re.IGNORECASE | re.DOTALL)
    for form in (
        # 2025-08-25, 2025/8/25, 2025.08.25., 2025. 8. 25, 2025年8月25日(月), 2025년 8월 25일 (월요일)
        rf"(?:{_DAY_NAME})(?P<year>\d{{4}})\s*(?:[-/.]|[年년])\s*(?P<month>\d{{1,2}})\s*(?:[-/.]|[月월])\s*(?P<day>\d{{1,2}})\s*[日일]?\.?"
        rf"{_IN_BRACKETS}",
        # 令和7年8月25日
        rf"(?P<era>令和|平成|昭和)\s*(?P<year>\d{{1,2}}|元)\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日{_IN_BRACKETS}",
        # Mon, 25 Aug 2025, 25-Aug-25, 25 August, 2025
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s./-]+{_MONTH_NAME}[\s,./-]+(?P<year>\d{{4}}|\d{{2}}(?!\d|:))",
        # 월, 25 8월 2025
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})\s+(?P<month>\d{{1,2}})\s*[月월]?\s+(?P<year>\d{{4}})",
        # August 25, 2025
        rf"{_DAY_NAME}\b{_MONTH_NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        # 20250825, 20250825T150000Z, 20250825150000
        r"(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?:T?(?P<packed>\d{4}(?:\d{2})?(?:\.\d+)?))?(?!\d)",
        # 25/08/2025, 8/25/2025
        r"(?P<first>\d{1,2})[/.-](?P<other>\d{1,2})[/.-](?P<year>\d{4})",
    )
)
# Mon Aug 25 15:00:00 KST 2025
_UNIX = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?{_MONTH_NAME}\s+(?P<day>\d{{1,2}})\s+{_TIME}\s*(?P<zone>[A-Za-z:+0-9/_-]*?)\s*(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})")
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_STATES_ZONE = re.compile(r"[+-]\d{2}:?\d{2}\b|Z\b|\bGMT\b|\bUTC\b")
_URL_DAY = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})[/_-](?P<month>[01]?\d)[/_-](?P<day>[0-3]?\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?:(?!\d)|\d{4,13}(?!\d))"),
)


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as written. `moment` is in UTC; `zone_stated` is false where the default zone or midnight was assumed."""

    moment: datetime
    zone_stated: bool
    has_time: bool


def read_date(raw: str, zone: tzinfo) -> ReadDate | None:
    """Read `raw`, taking `zone` where it names none. None where it is no date, or one before 1900."""
    text = " ".join(unicodedata.normalize("NFKC", raw[:200]).replace("\x00", "").split())
    if not text:
        return None
    found = _epoch(text) or _unix(text, zone) or _written(text, zone)
    if found is None or found.moment == _NEVER:
        return None
    return found


def settle(
    raw_dates: Sequence[str | None], url: str | None, zone: tzinfo, now: datetime, last_resort: datetime | None = None
) -> tuple[datetime | None, DateConfidence, str | None]:
    """The publication time of one entry, its confidence and the raw text it came from.

    The first of `raw_dates` that can be read counts. `last_resort` is another parser's value, used only where the raw
    text carries an offset, Z or GMT. Without any, the day in `url`; without that, None and "missing".
    """
    given = [raw.strip() for raw in raw_dates if raw and raw.strip()]
    for raw in given:
        found = read_date(raw, zone)
        if found is not None:
            moment, confidence = clamp(found.moment, "stated" if found.zone_stated else "zone-guessed", now)
            return moment, confidence, raw[:200]
    first = given[0][:200] if given else None
    if last_resort is not None and first and _STATES_ZONE.search(first):
        moment, confidence = clamp(last_resort, "stated", now)
        return moment, confidence, first
    moment_in_url = date_in_url(url, zone, now) if url else None
    if moment_in_url is not None:
        return moment_in_url, "from-url", first
    return None, "missing", first


def clamp(moment: datetime, confidence: DateConfidence, now: datetime) -> tuple[datetime, DateConfidence]:
    """A time more than an hour ahead of `now` becomes `now`, and says so."""
    return (now, "clamped") if moment > now + FUTURE_ALLOWED else (moment, confidence)


def date_in_url(url: str, zone: tzinfo, now: datetime) -> datetime | None:
    """The start of the day that an address names (/2025/08/25/, 20250825…), in `zone`; never later than `now`."""
    path = unquote(url.partition("://")[2].partition("/")[2])[:2048]
    for pattern in _URL_DAY:
        for match in pattern.finditer(path):
            try:
                day = date(int(match["year"]), int(match["month"]), int(match["day"]))
                moment = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
            if day.year >= 1990 and moment <= now:
                return moment
    return None


def bear_one_date(entries: Sequence[Entry], zone: tzinfo) -> bool:
    """Whether a document writes one and the same time on every entry: the time it was built, not of publication.

    Asks for at least three entries and a time of day, since several articles may well bear one day.
    """
    raws = {entry.raw_date for entry in entries}
    if len(entries) < _ONE_DATE_ENTRIES or len(raws) != 1:
        return False
    raw = raws.pop()
    found = read_date(raw, zone) if raw else None
    if found is None or not found.has_time:
        return False
    moment = found.moment
    local = moment.astimezone(zone)
    return (0, 0) not in {(moment.hour, moment.minute), (local.hour, local.minute)}


def without_build_date(entry: Entry, zone: tzinfo, now: datetime) -> Entry:
    """The entry after its document was found to bear one date: the day in its address, or none."""
    moment = date_in_url(entry.url, zone, now) if entry.url else None
    return replace(entry, published=moment, date_confidence="from-url" if moment else "missing")


def _epoch(text: str) -> ReadDate | None:
    match = _EPOCH.fullmatch(text)
    if not match or (match[2] and re.match(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", match[2])):
        return None  # 202508251500 is a written date
    seconds = int(match[1]) if match[1] else int(match[2]) // 1000
    return ReadDate(datetime.fromtimestamp(seconds, UTC), True, True)


def _unix(text: str, zone: tzinfo) -> ReadDate | None:
    match = _UNIX.fullmatch(text)
    return _built(match, zone) if match else None


def _written(text: str, zone: tzinfo) -> ReadDate | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            found = _built(match, zone)
            if found is not None:
                return found
    match = _YEAR_MONTH.fullmatch(text)
    return _moment((int(match["year"]), int(match["month"]), 1), (0, 0, 0), zone, (False, False)) if match else None


def _built(match: re.Match[str], zone: tzinfo) -> ReadDate | None:
    part = match.groupdict()
    day_of = _day(part)
    if day_of is None:
        return None
    time_of = _time(part)
    if time_of is None:
        return None
    rest = (part.get("zone") or "").strip(" ,.;")
    found_zone = read_zone(rest, zone) if rest else None
    has_time = part.get("hour") is not None or part.get("packed") is not None
    if rest and found_zone is None and not re.fullmatch(r"\(?[^\W\d_]{1,12}\)?", rest):
        return None  # what follows is neither a zone nor a word: not understood
    stated = found_zone is not None and has_time
    return _moment(day_of, time_of, found_zone or zone, (stated, has_time))


def _day(part: dict[str, str | None]) -> tuple[int, int, int] | None:
    written = part.get("year") or ""
    year = 1 if written == "元" else int(written)
    era = part.get("era")
    if era:
        year += _ERAS[era]
    elif len(written) == 2:
        year += 2000 if year < 70 else 1900
    first, other = part.get("first"), part.get("other")
    if first and other:  # day and month, told apart only where one is above 12
        a, b = int(first), int(other)
        if (a > 12) == (b > 12) and a != b:
            return None
        return (year, b, a) if a > 12 else (year, a, b)
    name = part.get("name")
    month = _MONTHS.get(name.lower()) if name else int(part.get("month") or 0)
    return (year, month, int(part.get("day") or 0)) if month else None


def _time(part: dict[str, str | None]) -> tuple[int, int, int] | None:
    packed = part.get("packed")
    if packed:
        return int(packed[:2]), int(packed[2:4]), int(packed[4:6] or 0)
    hour = int(part.get("hour") or 0)
    minute = int(part.get("minute") or part.get("minute2") or 0)
    second = int(part.get("second") or part.get("second2") or 0)
    half = (part.get("half") or part.get("half2") or "").lower().rstrip(".")
    half = half.replace(".", "")
    if half and hour <= 12:
        if half in _AFTERNOON:
            hour = hour % 12 + 12
        elif half in _MORNING:
            hour %= 12
    return hour, minute, second


def _moment(
    day_of: tuple[int, int, int], clock: tuple[int, int, int], zone: tzinfo, flags: tuple[bool, bool]
) -> ReadDate | None:
    year, month, day = day_of
    hour, minute, second = clock
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR or hour > 24 or minute > 59 or second > 60:
        return None
    try:
        local = datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=zone)
        local += timedelta(days=hour // 24)
        return ReadDate(local.astimezone(UTC), *flags)
    except (ValueError, OverflowError):
        return None
