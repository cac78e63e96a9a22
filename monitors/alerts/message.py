"""What an alert says, cleaned of everything a hostile or broken text could do to a terminal, a file or a mail.

Text from outside passes `one_line` and links pass `safe_link` when the message is made, so that the payload kept in the
outbox is clean already; each channel adds the escaping of its own format.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
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
    kept = "".join(
        " " if character in _AS_SPACE else character
        for character in text
        if character in _AS_SPACE or not _is_unsafe(character)
    )
    line = " ".join(kept.split())
    if len(line) <= n:
        return line
    end = n - 1
    while end > 0 and unicodedata.combining(line[end]):
        end -= 1
    return line[:end].rstrip() + "…"


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
    if any(c.isspace() or c in _NOT_IN_LINKS or _is_unsafe(c) for c in url):
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
        )


def to_object(message: AlertMessage) -> dict[str, str | int | None]:
    """The message as a JSON object; `published` in ISO 8601, UTC."""
    return {**asdict(message), "published": iso(message.published)}


def to_payload(message: AlertMessage) -> str:
    """The cleaned message as JSON text, as the outbox freezes it."""
    return json.dumps(to_object(message.cleaned()), ensure_ascii=False, sort_keys=True)


def from_payload(payload: str) -> AlertMessage:
    """Read what `to_payload` wrote. Raises ValueError if it is something else."""
    try:
        fields = json.loads(payload)
        return AlertMessage(**{**fields, "published": from_iso(fields["published"])}).cleaned()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not the payload of an alert: {error}") from error


def headline(message: AlertMessage) -> str:
    """What happened, in one line: "Trump–Kim meeting: scheduled (was agreed)"."""
    before = message.previous_status
    was = f" (was {in_words(before)})" if before is not None and before != message.status else ""
    return f"{message.title}: {in_words(message.status)}{was}"


def to_lines(message: AlertMessage, zone: tzinfo) -> list[str]:
    """The message as plain lines for people: headline, event, evidence, source, link. Times in the reader's `zone`."""
    families = "1 family" if message.families == 1 else f"{message.families} families"
    published = message.published.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    event = ", ".join(part for part in (message.event_date, message.place) if part)
    lines = [headline(message)]
    if event:
        lines.append(f"event: {event}")
    if message.sentence:
        lines.append(f"“{message.sentence}”")
    lines.append(f"{message.publisher}, {published}; {families}, {message.tier}")
    if message.url:
        lines.append(message.url)
    return lines
