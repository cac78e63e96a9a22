"""What templates are given: one message as words, in the reader's zone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from typing import Any

from monitors.alerts.message import (
    AlertMessage,
    BulletinMessage,
    HealthMessage,
    Message,
    headline,
    in_words,
    safe_link,
)

_LINK_AT_END = re.compile(r"(?:^|(?<=\s))https?://\S+$")


class Link(str):
    """A checked http(s) address or nothing: a channel writes it as a link, not as text."""

    __slots__ = ()


NO_LINK = Link("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bulletin: its text without the link at its end, and the link. `inner`: belongs to the one above."""

    text: str
    url: Link = NO_LINK
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A message for a template; what is not known is empty. All of it is plain text, escaped when it is written."""

    kind: str
    """development, health or bulletin."""
    event: str
    """Of a bulletin: group, correction, digest or test. Of health: ill, recovered, offline or back."""
    monitor: str
    headline: str
    title: str
    urgent: bool
    status: str = ""
    previous: str = ""
    before: str = ""
    when: str = ""
    where: str = ""
    sentence: str = ""
    publisher: str = ""
    published: str = ""
    families: str = ""
    tier: str = ""
    detail: str = ""
    advice: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    reason: str = ""
    url: Link = NO_LINK
    archive: Link = NO_LINK
    """The development's page in the archive, if the monitor file names where that is."""
    lines: tuple[Line, ...] = ()
    more: int = 0
    """Lines that were left out, for want of room."""

    def values(self) -> dict[str, Any]:
        """Names and values, as a template sees them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def facts_of(message: Message, zone: tzinfo) -> Facts:
    """`message` for templates, cleaned once more. Times are shown in `zone`."""
    message = message.cleaned()
    if isinstance(message, AlertMessage):
        return _development(message, zone)
    if isinstance(message, HealthMessage):
        return _health(message, zone)
    return _bulletin(message)


def shorter(facts: Facts) -> Iterator[Facts]:
    """The same facts with less and less text: first fewer lines, then shorter sentences. Never less status or link."""
    count = len(facts.lines)
    while count > 1:
        count = count * 3 // 4
        kept = facts.lines[:count]
        yield replace(facts, lines=kept, more=len(facts.lines) - count)
    facts = replace(facts, lines=facts.lines[:count], more=len(facts.lines) - count)
    for n in (240, 120, 60, 20, 0):
        yield replace(
            facts,
            lines=tuple(replace(line, text=_cut(line.text, n)) for line in facts.lines),
            sentence=_cut(facts.sentence, n),
            detail=_cut(facts.detail, n),
            advice=_cut(facts.advice, n),
            note=_cut(facts.note, n),
            before=_cut(facts.before, n),
        )


def _cut(text: str, n: int) -> str:
    if len(text) <= n:
        return text
    return f"{text[: n - 1].rstrip()}…" if n else ""


def _development(message: AlertMessage, zone: tzinfo) -> Facts:
    before = message.previous_status
    changed = before is not None and before != message.status
    return Facts(
        kind="development",
        event="",
        monitor=message.monitor,
        headline=headline(message),
        title=message.title,
        urgent=message.priority == "urgent",
        status=in_words(message.status),
        previous=in_words(before) if before is not None and changed else "",
        before=message.before or ("nothing was known" if before is None else in_words(before)),
        when=message.event_date or "",
        where=message.place or "",
        sentence=message.sentence,
        publisher=message.publisher,
        published=_time(message.published, zone),
        families="1 family" if message.families == 1 else f"{message.families} families",
        tier=message.tier,
        note=message.note,
        reason=message.reason,
        url=Link(message.url or ""),
        archive=Link(message.archive_url or ""),
    )


def _health(message: HealthMessage, zone: tzinfo) -> Facts:
    return Facts(
        kind="health",
        event=message.event,
        monitor=message.monitor,
        headline=headline(message),
        title=message.title,
        urgent=message.priority == "urgent",
        status=message.verdict,
        detail=message.detail,
        advice=message.advice,
        since=_time(message.since, zone),
        until="" if message.until is None else _time(message.until, zone),
        reason=message.reason,
        url=Link(message.url or ""),
    )


def _bulletin(message: BulletinMessage) -> Facts:
    return Facts(
        kind="bulletin",
        event=message.event,
        monitor=message.monitor,
        headline=headline(message),
        title=message.title,
        urgent=message.priority == "urgent",
        note=message.note,
        reason=message.reason,
        url=Link(message.url or ""),
        lines=tuple(_line(line) for line in message.lines if line.strip()),
    )


def _line(text: str) -> Line:
    inner, text = text.startswith(" "), text.strip()
    found = _LINK_AT_END.search(text)
    url = safe_link(found[0]) if found else None
    if found is None or url is None:
        return Line(text, NO_LINK, inner)
    return Line(text[: found.start()].rstrip(), Link(url), inner)


def _time(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
