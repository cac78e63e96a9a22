"""Several messages in one: what it is called, and its lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from monitors.alerts.message import AlertMessage, BulletinMessage, HealthMessage, Message, headline, in_words

MOST = 40
"""Messages that one bulletin tells in full; the rest is counted."""


def together(messages: Sequence[Message], title: str, zone: ZoneInfo, reason: str) -> BulletinMessage:
    """One message that tells what `messages` (at least one) would have told, in their order.

    `title` is the monitor's; it heads a bulletin of more than one situation.
    """
    lines = [line for message in messages[:MOST] for line in told(message, zone)]
    if len(messages) > MOST:
        lines.append(f"… and {len(messages) - MOST} more: wirewatch alerts")
    return BulletinMessage(
        monitor=messages[0].monitor,
        event="group",
        title=_title(messages, title),
        lines=tuple(lines),
        situation=_situation(messages),
        priority="urgent" if any(message.priority == "urgent" for message in messages) else "normal",
        reason=reason,
    )


def told(message: Message, zone: ZoneInfo) -> list[str]:
    """One message as two or three lines of a bulletin."""
    if isinstance(message, AlertMessage):
        families = "1 family" if message.families == 1 else f"{message.families} families"
        event = ", ".join(part for part in (message.event_date, message.place) if part)
        published = message.published.astimezone(zone)
        source = f"  {message.publisher}, {published:%Y-%m-%d %H:%M %Z}; {families}, {message.tier}"
        lines = [
            headline(message) + (f", {event}" if event else ""),
            f"  “{message.sentence}”" if message.sentence else "",
            source + (f"; {message.url}" if message.url else ""),
            f"  {message.note}" if message.note else "",
            f"  archive: {message.archive_url}" if message.archive_url else "",
        ]
    elif isinstance(message, HealthMessage):
        lines = [headline(message), *(f"  {part}" for part in (message.detail, message.advice) if part)]
    else:
        lines = [message.title, *(f"  {line.strip()}" for line in message.lines)]
    return [line for line in lines if line]


def _title(messages: Sequence[Message], title: str) -> str:
    news = [message for message in messages if isinstance(message, AlertMessage)]
    if len(news) == len(messages) and _situation(messages):
        return f"{news[0].title}: {len(news)} developments, now {in_words(news[-1].status)}"
    if not news:
        return f"{title}: {len(messages)} notices"
    return f"{title}: {len(messages)} alerts"


def _situation(messages: Sequence[Message]) -> str:
    situations = {getattr(message, "situation", "") for message in messages}
    return situations.pop() if len(situations) == 1 else ""
