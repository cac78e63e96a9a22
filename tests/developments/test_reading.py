"""What a sentence says of the situation it speaks of, read with a handful of words."""

from __future__ import annotations

from typing import Any

import pytest

BS = "brunnick-saal-meeting"


@pytest.mark.parametrize(
    ("title", "status", "cue"),
    [
        ("Ada Brunnick meets Joren Saal", "occurred", "now"),
        ("Ada Brunnick may meet Joren Saal", "mooted", "may EVENT"),
        ("Ada Brunnick may not meet Joren Saal", "declined", "not EVENT"),
        ("Ada Brunnick and Joren Saal to meet", "agreed", "PARTY and PARTY to EVENT"),
        ("Ada Brunnick proposes summit with Joren Saal", "proposed", "proposes EVENT"),
        ("Brunnick-Saal summit on May 14", "scheduled", "EVENT on DATE"),
        ("Brunnick-Saal summit on March 2, 2030", "background", "history"),
        ("Ada Brunnick meets Joren Saal, experts say", "background", "opinion"),
        ("Will Ada Brunnick meet Joren Saal?", "background", "question"),
        ("No plans for Brunnick-Saal summit", "background", "nothing new: No plans for EVENT"),
        ("Brunnick-Saal summit", "background", "no cue"),
        ("Tarnland votes after Ada Brunnick met Joren Saal", "background", "subordinate: past"),
        ("Ada Brunnick opens the summit with Joren Saal but votes", "occurred", "opens the EVENT"),
    ],
)
def test_a_title_gives_a_status_and_the_words_that_decided(reader: Any, title: str, status: str, cue: str) -> None:
    reading = reader.readings(title)[BS]
    assert (reading.status, reading.cue) == (status, cue)


def test_date_place_and_side_come_with_the_status(reader: Any) -> None:
    reading = reader.readings("Joren Saal and Ada Brunnick plan summit in Oststadt on May 14")[BS]
    assert (reading.status, reading.event_date, reading.place, reading.side) == (
        "scheduled", "2031-05-14", "Oststadt", "joren-saal",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Ada Brunnick met Joren Saal.", "occurred"),
        ("On the lake they met Joren Saal.", "occurred"),
        ("It rained when the crowd met Joren Saal.", "background"),
    ],
)
def test_in_the_text_a_meeting_that_took_place_says_who_met(reader: Any, sentence: str, status: str) -> None:
    readings = reader.readings("Ada Brunnick and Joren Saal", f"Both are neighbours. {sentence}", 2)
    assert readings.get(BS) is None or readings[BS].status == status


@pytest.mark.parametrize(
    ("title", "situation", "status"),
    [
        ("Velmora fires rocket", "rocket", "occurred"),
        ("Velmora rocketed", "rocket", "occurred"),
        ("Velmora parades what it rocketed", "rocket", "background"),
        ("Velmora threatens to fire rocket", "rocket", "threatened"),
        ("Tarnland and Velmora: last day of exercise", "exercise", "ended"),
        ("Tarnland goes home from exercise with Velmora", "exercise", "ended"),
        ("Tarnland and Velmora sign glacier treaty", "water-treaty", "signed"),
    ],
)
def test_things_take_their_status_from_cues_and_acts(reader: Any, title: str, situation: str, status: str) -> None:
    assert reader.readings(title)[situation].status == status
