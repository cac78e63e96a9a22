"""Phrases are found where their first words stand, and are the same as those that a search everywhere finds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.languages import LanguagePack, load_pack
from monitors.developments.patterns import SLOTS, compile_patterns
from monitors.developments.phrases import Phrases
from monitors.developments.vocabulary import Vocabulary

SENTENCES = Path(__file__).resolve().parents[1] / "training" / "documents.jsonl"
WORD = st.sampled_from(
    ["the", "talks", "talk*", "agree*", "op-ed", "no-show*", "won't", "<thing>", "<who>", "q&a", "e.g"]
)
OPTION = st.lists(WORD, min_size=1, max_size=2).map(" ".join)
GROUP = st.tuples(st.lists(OPTION, min_size=1, max_size=3).map("|".join), st.sampled_from(["", "?"])).map(
    lambda made: f"({made[0]}){made[1]}"
)
PATTERN = st.tuples(st.lists(st.one_of(WORD, GROUP, WORD.map(lambda word: f".. {word}")), max_size=3), WORD).map(
    lambda made: " ".join([*made[0], made[1]]).removeprefix(".. ")
)
PIECE = st.sampled_from(
    ["the", "Talks", "talking", "AGREED", "op-ed", "No-Shows", "won't", "q&a", "e.g", "disagree", "talks2", "ſaid",
     "İt", "Œuvre", ",", "-", "'s", "?", *SLOTS.values()]
)  # fmt: skip
TEXT = st.lists(st.tuples(PIECE, st.sampled_from([" ", "", "  "])).map("".join), max_size=12).map("".join)


def everywhere(phrases: Phrases, text: str) -> list[tuple[int, int]]:
    """What a search of every place in `text` finds."""
    return [found.span() for found in re.finditer(phrases.pattern.pattern, text, re.IGNORECASE)]


@given(st.lists(PATTERN, min_size=1, max_size=4), st.lists(TEXT, min_size=1, max_size=3))
def test_looking_up_first_words_finds_what_a_search_everywhere_finds(patterns: list[str], texts: list[str]) -> None:
    vocabulary = Vocabulary()
    together = compile_patterns(patterns, spaced=True, stops=frozenset({"the"}), vocabulary=vocabulary)
    alone = [compile_patterns([pattern], spaced=True, vocabulary=vocabulary) for pattern in patterns]
    for text in texts:
        for phrases in (together, *alone):
            assert phrases is not None
            expected = everywhere(phrases, text)
            assert list(phrases.spans(text)) == expected
            assert phrases.search(text) == (expected[0] if expected else None)


def phrases_of(pack: LanguagePack) -> list[Phrases]:
    kinds = pack.kinds.values()
    groups = [group.values() for kind in kinds for group in (kind.cues, kind.acts, kind.traces)]
    whole = [pack.attribution, pack.breaks, pack.subordinate, *(kind.things for kind in kinds)]
    return [
        own for own in (*whole, *(own for group in (pack.background.values(), *groups) for own in group))
        if own is not None
    ]  # fmt: skip


def test_every_phrase_of_the_english_pack_is_found_as_by_a_search_everywhere() -> None:
    pack = load_pack("en")
    assert pack is not None
    documents = [json.loads(line) for line in SENTENCES.read_text("utf-8").splitlines()[:400:9]]
    found = 0
    for phrases in phrases_of(pack):
        for document in documents:
            text = document["title"] + " \ue000 " + document["text"][:120].replace(" the ", " \ue005 ")
            expected = everywhere(phrases, text)
            assert list(phrases.spans(text)) == expected
            found += len(expected)
    assert found > 500


def test_a_phrase_that_begins_with_no_letter_is_looked_for_everywhere() -> None:
    phrases = compile_patterns(["'twas said", "once"], spaced=True)
    assert phrases is not None
    assert phrases.spans("Once, 'Twas said") == ((0, 4), (6, 16))
    assert phrases.search("so 'Twas said") == (3, 13)


def test_phrases_may_be_added_after_a_text_was_read() -> None:
    vocabulary = Vocabulary()
    compile_patterns(["talks"], spaced=True, vocabulary=vocabulary)
    assert vocabulary.read("summit talks").starts == ((len("summit "), 1),)
    later = compile_patterns(["summ*"], spaced=True, vocabulary=vocabulary)
    assert later is not None
    assert later.search("summit talks") == (0, len("summit"))


@pytest.mark.parametrize(("pattern", "text"), [("israel", "İSRAEL"), ("ısparta", "Isparta"), ("σοφος", "ΣΟΦΟΣ")])
def test_letters_that_differ_by_case_alone_are_equal(pattern: str, text: str) -> None:
    phrases = compile_patterns([pattern], spaced=True)
    assert phrases is not None
    assert phrases.spans(text) == ((0, len(text)),)
    assert phrases.at(text, 0) == (0, len(text))
    assert phrases.fit(text)
