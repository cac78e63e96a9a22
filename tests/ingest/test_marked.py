"""Marks held against a replay: what is wrong must go, what is right must stay, and a mark knows its development."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitors.clock import from_iso
from monitors.errors import InputError
from monitors.ingest.marked import Held, hold, read_marks

SAID = "They will meet on Monday."


def mark(verdict: str, **changed: Any) -> dict[str, Any]:
    known = {"situation": "talks", "status": "scheduled", "doc": "7", "published": "2026-03-01T12:00:00Z"}
    return known | {"verdict": verdict, "sentence": SAID} | changed


def line(**changed: Any) -> dict[str, Any]:
    known = {"situation": "talks", "status": "scheduled", "doc": "7", "published": "2026-03-01T12:00:00Z"}
    return known | {"evidence": [{"doc": "7", "sentence": SAID}]} | changed


def findings(held: Held) -> list[str]:
    return [one.finding for one in held.against]


def test_a_replay_goes_against_what_is_wrong_or_merged_and_raised_and_what_is_right_and_gone() -> None:
    verdicts = [mark(verdict) for verdict in ("wrong", "merged", "right")]
    raised, gone = hold(verdicts, [line()]), hold(verdicts, [])
    assert findings(raised) == ["wrong, still raised", "merged, still raised"]
    assert [one.place for one in raised.against] == [0, 1]
    assert findings(gone) == ["right, no longer raised"]
    assert gone.counts == {"wrong": 1, "merged": 1, "right": 1}
    assert (raised.count("wrong, still raised"), gone.count("wrong, still raised")) == (1, 0)


@pytest.mark.parametrize(
    ("other", "is_it"),
    [
        (line(evidence=[]), True),
        (line(doc="9", published="2026-03-02T12:00:00Z"), True),
        (line(doc="9", evidence=[{"sentence": "They met."}]), False),
        (line(published="2025-03-01T12:00:00Z", evidence=[]), False),
        (line(status="occurred"), False),
        (line(situation="strike"), False),
    ],
)
def test_a_mark_knows_its_development_by_its_document_or_its_sentence(other: dict[str, Any], is_it: bool) -> None:
    assert bool(hold([mark("wrong")], [other]).against) is is_it


def test_a_mark_without_a_sentence_is_known_by_its_document_only() -> None:
    nothing = mark("wrong", sentence="", doc="8")
    assert hold([nothing], [line(evidence=[{"sentence": ""}])]).against == ()


def test_marks_of_before_the_first_day_are_left_out() -> None:
    held = hold([mark("right")], [], since=from_iso("2026-03-02T00:00:00Z"))
    assert (held.counts["right"], held.against) == (0, ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "m.jsonl:2: not JSON"),
        ("[]", "m.jsonl:2: expected verdict, situation"),
        (json.dumps(mark("wrong") | {"doc": 7}), "m.jsonl:2: expected verdict"),
        (json.dumps(mark("odd")), "m.jsonl:2: verdict odd: expected one of wrong, merged, right"),
        (json.dumps(mark("wrong", published="yesterday")), "m.jsonl:2: published: expected a time"),
    ],
)
def test_a_file_that_holds_no_marks_is_refused_by_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "m.jsonl"
    file.write_text(f"{json.dumps(mark('wrong'))}\n{text}\n", "utf-8")
    with pytest.raises(InputError, match=says):
        read_marks(str(file))
