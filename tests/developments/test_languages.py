"""Language packs are data, and a broken one says where it is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitors.definition.kinds import STATUSES
from monitors.developments.languages import LanguagePack, LanguagePackError, load_pack, read_pack

TINY = (Path(__file__).resolve().parent / "tiny.toml").read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_shipped_pack_speaks_of_every_kind(language: str) -> None:
    pack = load_pack(language)
    assert pack is not None
    assert pack.language == language
    assert set(pack.kinds) == set(STATUSES)
    for kind, words in pack.kinds.items():
        assert words.cues.keys() - {"none"}, f"{language} has no cue for {kind}"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_shipped_pack_has_a_cue_for_every_status(language: str) -> None:
    pack = load_pack(language)
    assert pack is not None
    missing = {
        f"{kind}.{status}" for kind, own in STATUSES.items() for status in set(own) - pack.kinds[kind].cues.keys()
    }
    assert missing == set()


def test_a_language_without_a_pack_has_none() -> None:
    assert load_pack("tlh") is None


def test_a_pack_is_read_as_written(tiny: LanguagePack) -> None:
    assert (tiny.language, tiny.version, tiny.spaced) == ("en", 7, True)
    assert tiny.abbreviations == {"mr", "ms"}
    assert tiny.stops == {"not"}
    assert set(tiny.kinds["meeting"].acts) == {"plan", "now", "past", "doing"}
    assert set(tiny.background) == {"history", "hypothesis", "opinion"}


def test_what_a_pack_may_leave_out() -> None:
    bare = TINY.replace('pronouns = ["he", "they"]\n', "").replace('determiners = ["a", "the", "planned"]\n', "")
    bare = bare.replace('deadlines = ["by"]\n', "").replace('stops = ["not"]\n', "")
    bare = "\n".join(line for line in bare.splitlines() if not line.startswith("dateline"))
    pack = read_pack(bare, "bare.toml")
    assert (pack.pronouns, pack.determiners, pack.deadlines, pack.dateline) == (None, None, None, None)
    assert pack.stops == frozenset()


def test_a_pack_without_words_for_dates_finds_none() -> None:
    start, end = TINY.index("[dates]"), TINY.index("[article]")
    pack = read_pack(f"{TINY[:start]}[dates]\n{TINY[end:]}", "dateless.toml")
    assert pack.dates.pattern.search("tomorrow, on Monday in May") is None
    assert pack.dates.pattern.search("in 2031") is not None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 7", "version = ", "tiny.toml: "),
        ("spaced = true", "", "missing or wrong section: 'spaced'"),
        ("[occurrence]", "[occurence]", "missing or wrong section: 'things'"),
        ("[clauses]", "[clause]", "missing or wrong section: 'clauses'"),
        ("postponed =", "put_off =", "meeting.cues.put_off: not a status of kind meeting"),
        ("weighed =", "mooted =", "policy.cues.mooted: not a status of kind policy"),
        ("proposes .. <event>", "proposes .. <evnt>", "no slot <evnt>"),
        ("^[A-Z]{3,}, ", "^([A-Z]{3,}, ", "tiny.toml: "),
        ('[attribution]\ncues = ["said", "says"]', "[attribution]\ncues = 4", "missing or wrong section"),
    ],
)
def test_a_broken_pack_is_refused_with_its_name_and_the_key(old: str, new: str, says: str) -> None:
    broken = TINY.replace(old, new, 1)
    assert broken != TINY
    with pytest.raises(LanguagePackError) as caught:
        read_pack(broken, "tiny.toml")
    assert str(caught.value).startswith("language pack tiny.toml: ")
    assert says in str(caught.value)
