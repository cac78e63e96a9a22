"""An article as lines: what stands in title and lead, and which dates can be an event's."""

from __future__ import annotations

from typing import Protocol

import pytest

from monitors.developments.languages import LanguagePack
from monitors.developments.lines import LEAD_SENTENCES, Line, background_phrase, named_in_lead


class Reads(Protocol):
    def lines(self, title: str, text: str = "") -> list[Line]: ...


def test_the_title_comes_first_and_the_lead_is_bounded(reader: Reads) -> None:
    lines = reader.lines("Title", "One. " * 20)
    assert [line.is_title for line in lines] == [True] + [False] * LEAD_SENTENCES
    assert lines[0].sentence.index == 0


def test_an_article_without_a_title_begins_with_its_text(reader: Reads) -> None:
    assert [line.text for line in reader.lines(" ", "One. Two.")] == ["One.", "Two."]


def test_those_named_in_title_and_first_sentence_are_the_ones_it_is_about(reader: Reads) -> None:
    lines = reader.lines("Ada Brunnick speaks", "Joren Saal listens. Ivo Renn sleeps.")
    assert named_in_lead(lines) == {"ada-brunnick", "joren-saal"}


@pytest.mark.parametrize(
    ("sentence", "dates"),
    [
        ("They meet on May 14", ["2031-05-14"]),
        ("They meet on Friday", ["2031-03-07"]),
        ("She said on Friday they meet on May 14", ["2031-05-14"]),
        ("She says Friday is fine", []),
        ("They meet by May 14", []),
        ("They meet on May 14 or May 15", []),
        ("VELM, May 14 - They meet on May 20", ["2031-05-20"]),
        ("May 14 it is", ["2031-05-14"]),
    ],
)
def test_datelines_limits_choices_and_days_of_speech_are_no_dates_of_the_event(
    reader: Reads, sentence: str, dates: list[str]
) -> None:
    (line,) = reader.lines(sentence)
    assert [tag.ahead for tag in line.dates] == dates


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("Why they meet", "Why"),
        ("[Comment] Why they meet", "Why"),
        ("They meet: a quiz", "quiz"),
        ("They ask why", None),
        ("They meet", None),
    ],
)
def test_a_title_says_when_its_article_is_no_news(tiny: LanguagePack, title: str, phrase: str | None) -> None:
    assert background_phrase(title, tiny) == phrase
