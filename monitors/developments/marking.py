"""Marking a sentence for one situation: what the tagger knows of it is replaced by slots before cues are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from monitors.developments.entities import Tag
from monitors.developments.event_dates import DateTag
from monitors.developments.languages import KindWords, LanguagePack
from monitors.developments.patterns import SLOTS
from monitors.developments.phrases import Phrases
from monitors.developments.vocabulary import Span

_POSSESSIVE = re.compile(r"(?:'s?)?\s+")
_OWNED = re.compile(
    r"([A-Za-z]+)\s+(?:of|for)\s+(?:[\w.' -]{1,24}\sand\s)?(?:[A-Z][a-z]+\s+)?"
    r"(?:[A-Z][\w.]+(?: [A-Z][\w.]+)?'s?\s+(?:[a-z-]+\s+){0,2})?$"
)
_COORDINATION = re.compile(r"\s*(?:,|and|&|-|/)\s*")
_ADJECTIVE = re.compile(r"[a-z-]+\s+")
EVENT_SLOTS = ("thing", "plan", "now", "past", "doing")


@dataclass(frozen=True, slots=True)
class Mark:
    """A slot at [start, end) of the sentence. `named` marks a phrase that names the situation by itself."""

    start: int
    end: int
    slot: str
    entity: str | None = None
    date: DateTag | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """The sentence with slots for what was recognised; `positions[i]` is where mark i stands in `text`.

    `plain` is the sentence before, in which the marks have their spans.
    """

    plain: str
    text: str
    marks: tuple[Mark, ...]
    positions: tuple[int, ...]

    def with_event(self, event: int, *, keep_acts: bool) -> MarkedSentence:
        """The sentence with only mark `event` as its event; what else looked like one is words again.

        `keep_acts` keeps verbs, for kinds whose event is a thing that something is done with.
        """
        kept = [
            mark
            for index, mark in enumerate(self.marks)
            if mark.slot not in EVENT_SLOTS or index == event or (keep_acts and mark.slot != "thing")
        ]
        return _replace(self.plain, kept)

    def events(self) -> list[int]:
        """Indices of the marks that speak of the event itself."""
        return [index for index, mark in enumerate(self.marks) if mark.slot in EVENT_SLOTS]


@dataclass(frozen=True, slots=True)
class Markers:
    """What to mark for one situation in one language."""

    names: Phrases | None
    foreign: Phrases | None
    words: Phrases | None
    kind: KindWords
    sides: tuple[frozenset[str], ...]
    members: frozenset[str]

    def speak_of_event(self, plain: str) -> bool:
        """Whether anything in a sentence could be marked as the event."""
        for phrases in (*self.kind.acts.values(), self.kind.things, self.words, self.names):
            if phrases is not None and phrases.spans(plain):
                return True
        return False


def mark_sentence(
    text: str, markers: Markers, tags: list[Tag], dates: list[DateTag], pack: LanguagePack, day: date
) -> MarkedSentence:
    """Mark `text`, a sentence without quotation marks.

    Where two marks overlap, names of the situation go first, then entities, dates, acts and things.
    """
    taken: list[Mark] = []
    for found in _spans(markers.names, text):
        _add(taken, Mark(*found, "thing", named=True))
    for found in _spans(markers.foreign, text):
        _add(taken, Mark(*found, "other"))
    for mark in _entity_marks(text, tags, markers.sides, pack):
        _add(taken, mark)
    for tag in dates:
        _add(taken, Mark(tag.start, tag.end, "pastdate" if tag.is_past(day) else "date", date=tag))
    for found in _spans(markers.kind.nouns, text):
        _add(taken, Mark(*found, "thing"))
    # A meeting is what is done, so its verbs go before its nouns; elsewhere the thing is what matters.
    steps = (_add_things, _add_acts) if markers.kind.things is None else (_add_acts, _add_things)
    for step in steps:
        step(taken, text, markers, pack)
    for found in _spans(markers.kind.things, text):
        _add(taken, Mark(*found, "thing"))
    return _replace(text, sorted(taken, key=lambda mark: mark.start))


def _add_things(taken: list[Mark], text: str, markers: Markers, pack: LanguagePack) -> None:
    del pack
    for found in _spans(markers.words, text):
        _add(taken, Mark(*found, "thing"))


def _add_acts(taken: list[Mark], text: str, markers: Markers, pack: LanguagePack) -> None:
    for slot, pattern in markers.kind.acts.items():
        for start, end in _spans(pattern, text):
            if slot == "doing" and _is_noun(text, start, end, markers, taken, pack):
                continue
            _add(taken, Mark(start, end, "now" if slot == "plan" and _has_plural_subject(text, start, taken) else slot))


def _spans(phrases: Phrases | None, text: str) -> tuple[Span, ...]:
    return phrases.spans(text) if phrases is not None else ()


def _add(taken: list[Mark], mark: Mark) -> None:
    start, end = mark.start, mark.end
    for other in taken:
        if start < other.end and other.start < end:
            return
    taken.append(mark)


def _entity_marks(text: str, tags: list[Tag], sides: tuple[frozenset[str], ...], pack: LanguagePack) -> list[Mark]:
    marks: list[Mark] = []
    first_side: int | None = None
    for tag in tags:
        side = next((number for number, members in enumerate(sides) if tag.entity in members), None)
        if side is None or _is_possessed(text, tag.end, pack) or _is_owner(text, tag.start, pack):
            marks.append(Mark(tag.start, tag.end, "other", tag.entity if side is None else None))
            continue
        first_side = side if first_side is None else first_side
        marks.append(Mark(tag.start, tag.end, "side" if side == first_side else "side2", tag.entity))
    return marks


def _is_possessed(text: str, end: int, pack: LanguagePack) -> bool:
    """Whether the name is followed by somebody who belongs to it: "Kim's sister" is not Kim."""
    if pack.possessed is None:
        return False
    if not pack.spaced:
        return pack.possessed.at(text, end) is not None
    begins = _POSSESSIVE.match(text, end)
    if begins is None:
        return False
    adjective = _ADJECTIVE.match(text, begins.end())
    starts = [begins.end()] if adjective is None else [begins.end(), adjective.end()]
    return any(pack.possessed.at(text, start) is not None for start in starts)


def _is_owner(text: str, start: int, pack: LanguagePack) -> bool:
    """Whether the name stands behind "of": in "envoys of A and B" neither takes part."""
    if pack.possessed is None or not pack.spaced:
        return False
    owned = _OWNED.search(text, max(0, start - 48), start)
    return owned is not None and pack.possessed.fit(owned[1])


def _has_plural_subject(text: str, start: int, taken: list[Mark]) -> bool:
    """Whether two parties stand right before the verb: in "Trump, Kim meet" the plain form is a present tense."""
    before = sorted((mark for mark in taken if mark.end <= start and mark.entity is not None), key=lambda m: m.start)
    if len(before) < 2 or text[before[-1].end : start].strip():
        return False
    return _COORDINATION.fullmatch(text[before[-2].end : before[-1].start]) is not None


def _is_noun(text: str, start: int, end: int, markers: Markers, taken: list[Mark], pack: LanguagePack) -> bool:
    """Whether an -ing form is a noun here: "a meeting", "Trump-Kim meeting", "the meeting with"."""
    if markers.kind.things is None or not markers.kind.things.fit(text[start:end]):
        return False
    before = text[:start].rstrip(" -")
    if any(mark.end == len(before) and mark.slot in ("side", "side2", "other") for mark in taken):
        return True
    if text[end:].lstrip().startswith(("with ", "between ")):
        return True
    word = before.rsplit(None, 1)[-1] if before else ""
    return pack.determiners is not None and pack.determiners.fit(word.strip("\"'"))


def _replace(text: str, marks: list[Mark]) -> MarkedSentence:
    out = ""
    positions = []
    cursor = 0
    for mark in marks:
        out += text[cursor : mark.start]
        positions.append(len(out))
        out += SLOTS[mark.slot]
        cursor = mark.end
    return MarkedSentence(text, out + text[cursor:], tuple(marks), tuple(positions))
