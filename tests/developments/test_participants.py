"""Who takes part in a meeting is read from where the names stand around the word for it."""

from __future__ import annotations

from typing import Any

import pytest

from monitors.developments.marking import MarkedSentence
from monitors.developments.participants import Fit, fit_of
from monitors.developments.patterns import compile_patterns
from monitors.developments.phrases import Phrases

SIDES = (frozenset({"ada-brunnick"}), frozenset({"joren-saal"}))
LEADERS = frozenset({"ada-brunnick", "joren-saal", "ivo-renn"})
SAYS = compile_patterns(["says", "said"], spaced=True)


def fit(marked: MarkedSentence, says: Phrases | None = SAYS) -> Fit | None:
    return fit_of(marked, marked.events()[0], SIDES, LEADERS, says)


@pytest.mark.parametrize(
    ("sentence", "sides", "named"),
    [
        ("Ada Brunnick meets Joren Saal", {0, 1}, 2),
        ("Joren Saal meets Ada Brunnick", {0, 1}, 2),
        ("Ada Brunnick and Joren Saal meet", {0, 1}, 2),
        ("Ada Brunnick, Joren Saal meet", {0, 1}, 2),
        ("Brunnick-Saal summit", {0, 1}, 2),
        ("a summit between Ada Brunnick and Joren Saal", {0, 1}, 2),
        ("a summit between Ada Brunnick and her neighbour Joren Saal", {0, 1}, 2),
        ("Ada Brunnick spoke of a summit with Joren Saal", {0, 1}, 1),
        ("Tarnland's chancellor meets Velmora's premier", {0, 1}, 2),
        ("Ada Brunnick meets Velmora's leader Joren Saal", {0, 1}, 2),
        ("Ada Brunnick hopes for a summit with Joren Saal, Tarnland says", {0, 1}, 1),
        ("They meet Joren Saal", {1}, 1),
        ("Ada Brunnick says she will meet Joren Saal", {0, 1}, 1),
        ("a summit with Joren Saal, Ada Brunnick said", {0, 1}, 1),
        ("a summit with Joren Saal, Joren Saal said", {1}, 1),
        ("the summit opens", set(), 0),
    ],
)
def test_the_parties_are_those_who_stand_at_the_event(reader: Any, sentence: str, sides: set[int], named: int) -> None:
    found = fit(reader.marked(sentence))
    assert found is not None
    assert (set(found.covered), found.named) == (sides, named)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Brunnick meets Ivo Renn",
        "Ivo Renn meets Joren Saal",
        "Ivo Renn meets Joren Saal, Ada Brunnick said",
        "Ada Brunnick holds summit with Ivo Renn as Joren Saal watches",
        "Ada Brunnick's summit with President Otto Vance",
        "Ada Brunnick plans a summit with the kindly President Otto Vance",
        "Ivo Renn proposes a summit with Joren Saal",
        "a summit with Joren Saal, Ivo Renn said",
        "Ivo Renn hails summit",
        "Ada Brunnick attends summit between Tarnland and Ivo Renn",
    ],
)
def test_an_event_of_somebody_else_has_no_fit(reader: Any, sentence: str) -> None:
    assert fit(reader.marked(sentence)) is None


def test_between_persons_their_countries_are_passed_over(reader: Any) -> None:
    found = fit(reader.marked("Tarnland and Ada Brunnick meet Joren Saal"))
    assert found == Fit(frozenset({0, 1}), 2)


def test_far_from_the_event_a_name_is_no_partner(reader: Any) -> None:
    far = "Ada Brunnick will meet in the old customs house above the frozen upper lake of Joren Saal"
    found = fit(reader.marked(far))
    assert found is None or found.named == 1


def test_without_verbs_of_speech_the_first_named_is_the_subject(reader: Any) -> None:
    assert fit(reader.marked("Ada Brunnick spoke of a summit with Joren Saal"), says=None) == Fit(frozenset({0, 1}), 1)
