"""Pictures as numbers: where things stand in an SVG. Pure; the templates draw them, the style sheet colours them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from math import log2
from typing import Any

from monitors.browse.showing import counted
from monitors.clock import from_iso
from monitors.developments.lifecycles import PHASES

_LANE, _TOP, _SIDE, _STEP, _PAUSE = 30, 24, 96, 22, 100
_LONG = timedelta(days=120)
"""A pause that the timeline breaks at, and says so."""


@dataclass(frozen=True, slots=True)
class Point:
    """A development on the timeline. `label` is its day, where there is room for it."""

    x: int
    y: int
    phase: str
    title: str
    label: str
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Statuses as lanes, developments as points from left to right. `summary` says it in words."""

    width: int
    height: int
    left: int
    right: int
    lanes: tuple[tuple[str, int], ...]
    points: tuple[Point, ...]
    path: str
    breaks: tuple[tuple[int, str], ...]
    summary: str


def timeline(developments: Sequence[Mapping[str, Any]], statuses: Sequence[str], zone: tzinfo) -> Timeline | None:
    """The picture of a situation's developments, given latest first; None when there are none.

    Days are those of the reader's zone. The distance from one to the next grows with the logarithm of the days between
    them: hours stay apart, years fit.
    """
    rows = sorted(developments, key=lambda row: (row["published"], row["id"]))
    if not rows:
        return None
    used = [status for status in statuses if any(row["status"] == status for row in rows)]
    used += sorted({row["status"] for row in rows} - set(used))
    lanes = {status: _TOP + _LANE * place + _LANE // 2 for place, status in enumerate(reversed(used))}
    points, breaks, days = list[Point](), list[tuple[int, str]](), list[date]()
    x, labelled = _SIDE + 24, -200
    for row in rows:
        day = from_iso(row["published"]).astimezone(zone).date()
        if days:
            gap = day - days[-1]
            x += _STEP + int(10 * log2(1 + gap.days)) if gap <= _LONG else _PAUSE
            if gap > _LONG:
                breaks.append((x - _PAUSE // 2, counted(round(gap.days / 30.4), "month")))
        label = _words(day) if x - labelled >= 84 else ""
        labelled = x if label else labelled
        title = f"{_words(day)}: {row['status'].replace('_', ' ')}"
        doubtful = bool(row.get("corrected_by"))
        points.append(Point(x, lanes[row["status"]], PHASES.get(row["status"], "unknown"), title, label, doubtful))
        days.append(day)
    width, height = x + 24 + _SIDE, _TOP + _LANE * len(used) + 30
    path = f"M{points[0].x} {points[0].y}" + "".join(f"H{point.x}V{point.y}" for point in points[1:])
    return Timeline(
        width, height, _SIDE, x + 24, tuple(lanes.items()), tuple(points), path, tuple(breaks),
        f"{counted(len(rows), 'development')} from {_words(days[0])} to {_words(days[-1])}: "
        + ", ".join(f"{status.replace('_', ' ')} {number}" for status, number in _counts(rows)),
    )  # fmt: skip


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _counts(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    return list(Counter(row["status"] for row in rows).items())


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: where it stands, and what it says."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A volume over time, `width` × `height`."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    first: str
    last: str
    summary: str


def histogram(volume: Sequence[Mapping[str, Any]]) -> Bars | None:
    """Articles by day; by month where the days are more than ten weeks apart. None when there are none."""
    if not volume:
        return None
    first, last = date.fromisoformat(volume[0]["day"]), date.fromisoformat(volume[-1]["day"])
    by_day = (last - first).days <= 70
    counts = Counter[str]()
    for one in volume:
        counts[one["day"] if by_day else one["day"][:7]] += one["articles"]
    units = _days(first, last) if by_day else _months(first, last)
    numbers = [counts[unit] for unit in units]
    most = max(numbers)
    top = units[numbers.index(most)]
    return Bars(
        640, 70, _bars(units, numbers, 640, 70), units[0], units[-1],
        f"{counted(sum(numbers), 'article')} by {'day' if by_day else 'month'}, {units[0]} to {units[-1]}; "
        f"most in {top}: {most:,}",
    )  # fmt: skip


def sparkline(weeks: Sequence[int]) -> Bars:
    """A small picture of the last weeks, oldest first."""
    units = ["this week" if ago == 0 else f"{ago} weeks ago" for ago in range(len(weeks) - 1, -1, -1)]
    said = ", ".join(f"{number:,}" for number in weeks)
    return Bars(80, 20, _bars(units, weeks, 80, 20), "", "", f"Articles a week, oldest first: {said}")


def _bars(units: Sequence[str], numbers: Sequence[int], width: int, height: int) -> tuple[Bar, ...]:
    most, step = max(*numbers, 1), min(width / len(units), 40)
    return tuple(
        Bar(
            round(place * step, 2), round(height - height * number / most, 2), round(max(step - 1, 0.5), 2),
            round(height * number / most, 2), f"{unit}: {counted(number, 'article')}",
        )
        for place, (unit, number) in enumerate(zip(units, numbers, strict=True))
    )  # fmt: skip


def _days(first: date, last: date) -> list[str]:
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def _months(first: date, last: date) -> list[str]:
    """At most forty years of them, the latest."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(max(start, end - 479), end + 1)]
