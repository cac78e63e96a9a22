"""What the rules leave open is estimated: by a model made from labelled sentences, and only when it is sure."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.developments.estimate import estimate, features
from monitors.developments.languages import load_pack
from monitors.developments.patterns import traces_of
from monitors.developments.regression import Model, read_model

TRAINING = Path(__file__).parents[1] / "training" / "documents.jsonl"
MODEL = Model(1, "", {"none": 0.0, "mooted": -1.0}, {"none": {}, "mooted": {"<thing> <side2>": 4.0, "title": -9.0}})


def test_the_shipped_model_was_made_from_the_shipped_sentences() -> None:
    pack = load_pack("en")
    assert pack is not None
    assert pack.model is not None
    assert pack.model.trained_on == hashlib.sha256(TRAINING.read_bytes()).hexdigest(), "make train"
    assert set(pack.model.bias) == set(pack.model.weights)


@given(st.frozensets(st.sampled_from(["<thing> <side2>", "title", "unheard of"])))
def test_probabilities_add_up(present: frozenset[str]) -> None:
    answers = MODEL.probabilities(present)
    assert math.isclose(sum(answers.values()), 1.0)
    assert all(0.0 <= answer <= 1.0 for answer in answers.values())


def test_a_model_is_read_as_it_was_written() -> None:
    data = {
        "version": 1,
        "trained_on": "",
        "bias": dict(MODEL.bias),
        "weights": {k: dict(v) for k, v in MODEL.weights.items()},
    }
    assert read_model(json.dumps(data)) == MODEL


def test_features_name_slots_words_and_traces_but_no_names(reader: Any) -> None:
    (found,) = reader.candidates("Ada Brunnick may meet Joren Saal")
    present = features(found, reader.pack, None)
    assert {"<side> may", "slot plan", "title", "parties 2"} <= present
    assert not any("brunnick" in name or "saal" in name for name in present)


def test_without_a_model_nothing_is_estimated(reader: Any) -> None:
    (found,) = reader.candidates("Ada Brunnick and the strange summit with Joren Saal")
    assert reader.pack.model is None
    assert estimate(found, reader.pack) is None


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        ("(call*|called) off .. <thing>", ["(call*|called) off"]),
        ("<thing> .. (on|in) <date>", []),
        ("<party> .. (refus*|<act>) .. with <thing>", ["(refus*)"]),
        ("(want|wants) (to|for)? .. <event>", []),
        ("(tear*|tore) up .. (itinerary|plans)", ["(tear*|tore) up", "(itinerary|plans)"]),
    ],
)
def test_traces_are_the_telling_words_of_a_cue(pattern: str, runs: list[str]) -> None:
    assert traces_of(pattern, spaced=True) == runs
