"""The test message of `wirewatch ring`. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from monitors.alerts.message import BulletinMessage
from monitors.definition.model import Monitor


def trial_message(monitor: Monitor, channel: str, now: datetime) -> BulletinMessage:
    """A message that says it is a test, with letters of several scripts so that one sees whether they arrive."""
    local = now.astimezone(ZoneInfo(monitor.policy.timezone))
    return BulletinMessage(
        monitor=monitor.id,
        event="test",
        title=f"TEST: {monitor.title}",
        lines=(
            f"This is a test of the channel {channel!r} by Wirewatch, sent on {local:%Y-%m-%d at %H:%M %Z}.",
            "Nothing has happened. Alerts will come this way.",
            "Letters: Ä é ß 한국어 日本語 中文 → “quotes” <b>no markup</b>",
        ),
        reason="somebody asked for it",
    ).cleaned()
