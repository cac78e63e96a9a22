"""Digests: what happened in a day or a week, what did not, and what lies ahead, in a bounded number of lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from monitors.alerts.message import BulletinMessage, in_words
from monitors.alerts.quiet import at_time
from monitors.clock import from_iso
from monitors.definition.model import Digest, Monitor

Period = Literal["daily", "weekly"]
LENGTH: Mapping[Period, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
LONGEST = timedelta(days=31)
"""A digest that was missed is made up for by the next, as far back as this."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a digest tells of the span [begins, ends). Rows as `archive.digests` and `archive.situations` give them."""

    period: Period
    begins: datetime
    ends: datetime
    developments: Sequence[Row] = ()
    situations: Sequence[Row] = ()
    ill: Sequence[Row] = ()
    undelivered: Sequence[Row] = ()
    volume: Row = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it needs a reader: no development, and nothing broken."""
        return not (self.developments or self.ill or self.undelivered)


def due_at(digest: Digest, zone: ZoneInfo, period: Period, now: datetime) -> datetime | None:
    """The latest time, not after `now`, at which the digest of `period` was to come; None: it never comes. In UTC."""
    if (period == "daily" and not digest.daily) or (period == "weekly" and digest.weekly is None):
        return None
    today = now.astimezone(zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        moment = datetime.combine(day, at_time(digest.at), zone).astimezone(UTC)
        if moment <= now and (period == "daily" or _DAYS[day.weekday()] == digest.weekly):
            return moment
    return None


def span(period: Period, ends: datetime, last: datetime | None) -> tuple[datetime, datetime]:
    """What a digest that ends at `ends` covers: what the one before, which ended at `last`, did not; or its period."""
    begins = ends - LENGTH[period] if last is None else max(min(last, ends), ends - LONGEST)
    return begins, ends


def compose(monitor: Monitor, found: Findings, most: int) -> BulletinMessage:
    """The digest as a message of at most `most` lines (>= 5), its title not counted."""
    zone = ZoneInfo(monitor.policy.timezone)
    sections = [list(section) for section in _sections(monitor, found, zone)]
    what = "Daily digest" if found.period == "daily" else "Weekly digest"
    number = len(found.developments)
    return BulletinMessage(
        monitor=monitor.id,
        event="digest",
        title=f"{what}, {monitor.title}: {_number(number, 'development', 'developments')}",
        lines=tuple(_within(sections, most)),
        reason=f"{found.period} digest",
    )


def _sections(monitor: Monitor, found: Findings, zone: ZoneInfo) -> Iterator[Iterator[str]]:
    yield iter([f"{_time(found.begins, zone)} to {_time(found.ends, zone)} {found.ends.astimezone(zone):%Z}"])
    titles = {situation.id: situation.title for situation in monitor.situations}
    yield _developments(found, titles, zone)
    yield _ahead(found, titles, zone)
    yield _quiet(found, titles)
    yield _feeds(monitor, found)
    yield _volume(found)


def _developments(found: Findings, titles: Mapping[str, str], zone: ZoneInfo) -> Iterator[str]:
    if not found.developments:
        yield "Nothing new."
        return
    yield "Developments"
    for row in found.developments:
        before = row["previous_status"]
        was = f" (was {in_words(before)})" if before and before != row["status"] else ""
        event = ", ".join(part for part in (row["event_date"], row["place"]) if part)
        families = _number(row["families"], "family", "families")
        title = titles.get(row["situation"], row["situation"])
        yield (
            f"  {_time(from_iso(row['raised']), zone)} {title}: {in_words(row['status'])}{was}"
            f"{f', {event}' if event else ''}; {families}, {row['tier']}{_untold(row)}"
        )
        yield f"    {row['title']} ({row['publisher']}) {row['url']}"


def _untold(row: Row) -> str:
    if row["told"]:
        return ""
    return f"; not told: {row['unsent'] or row['reason'] or 'no decision'}"


def _ahead(found: Findings, titles: Mapping[str, str], zone: ZoneInfo) -> Iterator[str]:
    today = found.ends.astimezone(zone).date().isoformat()
    ahead = sorted(
        (row["next_date"], titles[row["situation"]], row["status"])
        for row in found.situations
        if row["situation"] in titles and row["next_date"] and row["next_date"] >= today[: len(row["next_date"])]
    )
    if ahead:
        yield "Ahead"
    for date, title, status in ahead:
        yield f"  {date} {title} ({in_words(status or 'unknown')})"


def _quiet(found: Findings, titles: Mapping[str, str]) -> Iterator[str]:
    moved = {row["situation"] for row in found.developments}
    standing = {row["situation"]: row for row in found.situations}
    still = [(id_, title) for id_, title in titles.items() if id_ not in moved]
    if still:
        yield "Unchanged"
    for id_, title in still:
        row = standing.get(id_)
        if row is None or row["status"] is None:
            yield f"  {title}: nothing known"
        else:
            since = row["since"][:10] if row["since"] else "an unknown day"
            yield f"  {title}: {in_words(row['status'])} since {since}"


def _feeds(monitor: Monitor, found: Findings) -> Iterator[str]:
    publishers = {feed.url: feed.publisher for feed in monitor.feeds}
    ill = [row for row in found.ill if row["url"] in publishers]
    if ill or found.undelivered:
        yield "Needs attention"
    for row in ill:
        yield f"  {publishers[row['url']]}: {row['verdict']} since {(row['since'] or '')[:10]}; {row['detail']}"
    for row in found.undelivered:
        yield f"  Channel {row['channel']}: {row['dead']} not delivered; {row['detail']}"


def _volume(found: Findings) -> Iterator[str]:
    count = {"articles": 0, "copies": 0, "families": 0, "polls": 0, "failed": 0, **found.volume}
    yield (
        f"Read: {_number(count['articles'], 'article', 'articles')} on topic, "
        f"{_number(count['copies'], 'copy', 'copies')}; {_number(count['families'], 'family', 'families')}; "
        f"{_number(count['polls'], 'poll', 'polls')}, {count['failed']:,} failed"
    )


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _within(sections: Sequence[Sequence[str]], most: int) -> Iterator[str]:
    """The lines of all sections, the longest cut first, so that none is crowded out; each cut says how much."""
    room = {number: len(section) for number, section in enumerate(sections)}
    while sum(room.values()) > most:
        longest = max(room, key=lambda number: room[number])
        if room[longest] <= 1:
            break
        room[longest] -= 1
    for number, section in enumerate(sections):
        if room[number] == len(section):
            yield from section
        elif room[number] > 1:
            kept = room[number] - 1
            yield from section[:kept]
            yield f"  … {len(section) - kept} more lines: wirewatch developments, wirewatch situations"
        else:
            yield f"… {section[0]}: {len(section) - 1} lines more"


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
