"""`check` names each fault of a monitor file; `schema` writes what an editor needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SMALL = """\
version: 1
id: harbour
title: Harbour
languages: [en]
feeds:
  - {url: https://harbour.example/rss, publisher: Harbour Post, family: post, language: en}
entities:
  - {id: port, name: The port, kind: organisation, names: {en: [Port Authority]}}
topic: {any_of: [[port]]}
situations:
  - {id: port-talks, kind: meeting, title: Port talks, names: {en: [port talks]}}
policy:
  rules:
    - {channels: [screen]}
    - {statuses: [signed], channels: [screen]}
channels:
  - {id: screen, type: terminal}
  - {id: log, type: file, path: alerts.jsonl}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_good_file_is_summed_up_and_its_oddities_are_named(call, small: Path) -> None:
    done = call("check", small)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{small}: in order\n")
    assert "feeds: 1, by 1 publishers of 1 families" in done.stdout
    assert "channel 'log' is used by no rule" in done.stderr
    assert "no situation can have the status 'signed'" in done.stderr
    assert "rule 2 never decides" in done.stderr


def test_shipped_monitor_is_in_order(call) -> None:
    done = call("check")
    assert done.returncode == 0
    assert "situations: 10" in done.stdout
    (line,) = done.stderr.splitlines()
    assert "polling.contact is not set" in line


@pytest.mark.parametrize("command", [["check"], ["run", "--plain", "--monitor"], ["run", "--monitor"]])
def test_wrong_file_ends_with_2_and_names_file_and_line(call, small: Path, tmp_path: Path, command: list[str]) -> None:
    small.write_text(SMALL.replace("kind: meeting", "kind: party"), encoding="utf-8")
    done = call(*command, small, WIREWATCH_ARCHIVE=str(tmp_path / "untouched.db"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{small}:11: situations" in done.stderr
    assert not (tmp_path / "untouched.db").exists()


def test_missing_file_ends_with_2_and_is_named(call, tmp_path: Path) -> None:
    done = call("check", tmp_path / "gone.yaml")
    assert done.returncode == 2
    assert "gone.yaml" in done.stderr


def test_schema_goes_to_stdout_or_a_file(call, tmp_path: Path) -> None:
    printed = call("schema")
    written = call("schema", "--out", tmp_path / "schema.json")
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, "")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == printed.stdout
    assert json.loads(printed.stdout)["type"] == "object"
