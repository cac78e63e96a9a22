"""What an alert says, cleaned of everything a hostile or broken text could do to a terminal, a file or a mail.

Text from outside passes `one_line` and links pass `safe_link` when the message is made, so that the payload kept in the
outbox is clean already; each channel adds the escaping of its own format.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Literal
from urllib.parse import urlsplit

from monitors.clock import from_iso, iso

TITLE_CHARACTERS = 120
SENTENCE_CHARACTERS = 400
NAME_CHARACTERS = 80
LINK_CHARACTERS = 2048

_AS_SPACE = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
# Blank letters that the general category does not give away: the Hangul fillers and the combining grapheme joiner.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u034f")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
_NOT_IN_LINKS = frozenset("\"'<>`\\{}|^")


def one_line(text: str, n: int) -> str:
    """`text` on one line of at most `n` characters (n >= 1), safe to show anywhere that escapes its own markup.

    Line and paragraph separators become spaces; other C0 and C1 controls, bidi controls, zero-width characters, lone
    surrogates and non-characters go; runs of spaces become one; what is too long is cut with "…", never between a
    character and its accents.
    """
    if not _is_plain(text):
        text = "".join(
            " " if character in _AS_SPACE else character
            for character in text
            if character in _AS_SPACE or not _is_unsafe(character)
        )
    line = " ".join(text.split())
    if len(line) <= n:
        return line
    end = n - 1
    while end > 0 and unicodedata.combining(line[end]):
        end -= 1
    return line[:end].rstrip() + "…"


def _is_plain(text: str) -> bool:
    """Whether nothing in `text` is unsafe, seen at once: what is printable has none of those categories."""
    return text.isprintable() and _BLANK.isdisjoint(text)


def _is_unsafe(character: str) -> bool:
    code = ord(character)
    non_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return non_character or character in _BLANK or unicodedata.category(character) in _UNSAFE_CATEGORIES


def safe_link(url: str | None) -> str | None:
    """`url` if it is a plain http or https address that can be shown as a link, else None.

    Refused: other schemes, spaces and control characters, quotes and brackets that end an attribute or a link in some
    format, addresses with a user name before the host, and more than 2,048 characters.
    """
    if not url or len(url) > LINK_CHARACTERS:
        return None
    if " " in url or not _NOT_IN_LINKS.isdisjoint(url):
        return None
    if not _is_plain(url) and any(c.isspace() or _is_unsafe(c) for c in url):
        return None
    try:
        parts = urlsplit(url)
        hostname = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not hostname or "@" in parts.netloc:
        return None
    return url


def in_words(status: str) -> str:
    """A status as people read it: "in_force" is "in force"."""
    return status.replace("_", " ")


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """One alert as told to people. `families` counts the independent publishers; `title` is the situation's."""

    monitor: str
    situation: str
    title: str
    status: str
    previous_status: str | None
    event_date: str | None
    place: str | None
    sentence: str
    publisher: str
    families: int
    tier: str
    url: str | None
    published: datetime
    priority: str = "normal"
    reason: str = ""
    note: str = ""
    """What the reader must know of the message itself: that no second source came, that the rest goes to the digest."""
    before: str = ""
    """What was known before, as a clause: "agreed since 2026-02-20 (Harbour Post)"."""
    archive_url: str | None = None
    """The development's page in the archive, where the monitor file names the address of `wirewatch browse`."""

    def cleaned(self) -> AlertMessage:
        """The same message with every text on one line and the link only if it is safe."""
        return AlertMessage(
            monitor=one_line(self.monitor, NAME_CHARACTERS),
            situation=one_line(self.situation, NAME_CHARACTERS),
            title=one_line(self.title, TITLE_CHARACTERS),
            status=one_line(self.status, NAME_CHARACTERS),
            previous_status=None if self.previous_status is None else one_line(self.previous_status, NAME_CHARACTERS),
            event_date=None if self.event_date is None else one_line(self.event_date, NAME_CHARACTERS),
            place=None if self.place is None else one_line(self.place, NAME_CHARACTERS),
            sentence=one_line(self.sentence, SENTENCE_CHARACTERS),
            publisher=one_line(self.publisher, NAME_CHARACTERS),
            families=self.families,
            tier=one_line(self.tier, NAME_CHARACTERS),
            url=safe_link(self.url),
            published=self.published,
            priority=one_line(self.priority, NAME_CHARACTERS),
            reason=one_line(self.reason, SENTENCE_CHARACTERS),
            note=one_line(self.note, SENTENCE_CHARACTERS),
            before=one_line(self.before, SENTENCE_CHARACTERS),
            archive_url=safe_link(self.archive_url),
        )


HealthEvent = Literal["ill", "recovered", "offline", "back"]


@dataclass(frozen=True, slots=True)
class HealthMessage:
    """What people are told of a feed that turned ill or recovered, of the network, or of Wirewatch's own work.

    `title` is the publisher, a channel, or the monitor; `verdict` one of `feeds.health.VERDICTS`, "offline", or one of
    `alerts.troubles.ADVICE`; `url` the feed's address. `since` is when it began, `until` when it ended.
    """

    monitor: str
    event: HealthEvent
    title: str
    verdict: str
    since: datetime
    until: datetime | None = None
    detail: str = ""
    advice: str = ""
    url: str | None = None
    priority: str = "normal"
    reason: str = ""

    def cleaned(self) -> HealthMessage:
        """The same message with every text on one line and the link only if it is safe."""
        return replace(
            self,
            monitor=one_line(self.monitor, NAME_CHARACTERS),
            title=one_line(self.title, TITLE_CHARACTERS),
            verdict=one_line(self.verdict, NAME_CHARACTERS),
            detail=one_line(self.detail, SENTENCE_CHARACTERS),
            advice=one_line(self.advice, SENTENCE_CHARACTERS),
            url=safe_link(self.url),
            priority=one_line(self.priority, NAME_CHARACTERS),
            reason=one_line(self.reason, SENTENCE_CHARACTERS),
        )


BulletinEvent = Literal["group", "correction", "digest", "test"]


@dataclass(frozen=True, slots=True)
class BulletinMessage:
    """Several things in one message, as lines: a group of alerts, a correction, a digest; or the test of a channel.

    `situation` is set when all of it is about one. `answers` is the key of the delivery that it follows, for channels
    that have threads; empty: none. A line that starts with a space belongs to the one above it.
    """

    monitor: str
    event: BulletinEvent
    title: str
    lines: tuple[str, ...]
    situation: str = ""
    answers: str = ""
    url: str | None = None
    priority: str = "normal"
    reason: str = ""
    note: str = ""

    def cleaned(self) -> BulletinMessage:
        """The same message with every text on one line and the link only if it is safe."""
        return replace(
            self,
            monitor=one_line(self.monitor, NAME_CHARACTERS),
            title=one_line(self.title, TITLE_CHARACTERS),
            lines=tuple(_indented_line(line) for line in self.lines),
            situation=one_line(self.situation, NAME_CHARACTERS),
            answers=one_line(self.answers, NAME_CHARACTERS),
            url=safe_link(self.url),
            priority=one_line(self.priority, NAME_CHARACTERS),
            reason=one_line(self.reason, SENTENCE_CHARACTERS),
            note=one_line(self.note, SENTENCE_CHARACTERS),
        )


def _indented_line(line: str) -> str:
    depth = min(len(line) - len(line.lstrip(" ")), 4)
    return " " * depth + one_line(line, LINK_CHARACTERS)


Message = AlertMessage | HealthMessage | BulletinMessage
"""Whatever a channel is given to send."""


def to_object(message: Message) -> dict[str, Any]:
    """The message as a JSON object; times in ISO 8601, UTC. `kind` is "development", "health" or "bulletin"."""
    if isinstance(message, BulletinMessage):
        return {"kind": "bulletin", **asdict(message), "lines": list(message.lines)}
    if isinstance(message, AlertMessage):
        return {"kind": "development", **asdict(message), "published": iso(message.published)}
    until = None if message.until is None else iso(message.until)
    return {"kind": "health", **asdict(message), "since": iso(message.since), "until": until}


def to_payload(message: Message) -> str:
    """The cleaned message as JSON text, as the outbox freezes it."""
    return json.dumps(to_object(message.cleaned()), ensure_ascii=False, sort_keys=True)


def from_payload(payload: str) -> Message:
    """Read what `to_payload` wrote. Raises ValueError if it is something else."""
    try:
        fields = json.loads(payload)
        return _READERS[fields.pop("kind")](fields).cleaned()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not the payload of an alert: {error}") from error


def _development_of(fields: dict[str, Any]) -> Message:
    return AlertMessage(**{**fields, "published": from_iso(fields["published"])})


def _health_of(fields: dict[str, Any]) -> Message:
    until = None if fields["until"] is None else from_iso(fields["until"])
    return HealthMessage(**{**fields, "since": from_iso(fields["since"]), "until": until})


def _bulletin_of(fields: dict[str, Any]) -> Message:
    return BulletinMessage(**{**fields, "lines": tuple(fields["lines"])})


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "development": _development_of,
    "health": _health_of,
    "bulletin": _bulletin_of,
}


def headline(message: Message) -> str:
    """What happened, in one line: "Trump–Kim meeting: scheduled (was agreed)", "Harbour Post: feed is silent"."""
    if isinstance(message, HealthMessage):
        return _health_headline(message)
    if isinstance(message, BulletinMessage):
        return message.title
    before = message.previous_status
    was = f" (was {in_words(before)})" if before is not None and before != message.status else ""
    return f"{message.title}: {in_words(message.status)}{was}"


def _health_headline(message: HealthMessage) -> str:
    match message.event:
        case "ill":
            return f"{message.title}: {_ILL.get(message.verdict, f'the feed is {message.verdict}')}"
        case "recovered":
            again = _AGAIN.get(message.verdict, f"the feed is healthy again (was {message.verdict})")
            return f"{message.title}: {again}"
        case "offline":
            return f"{message.title}: offline, most feeds are out of reach"
        case "back":
            return f"{message.title}: online again"


_ILL = {
    "failing": "the feed cannot be read",
    "ended": "the feed has ended",
    "not-a-feed": "the address answers with something that is no feed",
    "challenge": "the feed answers with a page that tests for a person",
    "empty": "the feed has turned empty",
    "undated": "the feed's entries have no dates",
    "silent": "the feed has fallen silent",
    "undelivered": "messages do not arrive",
    "passes-failing": "passes fail",
    "passes-stopped": "passes have stopped",
    "disk-full": "the disk is nearly full",
}

_AGAIN = {
    "undelivered": "it takes messages again",
    "passes-failing": "passes work again",
    "passes-stopped": "passes go on again",
    "disk-full": "there is room on the disk again",
}


def to_lines(message: Message, zone: tzinfo) -> list[str]:
    """The message as plain lines for people. Times in the reader's `zone`.

    Of a development: headline, event, evidence, source, link. Of health: headline, why, since when, what to do, link.
    """
    if isinstance(message, HealthMessage):
        return _health_lines(message, zone)
    if isinstance(message, BulletinMessage):
        return [part for part in (message.title, *message.lines, message.note, message.url) if part]
    families = "1 family" if message.families == 1 else f"{message.families} families"
    published = _time(message.published, zone)
    event = ", ".join(part for part in (message.event_date, message.place) if part)
    lines = [headline(message)]
    if event:
        lines.append(f"event: {event}")
    if message.sentence:
        lines.append(f"“{message.sentence}”")
    lines.append(f"{message.publisher}, {published}; {families}, {message.tier}")
    if message.note:
        lines.append(message.note)
    if message.url:
        lines.append(message.url)
    if message.archive_url:
        lines.append(f"archive: {message.archive_url}")
    return lines


def _health_lines(message: HealthMessage, zone: tzinfo) -> list[str]:
    until = "" if message.until is None else f" until {_time(message.until, zone)}"
    parts = [
        headline(message),
        message.detail,
        f"since {_time(message.since, zone)}{until}",
        message.advice,
        message.url,
    ]
    return [part for part in parts if part]


def _time(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
