"""What a sentence says of a situation it speaks of."""

from __future__ import annotations

from datetime import date

from monitors.developments.candidates import Candidate
from monitors.developments.estimate import estimate
from monitors.developments.event_dates import is_fresh
from monitors.developments.languages import LanguagePack
from monitors.developments.marking import MarkedSentence
from monitors.developments.mentions import (
    BACKWARD,
    Reading,
    Said,
    Segment,
    background_class,
    place_in,
    segments,
    settle,
    status_of,
)
from monitors.developments.patterns import SLOTS
from monitors.developments.watched import Watched

_SHOWN = {SLOTS[name]: "EVENT" for name in ("thing", "plan", "now", "past", "doing")} | {
    SLOTS["side"]: "PARTY",
    SLOTS["side2"]: "PARTY",
    SLOTS["other"]: "OTHER",
    SLOTS["date"]: "DATE",
    SLOTS["pastdate"]: "DATE",
}


def read_sentence(candidate: Candidate, pack: LanguagePack, day: date) -> Reading:
    """What the sentence says: the first event in it that a main clause gives a status."""
    background = background_class(candidate.marked.text, pack)
    known: Reading | None = None
    silent = True
    for event in candidate.events:
        marked = candidate.marked.with_event(event, keep_acts=not candidate.watched.is_meeting)
        position = next(
            position for mark, position in zip(marked.marks, marked.positions, strict=True)
            if mark.start == candidate.marked.marks[event].start
        )  # fmt: skip
        segment = next((s for s in segments(marked.text, pack) if s.start <= position < s.end), None)
        reading = (
            _read_segment(candidate.watched, candidate.text, marked, segment, pack, day)
            if segment is not None
            else None
        )
        if reading is None or segment is None:
            continue
        silent = False
        if reading.status == "background":
            known = known or (reading if background is None else None)
            continue
        if reading.status == "occurred" and not _has_subject(
            candidate, event, marked.text[:position], pack, is_fresh(reading.event_date, day)
        ):
            continue
        if background is None and (not segment.subordinate or _is_news(segment, reading, day)):
            return reading
        known = known or Reading("background", background or f"subordinate: {reading.cue}", reading.event_date)
    if silent and background is None and (guess := estimate(candidate, pack)) is not None:
        return _estimated(candidate, pack, day, *guess)
    return known or Reading("background", background or "no cue")


def _estimated(candidate: Candidate, pack: LanguagePack, day: date, status: str, probability: float) -> Reading:
    """The estimate as a reading, with date and place of the clause of the event that fits best."""
    event = max(candidate.events, key=lambda index: candidate.events[index])
    marked = candidate.marked.with_event(event, keep_acts=False)
    whole = Segment(0, len(marked.text), False)
    place = place_in(whole, marked)
    said = Said(status, f"estimate: {probability:.2f}", status)
    status, event_date = settle(candidate.watched.situation.kind, said, whole, marked, day)
    return Reading(status, said.cue, event_date, place, _speaking_side(candidate.watched, marked))


def _is_news(segment: Segment, reading: Reading, day: date) -> bool:
    """Whether a subordinate clause tells what is new: something that has happened, in the last few days.

    "After North Korea fired missiles early Saturday, the president said ..." is how the second day reports the first.
    """
    return reading.status in BACKWARD and (segment.fresh or is_fresh(reading.event_date, day))


def _has_subject(candidate: Candidate, event: int, before: str, pack: LanguagePack, fresh: bool) -> bool:
    """Whether a meeting that is said to have taken place names who met, or a pronoun in front of the event does.

    "His meeting" may be any of them, so that it also wants a day just past.
    """
    named = candidate.named(event)
    if not candidate.watched.is_meeting or candidate.in_title or named >= 2 or pack.pronouns is None:
        return True
    words = " ".join(before.split()[-4:])
    owned = fresh and pack.possessives is not None and pack.possessives.search(words) is not None
    return named == 1 and (owned or pack.pronouns.search(words) is not None)


def _read_segment(
    watched: Watched, text: str, marked: MarkedSentence, segment: Segment, pack: LanguagePack, day: date
) -> Reading | None:
    kind = watched.situation.kind
    event = next((text[mark.start : mark.end] for mark in marked.marks if mark.slot == "thing"), "")
    found = status_of(kind, marked.text[segment.start : segment.end], watched.cues, pack)
    if event:
        own = next((status for status, pattern in watched.acts.items() if pattern.fit(event)), None)
        found = Said(own, event, own) if own is not None and (found is None or found.status != "none") else found
    if found is None:
        return None
    status, event_date = settle(kind, found, segment, marked, day)
    if status == "none":
        return Reading("background", f"nothing new: {_shown(found.cue)}")
    place = place_in(segment, marked)
    side = _speaking_side(watched, marked)
    return Reading(status, _shown(found.cue), event_date, place, side)


def _speaking_side(watched: Watched, marked: MarkedSentence) -> str | None:
    """The side that is named first, by the entity that stands first in it."""
    entity = next((mark.entity for mark in marked.marks if mark.slot in ("side", "side2")), None)
    return next((members[0] for members in watched.situation.parties if entity in members), None)


def _shown(cue: str) -> str:
    """The cue for a reader's eyes: slots by their names."""
    return " ".join("".join(_SHOWN.get(character, character) for character in cue).split())
