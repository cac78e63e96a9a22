"""Text for files: what must not be there goes, everything else stays."""

from __future__ import annotations

import unicodedata
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.exports.text import line, no_formula, plain

ANY = st.text(st.characters(codec=None))  # halves of surrogate pairs too


@given(ANY)
def test_what_is_left_may_stand_in_xml_and_utf8(text: str) -> None:
    kept = plain(text)
    kept.encode()
    escaped = kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert (fromstring(f"<a>{escaped}</a>").text or "") == kept


@given(ANY)
def test_only_controls_and_half_pairs_go(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    wanted = [c for c in whole if unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Zl", "Zp")]
    kept = plain(text)
    assert [c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Zl", "Zp")] == wanted
    assert plain(kept) == kept


@given(ANY)
def test_a_line_has_no_break_that_any_reader_sees(text: str) -> None:
    assert len(line(text).splitlines()) <= 1
    assert "\t" not in line(text)


def test_pairs_of_halves_are_one_character_and_joiners_stay() -> None:
    assert plain("\ud83d\ude00 \ud83d a\u200db \u202ec") == "😀  a\u200db c"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_as_a_formula_does_no_longer(start: str) -> None:
    assert no_formula(f"{start}1") == f"'{start}1"
    assert no_formula(f"a{start}1") == f"a{start}1"
