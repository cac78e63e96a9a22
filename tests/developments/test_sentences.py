"""Texts are cut into sentences whose spans slice the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.sentences import is_furniture, split_sentences

ABBREVIATIONS = frozenset({"mr", "jan", "u.s", "no", "e.g"})
PIECES = ["Mr. Kim", "met", "U.S.", "Trump.", "Why?", "\n", " ", "…", "회담했다.", "終わり。", "(J. Lee)", '"Yes!"']
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join),
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("They met. They parted.", ["They met.", "They parted."]),
        ("Mr. Kim met Mr. Lee. Both left.", ["Mr. Kim met Mr. Lee.", "Both left."]),
        ("The U.S. agreed. Talks go on.", ["The U.S. agreed.", "Talks go on."]),
        ("Donald J. Trump spoke.", ["Donald J. Trump spoke."]),
        ("On Jan. 4 they met!", ["On Jan. 4 they met!"]),
        ('He said "Yes." She left.', ['He said "Yes."', "She left."]),
        ("It cost 3.5 million. Fine.", ["It cost 3.5 million.", "Fine."]),
        ("Talks (no. 4) began? Yes", ["Talks (no. 4) began?", "Yes"]),
        ("It broke off etc. and so on.", ["It broke off etc. and so on."]),
        ("One line that says a thing\nanother line", ["One line that says a thing", "another line"]),
        ("회담했다. 떠났다.", ["회담했다.", "떠났다."]),
        ("会談した。帰った。", ["会談した。", "帰った。"]),
        ("「終わった。」と言った。次の日だ。", ["「終わった。」と言った。", "次の日だ。"]),
        (". Odd start.", [".", "Odd start."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text, ABBREVIATIONS, 9)] == sentences


@given(TEXTS, st.integers(1, 6))
def test_spans_slice_the_text_in_order_without_overlap(text: str, limit: int) -> None:
    sentences = split_sentences(text, ABBREVIATIONS, limit)
    assert len(sentences) <= limit
    assert [sentence.index for sentence in sentences] == list(range(1, len(sentences) + 1))
    cursor = 0
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text.strip() == sentence.text != ""
        assert sentence.start >= cursor
        assert all(is_furniture(line.strip()) for line in text[cursor : sentence.start].splitlines() if line.strip())
        cursor = sentence.end
    if len(sentences) < limit:
        assert all(is_furniture(line.strip()) for line in text[cursor:].splitlines() if line.strip())


@given(TEXTS, st.integers(1, 6))
def test_a_limit_only_leaves_off_the_end(text: str, limit: int) -> None:
    assert split_sentences(text, ABBREVIATIONS, limit) == split_sentences(text, ABBREVIATIONS, 99)[:limit]


def test_bylines_and_buttons_before_the_news_are_no_sentences() -> None:
    text = "Ada Byline\nSpecial to THE POST\nADVERTISEMENT\nThe mayor met the dockers on Monday. They talked."
    assert [one.text for one in split_sentences(text, ABBREVIATIONS, 9)] == [
        "The mayor met the dockers on Monday.",
        "They talked.",
    ]
    assert [one.text for one in split_sentences("Mayor meets dockers", ABBREVIATIONS, 9)] == ["Mayor meets dockers"]
