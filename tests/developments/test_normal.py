"""Text is brought to one form for matching, and every position leads back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.normal import normalise

DASHES = str.maketrans("‐", "-")  # NFKC itself makes a hyphen of some dashes
AWKWARD = st.text(
    alphabet=st.sampled_from("aZ ’“—\u00a0ﬁ㎜½Ａ１e\u0301\u0327한글\u1112\u1161\u11ab\u3131ｶﾞ…①"), max_size=40
)
ANY = st.one_of(AWKWARD, st.text(max_size=40))


@pytest.mark.parametrize(
    ("original", "normal"),
    [
        ("Kim’s “talks” — off", 'Kim\'s "talks" - off'),
        ("North\u00a0Korea", "North Korea"),
        ("Ｔｒｕｍｐ １２", "Trump 12"),
        ("240㎜", "240mm"),
        ("cafe\u0301", "café"),
        ("\u1112\u1161\u11ab", "한"),
        ("ｶﾞ", "ガ"),
        ("Zﾞ\u0301", "\u0179\u3099"),
        ("", ""),
    ],
)
def test_typographic_variants_come_to_one_form(original: str, normal: str) -> None:
    assert normalise(original).text == normal


@given(ANY)
def test_the_normal_form_has_one_offset_for_each_character_in_rising_order(original: str) -> None:
    normal = normalise(original)
    if normal.offsets is None:
        assert len(normal.text) == len(original)
    else:
        assert len(normal.offsets) == len(normal.text)
        assert list(normal.offsets) == sorted(normal.offsets)


@given(ANY, st.data())
def test_a_span_lies_in_the_original_and_holds_the_characters_it_was_made_of(
    original: str, data: st.DataObject
) -> None:
    normal = normalise(original)
    start = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(start, len(normal.text)))
    begins, ends = normal.span(start, end)
    assert 0 <= begins <= ends <= len(original)
    assert normal.text[start:end] in normalise(original[begins:ends]).text


@given(ANY)
def test_the_whole_normal_text_is_the_whole_original(original: str) -> None:
    normal = normalise(original)
    if normal.text:
        assert normal.span(0, len(normal.text)) == (0, len(original))


@given(ANY)
def test_the_normal_form_is_nfkc_and_stays_as_it_is(original: str) -> None:
    normal = normalise(original).text
    assert normal == unicodedata.normalize("NFKC", normal)
    assert normalise(normal).text.translate(DASHES) == normal.translate(DASHES)


def test_a_span_behind_the_end_is_empty_and_stands_at_the_end() -> None:
    assert normalise("12㎜").span(9, 12) == (3, 3)


def test_a_span_within_one_composed_character_stands_at_its_beginning() -> None:
    normal = normalise("a㎜b")
    assert normal.text == "ammb"
    assert normal.span(1, 3) == (1, 2)
    assert normal.span(1, 2) == (1, 2)
    assert normal.span(2, 3) == (1, 2)
    assert normal.span(2, 2) == (1, 1)
