"""Which situations a sentence speaks of."""

from __future__ import annotations

from typing import Any

import pytest

BS, SR = "brunnick-saal-meeting", "saal-renn-meeting"


@pytest.mark.parametrize(
    ("title", "situations"),
    [
        ("Ada Brunnick meets Joren Saal", [BS]),
        ("Joren Saal meets Ivo Renn", [SR]),
        ("Velmora meets Ivo Renn", [SR]),
        ("Brunnick-Saal summit opens", [BS]),
        ("Saal-Renn summit opens", [SR]),
        ("Ada Brunnick meets Joren Saal before Joren Saal meets Ivo Renn", [BS, SR]),
        ("Ada Brunnick meets the mayor", []),
        ("Velmora fires rocket", ["rocket"]),
        ("Velmora fires toy rocket", []),
        ("Tarnland fires rocket", []),
        ("Tarnland and Velmora begin exercise", ["exercise"]),
        ("Velmora begins exercise", []),
        ("glacier treaty signed", ["water-treaty"]),
        ("Nothing happens", []),
    ],
)
def test_a_title_speaks_of_the_situations_it_names(reader: Any, title: str, situations: list[str]) -> None:
    assert [found.watched.situation.id for found in reader.candidates(title)] == situations


@pytest.mark.parametrize(
    ("title", "first", "second", "situations"),
    [
        ("Ada Brunnick and Joren Saal", "", "The summit opens.", []),
        ("Ada Brunnick and Joren Saal", "They are neighbours. ", "Ada Brunnick opens the summit.", [BS]),
        ("Ada Brunnick speaks", "She spoke. ", "Ada Brunnick opens the summit.", []),
        ("Tarnland votes", "Velmora too. ", "The exercise begins.", ["exercise"]),
        ("Tarnland votes", "It rained. ", "The exercise begins.", []),
        ("Tarnland votes", "It rained. ", "Velmora begins the exercise.", ["exercise"]),
    ],
)
def test_those_in_title_and_first_sentence_vouch_for_what_follows(
    reader: Any, title: str, first: str, second: str, situations: list[str]
) -> None:
    found = reader.candidates(title, first + second, 2 if first else 1)
    assert [candidate.watched.situation.id for candidate in found] == situations


def test_an_event_that_two_meetings_could_claim_goes_to_the_closer_fit(reader: Any) -> None:
    found = reader.candidates("Joren Saal meets Ivo Renn, Ada Brunnick looks on")
    assert [candidate.watched.situation.id for candidate in found] == [SR]
    assert [candidate.named(event) for candidate in found for event in candidate.events] == [2]


def test_things_are_not_fought_over(reader: Any) -> None:
    found = reader.candidates("Tarnland and Velmora sign treaty after exercise")
    assert {candidate.watched.situation.id for candidate in found} == {"water-treaty", "exercise"}


@pytest.mark.parametrize(
    ("title", "situations"),
    [
        ("Velmora scraps the summit with Ada Brunnick", ["brunnick-saal-meeting"]),
        ("Velmora scraps the festival with Ada Brunnick", []),
        ("Velmora and Tarnland hold talks ahead of a summit", []),
        ("Velmora scraps the summit of Ada Brunnick and Ivo Renn", []),
    ],
)
def test_a_government_stands_for_its_leader_where_leaders_meet(reader: Any, title: str, situations: list[str]) -> None:
    found = reader.candidates(title)
    assert [one.watched.situation.id for one in found] == situations
