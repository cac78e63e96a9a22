"""From one marked sentence to what it says of a situation: status, factuality, date, place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitors.definition.kinds import Kind
from monitors.developments.event_dates import first_day, last_day
from monitors.developments.languages import LanguagePack
from monitors.developments.lifecycles import CUE_CLASSES, DECISION_ORDER, UNDER_A_CONDITION
from monitors.developments.marking import EVENT_SLOTS, Mark, MarkedSentence
from monitors.developments.patterns import SLOTS
from monitors.developments.phrases import Phrases

_PLACE = re.compile(r"\b(?:in|at)\s+(?:the\s+)?([A-Z][\w.'-]+(?:[ -][A-Z][\w'-]+)*)")
_ASIDE = re.compile(rf",\s{SLOTS['doing']}\s")
""""Trump, hosting Moon, says": what a subject is doing while it speaks."""
_LOWER = re.compile("[a-z]")
BACKWARD = ("occurred", "in_force", "ended", "background")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says of a situation. `status` may be "background"; `cue` is the text that decided."""

    status: str
    cue: str
    event_date: str | None = None
    place: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The status that a clause gives its event ("none": it changes nothing), the words that say so, and their class."""

    status: str
    cue: str
    cue_class: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A clause [start, end) of a marked sentence. What a subordinate one says is given as known.

    `fresh` says that it opens with words such as "hours after", by which the news itself is often told; `conditional`
    that an "if" stands beside it, so that what it says may not come about.
    """

    start: int
    end: int
    subordinate: bool
    fresh: bool = False
    conditional: bool = False


def segments(text: str, pack: LanguagePack) -> list[Segment]:
    """Cut a marked sentence at the words that open a clause of their own."""
    cuts: list[tuple[int, bool]] = [(0, False)]
    for pattern, subordinate in ((pack.breaks, False), (pack.subordinate, True)):
        if pattern is not None:
            cuts += [(start, subordinate) for start, _ in pattern.spans(text)]
    if pack.joins is not None:
        joined = {start for start, _ in pack.joins.spans(text)}
        cuts = [cut for cut in cuts if cut[0] not in joined]
    cuts += [(match.start(), False) for match in re.finditer(r";| - |\.\.\.|…", text)]
    cuts.sort()
    out = []
    for number, (start, subordinate) in enumerate(cuts):
        end = cuts[number + 1][0] if number + 1 < len(cuts) else len(text)
        comma = text.find(",", start)
        if subordinate and comma > 0 and _opens(text, start, pack):
            out.append(Segment(start, min(comma, end), True, _is_fresh(text, start, pack)))
            if comma < end:
                out.append(Segment(comma, end, False))
            continue
        if end > start:
            out.append(Segment(start, end, subordinate, subordinate and _is_fresh(text, start, pack)))
    return _with_conditions(out, text, pack)


def _with_conditions(clauses: list[Segment], text: str, pack: LanguagePack) -> list[Segment]:
    """Main clauses that stand beside a condition, told as such: right in front of it, or behind one that opens."""
    if pack.conditions is None:
        return clauses
    conditions = [pack.conditions.at(text, clause.start) is not None for clause in clauses]
    return [
        replace(clause, conditional=True)
        if not clause.subordinate and (any(conditions[number + 1 : number + 2]) or (number == 1 and conditions[0]))
        else clause
        for number, clause in enumerate(clauses)
    ]


def _opens(text: str, start: int, pack: LanguagePack) -> bool:
    """Whether nothing, or only a dateline in capitals, stands before `start`."""
    return start == 0 or (pack.spaced and not _LOWER.search(text, 0, start))


def _is_fresh(text: str, start: int, pack: LanguagePack) -> bool:
    return pack.fresh is not None and pack.fresh.at(text, start) is not None


def background_class(marked_text: str, pack: LanguagePack) -> str | None:
    """Whether a sentence is history, hypothesis, question or opinion as a whole; the name of the class, or None."""
    if marked_text.rstrip("\"' )").endswith(("?", "？")):
        return "question"
    for name, pattern in pack.background.items():
        if pattern.search(marked_text) is not None:
            return name
    return None


def status_of(
    kind: Kind,
    segment: str,
    own_cues: Mapping[str, Phrases],
    pack: LanguagePack,
) -> Said | None:
    """What a clause says of its event; None where it has no cue."""
    words = pack.kinds[kind]
    for status in DECISION_ORDER[kind]:
        for source in (own_cues, words.cues):
            pattern = source.get(status)
            found = pattern.search(segment) if pattern is not None else None
            if found is not None and not (status == "occurred" and _is_negated(segment, pack)):
                return Said(CUE_CLASSES[kind].get(status, status), segment[slice(*found)], status)
    if kind == "meeting" and not _is_negated(segment, pack):
        for tense in ("past", "now"):
            if SLOTS[tense] in segment:
                return Said("occurred", tense, "occurred")
        if _ASIDE.search(segment):
            return Said("occurred", "doing", "occurred")
    return None


def _is_negated(segment: str, pack: LanguagePack) -> bool:
    """Whether a negation stands within three words in front of the event: "have not met", "never met"."""
    position = min((segment.find(SLOTS[slot]) for slot in EVENT_SLOTS if SLOTS[slot] in segment), default=0)
    return any(word.lower().strip("\"'") in pack.negations for word in segment[:position].split()[-3:])


def settle(kind: Kind, said: Said, segment: Segment, marked: MarkedSentence, day: date) -> tuple[str, str | None]:
    """Fit status and date to one another: a plan with a date is scheduled, one without is agreed unless the sentence
    says that date or venue is settled. What depends on a condition is weaker.

    Returns the status and the event's date (or None).
    """
    status = UNDER_A_CONDITION[kind].get(said.status, said.status) if segment.conditional else said.status
    here = [(mark, position) for mark, position in _inside(segment, marked) if mark.date is not None]
    tenses = {mark.slot for mark, position in _inside(segment, marked)}
    if status == "scheduled" and "past" in tenses and "plan" not in tenses and "doing" not in tenses:
        status = "occurred"
    value = _event_date(status, here, _event_position(marked))
    if kind == "meeting":
        fixed = value is not None and len(value) >= 7
        if status in ("agreed", "scheduled"):
            status = (
                "scheduled"
                if said.cue_class == "fixed" or (fixed and value is not None and last_day(value) >= day)
                else "agreed"
            )
    if status == "occurred" and value is not None and first_day(value) > day:
        value = None
    return status, value


def _inside(segment: Segment, marked: MarkedSentence) -> list[tuple[Mark, int]]:
    return [
        (mark, position)
        for mark, position in zip(marked.marks, marked.positions, strict=True)
        if segment.start <= position < segment.end
    ]


def _event_position(marked: MarkedSentence) -> int:
    return next(
        (p for mark, p in zip(marked.marks, marked.positions, strict=True) if mark.slot in EVENT_SLOTS),
        len(marked.text),
    )


def _event_date(status: str, marks: list[tuple[Mark, int]], event: int) -> str | None:
    """The most exact date of the clause, read forwards for plans and backwards for what has happened.

    A weekday well in front of a planned event is passed over: it is the day on which the plan was spoken of.
    """
    values = []
    for mark, position in marks:
        assert mark.date is not None
        if status not in BACKWARD and mark.date.weekday and position < event - 3:
            continue
        value = mark.date.behind if status in BACKWARD else mark.date.ahead
        if value is not None:
            values.append(value)
    return max(values, key=len, default=None)


def place_in(segment: Segment, marked: MarkedSentence) -> str | None:
    """A place named with "in" or "at" in the clause, as written."""
    match = _PLACE.search(marked.text, segment.start, segment.end)
    return match[1].removesuffix("'s").rstrip(".'") if match is not None else None
