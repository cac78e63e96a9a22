"""Quiet hours: until when a channel is left in peace. Pure.

They are walls of the reader's clock. Where the clocks change, a start or an end that the day does not have, or has
twice, is what Python's zoneinfo makes of it with fold 0 (PEP 495): the first of the two.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitors.definition.model import Policy, QuietHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def quiet_until(policy: Policy, channel: str, now: datetime) -> datetime | None:
    """The end of the quiet hours that `channel` is in at `now`, in UTC; None outside them."""
    quiet = policy.quiet_hours
    if quiet is None or (quiet.channels and channel not in quiet.channels):
        return None
    return hours_until(quiet, ZoneInfo(policy.timezone), now)


def hours_until(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in, in UTC; None outside them. The same start and end: all day."""
    start, end = at_time(quiet.start), at_time(quiet.end)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        if quiet.days and _DAYS[day.weekday()] not in quiet.days:
            continue
        begins = datetime.combine(day, start, zone).astimezone(UTC)
        last = day if start < end else day + timedelta(days=1)
        ends = datetime.combine(last, end, zone).astimezone(UTC)
        if begins <= now < ends:
            return ends
    return None


def lasts_all_day(quiet: QuietHours) -> bool:
    """Whether the quiet hours end when they start again."""
    return at_time(quiet.start) == at_time(quiet.end)


def at_time(text: str) -> time:
    """A time of day such as 7:30."""
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
