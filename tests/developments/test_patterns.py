"""The little language of cues."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.patterns import GROUPS, SLOTS, PatternError, compile_patterns

STOPS = frozenset({"not", "never", "n't", "but", "after"})
WORDS = st.lists(st.sampled_from(["the", "big", "talks", "were", "held", "soon", "again"]), max_size=9)


def matches(pattern: str, text: str, *, spaced: bool = True, stops: frozenset[str] = frozenset()) -> bool:
    compiled = compile_patterns([pattern], spaced=spaced, stops=stops)
    assert compiled is not None
    for name, slot in SLOTS.items():
        text = text.replace(f"<{name}>", slot)
    return compiled.search(text) is not None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("talks", "The TALKS end"),
        ("agree*", "They agreed"),
        ("agree* to", "agrees  to"),
        ("call* .. off", "calls the long awaited summit off"),
        ("(sign|ink) the deal", "they ink the deal"),
        ("(sign|put (name|hand) to) it", "put hand to it"),
        ("(has)? met", "met"),
        ("(has)? met", "has met"),
        ("will (not)? go", "will go"),
        ("will (not)? go", "will not go"),
        ("go (now)?", "go"),
        ("go (now)? home", "go home"),
        ("go .. (now|then)", "go home now"),
        ("<side> .. <thing>", "<side> opens <thing>"),
        ("<party> <plan>", "<side2> <plan>"),
        ("<event> off", "<doing> off"),
        ("<side> talks", "<side>'s talks"),
        ("why .. \\?", "why now?  ?"),
        ("e.g", "see e.g this"),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("talk", "talks"),
        ("talks", "small-talks2x".replace("-", "")),
        ("agree*", "disagreed"),
        ("a .. b", "a one two three four five six seven b"),
        ("a .. b", "a one, b"),
        ("a .. b", "a (one) b"),
        ("a .. b", 'a "one b'),
        ("a b", "a c b"),
        ("<side> .. <thing>", "<side2> .. <thing>"),
        ("<who>", "<thing>"),
        ("e.g", "see exg this"),
    ],
)
def test_a_pattern_matches_nothing_else(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("회담 .. 취소", "회담을 전격취소", True),
        ("회담 취소", "회담취소", True),
        ("회담 취소", "회담 취소", True),
        ("회담 .. 취소", "회담은 열린다。취소", False),
        ("회담 .. 취소", "회담, 취소", False),
        ("회담 .. 취소", "회담" + "가" * 16 + "취소", False),
        ("회담 .. 합의", "회담 않기로 합의", False),
    ],
)
def test_without_spaces_words_are_found_anywhere_and_a_gap_is_counted_in_characters(
    pattern: str, text: str, expected: bool
) -> None:
    assert matches(pattern, text, spaced=False, stops=frozenset({"않"})) is expected


@given(before=WORDS, stop=st.sampled_from(sorted(STOPS - {"n't"})), after=WORDS)
def test_no_gap_runs_over_a_stop_word(before: list[str], stop: str, after: list[str]) -> None:
    words = " ".join(["alpha", *before, stop, *after, "omega"])
    assert not matches("alpha .. omega", words, stops=STOPS)


@given(between=WORDS)
def test_a_gap_is_six_words_at_most(between: list[str]) -> None:
    text = " ".join(["alpha", *between, "omega"])
    assert matches("alpha .. omega", text, stops=STOPS) is (len(between) <= 6)


@given(st.text(alphabet="ab .|()*?<>side\\", max_size=20))
def test_any_text_is_a_pattern_or_is_refused_with_its_name(pattern: str) -> None:
    said = ""
    compiled = None
    try:
        compiled = compile_patterns([pattern], spaced=True)
    except PatternError as error:
        said = str(error)
    assert repr(pattern) in said or compiled is not None


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "begins and ends with a word"),
        (".. talks", "begins and ends with a word"),
        ("talks ..", "begins and ends with a word"),
        ("talks) off", "closes nothing"),
        ("a | b", "closes nothing"),
        ("(a|b", "not closed"),
        ("(a|)", "alternative is empty"),
        ("() a", "alternative is empty"),
        ("<nobody> meets", "no slot <nobody>"),
        ("no? plans", "write (no)? for a word that may be missing"),
        ("ca*ll off", "not a word of the pattern language"),
        ("<side off", "not a word of the pattern language"),
    ],
)
def test_a_pattern_outside_the_language_is_refused_with_a_reason(pattern: str, says: str) -> None:
    with pytest.raises(PatternError, match=re.escape(says)) as caught:
        compile_patterns([pattern], spaced=True)
    assert caught.value.exit_status == 2


def test_no_patterns_make_no_expression() -> None:
    assert compile_patterns([], spaced=True) is None


def test_the_longest_pattern_wins() -> None:
    compiled = compile_patterns(["summit", "summit talks"], spaced=True)
    assert compiled is not None
    assert compiled.search("the summit talks") == (len("the "), len("the summit talks"))


def test_a_star_means_nothing_special_in_scripts_without_spaces() -> None:
    with pytest.raises(PatternError):
        compile_patterns(["회담*"], spaced=False)


def test_every_slot_is_one_private_character_of_its_own_and_groups_name_slots() -> None:
    assert len(set(SLOTS.values())) == len(SLOTS)
    assert all(len(slot) == 1 and "\ue000" <= slot <= "\uf8ff" for slot in SLOTS.values())
    assert {name for names in GROUPS.values() for name in names} <= set(SLOTS)
