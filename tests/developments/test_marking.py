"""A sentence is marked with slots before cues are asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import pytest

from monitors.developments.lines import unquoted
from monitors.developments.marking import MarkedSentence


class Reads(Protocol):
    def marked(self, sentence: str, situation: str = ...) -> MarkedSentence: ...

    @staticmethod
    def shown(marked: str) -> str: ...


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Ada Brunnick meets Joren Saal", "<side> <now> <side2>"),
        ("Joren Saal meets Ada Brunnick", "<side> <now> <side2>"),
        ("Ada Brunnick met Ivo Renn", "<side> <past> <other>"),
        ("Ada Brunnick's sister met Joren Saal", "<other>'s sister <past> <side>"),
        ("Ada Brunnick's younger sister met Joren Saal", "<other>'s younger sister <past> <side>"),
        ("Ada Brunnick's summit", "<side>'s <thing>"),
        ("Otto Brunnick met Joren Saal", "<other> <past> <side>"),
        ("Brunnick-Saal summit on May 14", "<thing> on <date>"),
        ("Ada Brunnick and the Saal-Renn summit", "<side> and the <other>"),
        ("Joren Saal in May 2029", "<side> in <pastdate>"),
        ("Ada Brunnick, Joren Saal meet today", "<side>, <side2> <now> <date>"),
        ("Ada Brunnick and Joren Saal meet", "<side> and <side2> <now>"),
        ("Ada Brunnick will meet Joren Saal", "<side> will <plan> <side2>"),
        ("Ada Brunnick and friends meet", "<side> and friends <plan>"),
        ("Ada Brunnick hosting Joren Saal", "<side> <doing> <side2>"),
        ("a 'summit' of sorts", "a  <thing>  of sorts"),
        ("nothing of note", "nothing of note"),
    ],
)
def test_what_is_recognised_becomes_a_slot(reader: Reads, sentence: str, shown: str) -> None:
    marked = reader.marked(sentence)
    assert reader.shown(marked.text) == shown
    assert len(marked.marks) == len(marked.positions)


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("He is meeting Ivo Renn", "He is <doing> <side>"),
        ("the meeting of the two", "the <thing> of the two"),
        ("The planned meeting", "The planned <thing>"),
        ("meeting with Ivo Renn", "<thing> with <side>"),
        ("meeting Ivo Renn", "<doing> <side>"),
        ("Joren Saal - Ivo Renn meeting", "<side> - <side2> <thing>"),
        ("Ivo Renn was hosting Velmora", "<side> was <doing> <side2>"),
    ],
)
def test_an_ing_form_is_a_noun_behind_an_article_or_a_name(reader: Reads, sentence: str, shown: str) -> None:
    assert reader.shown(reader.marked(sentence, "saal-renn-meeting").text) == shown


def test_marks_lie_in_the_sentence_in_order_and_stand_where_they_say(reader: Reads) -> None:
    sentence = "Ms Brunnick and Ada Brunnick meet Joren Saal on May 14"
    marked = reader.marked(sentence)
    assert [mark.start for mark in marked.marks] == sorted(mark.start for mark in marked.marks)
    assert all(0xE000 <= ord(marked.text[position]) <= 0xE009 for position in marked.positions)
    assert [sentence[mark.start : mark.end] for mark in marked.marks] == [
        "Ms Brunnick", "Ada Brunnick", "meet", "Joren Saal", "May 14",
    ]  # fmt: skip


def test_only_one_event_stays_when_it_is_looked_at(reader: Reads) -> None:
    sentence = "Ada Brunnick met Joren Saal and the summit opens"
    marked = reader.marked(sentence)
    first, second = marked.events()
    shown = [
        reader.shown(marked.with_event(event, keep_acts=keep).text)
        for event, keep in ((first, False), (second, False), (second, True))
    ]
    assert shown == [
        "<side> <past> <side2> and the summit opens",
        "<side> met <side2> and the <thing> opens",
        "<side> <past> <side2> and the <thing> opens",
    ]


def test_without_words_for_those_who_belong_to_somebody_a_name_is_the_one_named(reader: Any) -> None:
    other = replace(reader, pack=replace(reader.pack, possessed=None))
    assert other.shown(other.marked("Ada Brunnick's sister").text) == "<side>'s sister"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'No' to \"talks\"", " No  to  talks "),
        ("Kim's and the Joneses' own", "Kim's and the Joneses  own"),
        ("plain", "plain"),
    ],
)
def test_quotation_marks_become_spaces_and_lengths_stay(text: str, expected: str) -> None:
    assert unquoted(text) == expected
    assert len(unquoted(text)) == len(text)
