"""The phrases of a situation are compiled once, and what cannot be is named."""

from __future__ import annotations

from typing import Any

import pytest

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor, Situation
from monitors.developments.languages import LanguagePack
from monitors.developments.patterns import PatternError
from monitors.developments.watched import Watched, companions, watch


def situation(**values: Any) -> Situation:
    return Situation.model_validate(
        {"id": "s", "kind": "policy", "title": "S", "parties": [["a"], ["b"]], "words": {"en": ["exercise"]}} | values
    )


def watched(pack: LanguagePack, own: Situation, *others: Situation) -> Watched:
    return watch(own, "en", pack, (own, *others))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"names": {"en": ["(a"]}}, "names.en"),
        ({"words": {"en": ["no? way"]}}, "words.en"),
        ({"never": {"en": [".. a"]}}, "never.en"),
        ({"cues": {"en": {"ended": ["<nobody> .. <thing>"]}}}, "cues.ended.en"),
        ({"acts": {"en": {"ended": ["a)"]}}}, "acts.ended.en"),
    ],
)
def test_a_phrase_outside_the_language_is_named_by_situation_and_key(
    tiny: LanguagePack, values: dict[str, Any], key: str
) -> None:
    with pytest.raises(PatternError, match=f"situation s: {key}"):
        watched(tiny, situation(**values))


def test_a_cue_that_does_not_say_where_the_event_stands_means_beside_it(tiny: LanguagePack) -> None:
    cues = watched(tiny, situation(cues={"en": {"ended": ["goes home"], "suspended": ["<thing> rests"]}})).cues
    assert cues["ended"].search("the fleet goes home from \ue000")
    assert cues["ended"].search("\ue000 is done and it goes home")
    assert not cues["ended"].search("the fleet goes home")
    assert cues["suspended"].search("\ue000 rests")
    assert not cues["suspended"].search("rests \ue000")


def test_names_of_other_situations_are_foreign_but_shared_ones_are_not(tiny: LanguagePack) -> None:
    own = situation(names={"en": ["spring drill", "shared name"]})
    other = situation(id="o", names={"en": ["autumn drill", "shared name"]})
    foreign = watched(tiny, own, other).markers.foreign
    assert foreign is not None
    assert foreign.search("the autumn drill")
    assert not foreign.search("the shared name")


def test_a_situation_without_phrases_in_a_language_has_no_patterns(tiny: LanguagePack) -> None:
    bare = watch(situation(words={}), "ko", tiny, ())
    assert (bare.never, bare.markers.names, bare.markers.words, dict(bare.cues), dict(bare.acts)) == (
        None, None, None, {}, {},
    )  # fmt: skip
    assert not bare.is_meeting


def test_a_person_is_vouched_for_by_its_government_and_its_counterparts() -> None:
    found = companions(load_monitor(shipped_monitor_path()))
    assert {"donald-trump", "lee-jae-myung"} <= found["kim-jong-un"]
    assert all(entity not in others for entity, others in found.items())


def test_without_situations_between_them_nobody_vouches(reader: Any) -> None:
    monitor: Monitor = reader.monitor
    found = companions(monitor)
    assert found["ada-brunnick"] >= {"tarnland", "joren-saal"}
    assert "ada-brunnick" not in found["ivo-renn"]
