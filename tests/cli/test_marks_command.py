"""Marks from the command line, and the labelled examples they become."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Wirewatch = Callable[..., CompletedProcess[str]]


@pytest.fixture
def archive(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(filled, tmp_path / "wirewatch.db"))


def test_a_mark_is_made_listed_and_written_as_an_example(call: Wirewatch, archive: Path, tmp_path: Path) -> None:
    where = ("--archive", archive)
    assert "no marks; wirewatch mark makes one" in call("marks", *where).stderr
    said = call("mark", 1, "wrong", "--comment", "it was history", "--author", "ada", *where)
    assert said.stdout == "development 1: marked wrong, by ada\n"
    listed = call("marks", *where)
    assert "it was history · ada" in listed.stdout
    (row,) = [json.loads(line) for line in call("marks", "--json", *where).stdout.splitlines()]
    assert (row["development_id"], row["verdict"], row["counts"]) == (1, "wrong", True)
    assert ", marked wrong" in call("developments", *where).stdout
    assert call("marks", "--examples", tmp_path / "e.jsonl", *where).stderr.endswith("e.jsonl: 1 example\n")
    (example,) = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text("utf-8").splitlines()]
    assert {"sentence", "situation", "status", "verdict", "doc", "published", "language"} <= set(example)
    assert json.loads(call("marks", "--examples", "-", *where).stdout) == example


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((99, "wrong", "--comment", "x"), "development 99: there is none of that number"),
        ((1, "odd", "--comment", "x"), "verdict odd: expected one of wrong, merged, right"),
        ((1, "wrong", "--comment", " "), "--comment: say why"),
        ((1, "merged", "--comment", "x"), "names another one"),
        ((1, "merged", "--into", 1, "--comment", "x"), "cannot be merged into itself"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(
    call: Wirewatch, archive: Path, words: tuple[object, ...], says: str
) -> None:
    done = call("mark", *words, "--author", "ada", "--archive", archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
