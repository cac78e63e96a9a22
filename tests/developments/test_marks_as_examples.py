"""What people mark becomes examples to train by: the marked sentence, read for the marked situation, and no other."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TRAINING = Path(__file__).parents[1] / "training"
MEETING = "Trump agrees to meet North Korea's Kim by May, South Korean official says"


@pytest.fixture(scope="module")
def examples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("training_examples", TRAINING / "examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _mark(verdict: str, **changed: Any) -> dict[str, Any]:
    return {
        "development": 5, "verdict": verdict, "merged_into": None, "monitor": "us-korea", "language": "en",
        "situation": "trump-kim-meeting", "status": "agreed", "sentence": MEETING, "field": "title", "doc": "8",
        "published": "2018-03-09T00:19:00Z",
    } | changed  # fmt: skip


def _written(path: Path, *marks: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(mark)}\n" for mark in marks), "utf-8")
    return path


@pytest.mark.parametrize(("verdict", "status"), [("wrong", "none"), ("merged", "agreed"), ("right", "agreed")])
def test_a_mark_is_one_example(examples: ModuleType, tmp_path: Path, verdict: str, status: str) -> None:
    (found,) = examples.marked_examples(_written(tmp_path / "m.jsonl", _mark(verdict)))
    assert (found.status, found.story) == (status, "marked 5")
    assert "title" in found.present


def test_what_is_merged_is_of_one_story_with_what_it_belongs_to(examples: ModuleType, tmp_path: Path) -> None:
    file = _written(tmp_path / "m.jsonl", _mark("right"), _mark("merged", development=6, merged_into=5, field="text"))
    assert {one.story for one in examples.marked_examples(file)} == {"marked 5"}


@pytest.mark.parametrize(
    "changed",
    [{"monitor": "another"}, {"language": "ko"}, {"situation": "no-such-meeting"}, {"sentence": "It is cold."}],
)
def test_a_mark_of_something_else_is_no_example(examples: ModuleType, tmp_path: Path, changed: dict[str, Any]) -> None:
    assert list(examples.marked_examples(_written(tmp_path / "m.jsonl", _mark("wrong", **changed)))) == []


@pytest.mark.slow
def test_training_by_marks_changes_the_model_and_says_so(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    marks = _written(tmp_path / "m.jsonl", *(_mark("wrong", development=number) for number in range(1, 30)))
    out = tmp_path / "model.json"
    done = subprocess.run(
        [sys.executable, str(TRAINING), "--marks", str(marks), "--out", str(out)],
        capture_output=True, text=True, check=False, cwd=TRAINING.parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "marked: 29 sentences, alone right on 1.000" in done.stdout
    shipped = TRAINING.parents[1] / "monitors" / "developments" / "languages" / "en.model.json"
    assert json.loads(out.read_text("utf-8"))["trained_on"] != json.loads(shipped.read_text("utf-8"))["trained_on"]
