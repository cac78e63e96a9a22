"""Dates in a sentence, with their granularity and direction.

A value is text whose length is its granularity: `2018`, `2018-06`, `2018-06-12`, or a range `2018-06-12/2018-06-14`.
What a month or weekday means depends on the tense of the event beside it, so both readings are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from monitors.developments.vocabulary import Places

FRESH_DAYS = 3
"""What happened at most so many days ago is news even where a clause gives it as known, or far down in a text."""


@dataclass(frozen=True, slots=True)
class DateTag:
    """A date expression at [start, end): its value if the event lies ahead, and if it lies behind.

    `weekday`: it is the name of a day of the week, which in front of an event is mostly the day somebody spoke of it.
    So is a bare day of the month where the language's pattern has the (empty) group `said`.
    """

    start: int
    end: int
    ahead: str | None
    behind: str | None
    weekday: bool = False

    def is_past(self, day: date) -> bool:
        """Whether no reading lies on or after the day before `day`."""
        return self.ahead is None or last_day(self.ahead) < day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words a language has for dates, and the regular expression of all of them.

    `places` says where one may begin, when it begins with a word or a number.
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, str]
    pattern: re.Pattern[str]
    places: Places | None = None

    def expressions(self, text: str) -> Iterator[re.Match[str]]:
        """Whatever looks like a date, in order."""
        if self.places is None:
            yield from self.pattern.finditer(text)
            return
        end = 0
        for start in self.places.of(text):
            if start >= end and (found := self.pattern.match(text, start)) is not None:
                end = found.end()
                yield found


def first_day(value: str) -> date:
    """The first day of a value."""
    head = value.split("/", maxsplit=1)[0]
    parts = [int(part) for part in head.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def names_a_day(value: str) -> bool:
    """Whether a value is as exact as a day, or a range of days."""
    return len(value) >= len("2018-06-12")


def is_fresh(value: str | None, day: date) -> bool:
    """Whether a value names a day that lies at most FRESH_DAYS before `day`."""
    return value is not None and names_a_day(value) and (day - first_day(value)).days in range(FRESH_DAYS + 1)


def last_day(value: str) -> date:
    """The last day of a value."""
    tail = value.rsplit("/", maxsplit=1)[-1]
    parts = [int(part) for part in tail.split("-")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        year, month = parts[0] + parts[1] // 12, parts[1] % 12 + 1
        return date(year, month, 1) - timedelta(days=1)
    return date(parts[0], 12, 31)


def overlap(a: str, b: str, slack_days: int = 0) -> bool:
    """Whether two values can mean the same time, give or take `slack_days`."""
    slack = timedelta(days=slack_days)
    return first_day(a) <= last_day(b) + slack and first_day(b) <= last_day(a) + slack


def find_dates(text: str, words: DateWords, day: date) -> list[DateTag]:
    """The date expressions of `text`, read on `day`."""
    tags = []
    for match in words.expressions(text):
        ahead, behind = _values(match, words, day)
        if ahead is not None or behind is not None:
            groups = match.groupdict()
            weekday = any(groups.get(name) is not None for name in ("weekday", "said"))
            tags.append(DateTag(match.start(), match.end(), ahead, behind, weekday))
    return tags


def _values(match: re.Match[str], words: DateWords, day: date) -> tuple[str | None, str | None]:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "of" in groups:
        return _day_of_month(words.relative[groups["of"]], groups["day4"], groups.get("until4"), day)
    month_word = next((groups[n] for n in ("month", "month2", "month3") if n in groups), None)
    number = next((groups[n] for n in ("day", "day2", "day3") if n in groups), None)
    year = next((groups[n] for n in ("year", "year2", "year3", "year4") if n in groups), None)
    if month_word is not None:
        month = words.months.get(month_word.lower().rstrip("."))
        month = month if month is not None else int(month_word) if month_word.isdigit() else None
        if month is None or not 1 <= month <= 12:
            return None, None
        return _month_values(int(year) if year else None, month, number, groups.get("until"), day)
    if number is not None:
        return _day_values(int(number), groups.get("until"), day)
    if year is not None:
        return (year, None) if int(year) >= day.year else (None, year)
    # A word found without regard to case may still not be the one in the list: "FRİDAY" in Turkish capitals.
    if "weekday" in groups:
        weekday = words.weekdays.get(groups["weekday"].lower().rstrip("."))
        return _weekday_values(weekday, day) if weekday is not None else (None, None)
    rule = words.relative.get(re.sub(r"\s+", " ", groups.get("relative", "").lower()))
    return _relative_values(rule, day) if rule is not None else (None, None)


def _month_values(
    year: int | None, month: int, number: str | None, until: str | None, day: date
) -> tuple[str | None, str | None]:
    if year is not None:
        value = _value(year, month, number, until)
        if value is None:
            return None, None
        return (None, value) if last_day(value) < day - timedelta(days=1) else (value, value)
    this, after, before = (_value(y, month, number, until) for y in (day.year, day.year + 1, day.year - 1))
    if this is None:
        return None, None
    ahead = this if last_day(this) >= day - timedelta(days=1) else after
    behind = this if first_day(this) <= day + timedelta(days=1) else before
    if number is None and ahead is not None and (first_day(ahead) - day).days > 300:
        ahead = None
    if number is not None and ahead is not None and (first_day(ahead) - day).days > 250:
        ahead = None
    return ahead, behind


def _value(year: int, month: int, number: str | None, until: str | None) -> str | None:
    if number is None:
        return f"{year:04d}-{month:02d}"
    try:
        start = date(year, month, int(number)).isoformat()
        return f"{start}/{date(year, month, int(until)).isoformat()}" if until else start
    except ValueError:
        return None


def _day_values(number: int, until: str | None, day: date) -> tuple[str | None, str | None]:
    """A bare day of the month: the nearest on either side."""

    def near(step: int) -> str | None:
        month, year = day.month, day.year
        for _ in range(3):
            value = _value(year, month, str(number), until)
            if value is not None and (first_day(value) - day).days * step >= 0:
                return value
            month += step
            if month in (0, 13):
                month, year = (12, year - 1) if month == 0 else (1, year + 1)
        return None

    return near(1), near(-1)


def _day_of_month(rule: str, number: str, until: str | None, day: date) -> tuple[str | None, str | None]:
    """A day of a month that is named by how far off it is: "the 18th of next month" as one expression."""
    unit, _, offset = rule.partition(":")
    if unit != "month":
        return None, None
    index = day.year * 12 + day.month - 1 + int(offset)
    value = _value(index // 12, index % 12 + 1, number, until)
    if value is None:
        return None, None
    return (None, value) if last_day(value) < day - timedelta(days=1) else (value, value if int(offset) == 0 else None)


def _weekday_values(weekday: int, day: date) -> tuple[str, str]:
    forward = (weekday - day.weekday()) % 7
    backward = (day.weekday() - weekday) % 7
    return (day + timedelta(days=forward)).isoformat(), (day - timedelta(days=backward)).isoformat()


def _relative_values(rule: str, day: date) -> tuple[str | None, str | None]:
    """`rule` is unit and offset: `day:+1`, `week:+1`, `month:0`, `year:-1`."""
    unit, _, offset = rule.partition(":")
    step = int(offset)
    if unit == "day":
        value = (day + timedelta(days=step)).isoformat()
    elif unit == "week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        value = f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
    elif unit == "month":
        index = day.year * 12 + day.month - 1 + step
        value = f"{index // 12:04d}-{index % 12 + 1:02d}"
    else:
        value = f"{day.year + step:04d}"
    return (None, value) if step < 0 else (value, value if step == 0 else None)
