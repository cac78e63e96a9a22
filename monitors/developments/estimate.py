"""An estimate of what a sentence says of a meeting, for sentences in which no cue stands where the rules want it.

Logistic regression over what the rules know anyway (which classes of cues leave a trace in the sentence, wherever it
stands; which slots are there; tense, dates, negation) and over its words, names taken out. It is asked only where the
rules are silent, and answers only when it is sure. `make train` makes the weights from the labelled sentences in
tests/training and writes them beside the language's pack.
"""

from __future__ import annotations

import re
from itertools import pairwise

from monitors.definition.kinds import Kind
from monitors.developments.candidates import Candidate
from monitors.developments.languages import LanguagePack
from monitors.developments.patterns import SLOTS

SURE = 0.6
"""An estimate counts from this probability on. Chosen by cross-validation: six of seven that reach it are right."""

_MEETING: Kind = "meeting"
NOTHING = "none"
"""What the model answers for a sentence that says nothing new of a meeting."""

_WORD = re.compile(r"[a-z']+|[\ue000-\ue009]")
_SLOT_NAMES = {character: f"<{name}>" for name, character in SLOTS.items()}
_PRESENT = ("thing", "plan", "now", "past", "doing", "date", "pastdate", "other")


def features(candidate: Candidate, pack: LanguagePack, background: str | None) -> frozenset[str]:
    """The names of what is present in a sentence that speaks of a meeting; `background` is the class it has as one."""
    marked = candidate.marked
    text = marked.text
    found = {
        f"trace {name}" for name, pattern in pack.kinds[_MEETING].traces.items() if pattern.search(text) is not None
    }
    found |= {f"slot {name}" for name in _PRESENT if SLOTS[name] in text}
    found.add(f"parties {min(2, max(map(candidate.named, candidate.events), default=0))}")
    if any(marked.marks[event].named for event in candidate.events):
        found.add("pair")
    if any(
        mark.date is not None and mark.date.ahead is not None and len(mark.date.ahead) >= 10 for mark in marked.marks
    ):
        found.add("day ahead")
    if any(word.lower().strip("\"'.,:") in pack.negations for word in text.split()):
        found.add("negated")
    if pack.attribution is not None and pack.attribution.search(text) is not None:
        found.add("attributed")
    if candidate.in_title:
        found.add("title")
    if background is not None:
        found.add(f"background {background}")
    return frozenset(found | _words(text))


def _words(text: str) -> set[str]:
    """The words of a marked sentence, and each two that stand together, with slots by their names."""
    words = [_SLOT_NAMES.get(word, word) for word in _WORD.findall(text.lower())]
    return set(words) | {f"{first} {second}" for first, second in pairwise(words)}


def _names_all(candidate: Candidate) -> bool:
    """Whether the sentence itself names all who would meet: an estimate must not rest on the lines around it too."""
    named = {mark.entity for mark in candidate.marked.marks}
    pair = any(candidate.marked.marks[event].named for event in candidate.events)
    return pair or all(named & side for side in candidate.watched.markers.sides)


def estimate(candidate: Candidate, pack: LanguagePack) -> tuple[str, float] | None:
    """(status, probability) where the model is sure that a sentence, which is no background, says something new of a
    meeting; else None.
    """
    found = likeliest(candidate, pack) if _names_all(candidate) else None
    return found if found is not None and found[0] != NOTHING and found[1] >= SURE else None


def likeliest(candidate: Candidate, pack: LanguagePack) -> tuple[str, float] | None:
    """(status or NOTHING, probability) that the model gives a sentence on a meeting, which is no background, first."""
    if pack.model is None or not candidate.watched.is_meeting:
        return None
    answers = pack.model.probabilities(features(candidate, pack, None))
    status = max(answers, key=lambda name: answers[name])
    return status, answers[status]
