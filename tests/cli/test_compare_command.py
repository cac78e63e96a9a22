"""`replay --compare` tells what a changed monitor file would change, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

MONITOR = Path(__file__).with_name("ferry.yaml")
STREAM = Path(__file__).with_name("ferry.jsonl")


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The monitor with a phrase that hides the plan,."""
    path = tmp_path / "changed.yaml"
    text = MONITOR.read_text(encoding="utf-8")
    path.write_text(text.replace("[jones]]}", "[jones]], never: {en: [agree to meet, has agreed]}}"), encoding="utf-8")
    return path


def test_what_a_change_loses_is_told_with_its_reason(call: Any, changed: Path) -> None:
    done = call("replay", STREAM, "--compare", MONITOR, changed)
    assert done.returncode == 0
    shown = done.stdout.splitlines()
    assert shown[:3] == [
        f"A: {MONITOR}, developments: 2",
        f"B: {changed}, developments: 1",
        "the same in both: 1",
    ]
    assert "only in A: 1 (the change loses it)" in shown
    assert any("smith-jones: agreed [f1]" in line for line in shown)
    assert done.stderr.splitlines()[-1] == "4 documents; on topic: A 3, B 3"


def test_as_json_each_difference_is_a_line_with_both_sides(call: Any, changed: Path, tmp_path: Path) -> None:
    out = tmp_path / "differences.jsonl"
    done = call("replay", STREAM, "--compare", MONITOR, changed, "--json", "--out", out)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert out.read_text(encoding="utf-8") == done.stdout
    assert [(row["change"], row["a"]["doc"], row["b"] and row["b"]["doc"]) for row in rows] == [
        ("only in A", "f1", None),
    ]
    back = call("replay", STREAM, "--compare", changed, MONITOR, "--json").stdout.splitlines()
    assert [json.loads(line)["change"] for line in back] == ["only in B"]


def test_a_file_compared_with_itself_differs_in_nothing(call: Any) -> None:
    done = call("replay", STREAM, "--compare", MONITOR, MONITOR)
    assert done.returncode == 0
    head = done.stdout.splitlines()
    assert len(head) == 3
    assert head[2] == "the same in both: 2"
    assert call("replay", STREAM, "--compare", MONITOR, MONITOR, "--json").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((STREAM, "--compare", MONITOR, MONITOR, "--monitor", MONITOR), "leave the others out"),
        (("-", "--compare", MONITOR, MONITOR), "standard input"),
        ((STREAM, "--since", "2031-01-01"), "give files of documents, or --since"),
        ((), "give files of documents, or --since"),
        (("--since", "yesterday"), "expected a day"),
        ((STREAM, "--archive", "x.db"), "--archive goes with --since"),
        ((STREAM, "--compare", MONITOR, "missing.yaml"), "missing.yaml"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(call: Any, arguments: tuple[Any, ...], message: str) -> None:
    done = call("replay", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
