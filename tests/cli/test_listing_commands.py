"""Listings: JSON Lines and nothing else with --json, one readable row a line when piped."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from monitors.archive import articles, copies
from monitors.archive.connection import open_archive

LISTINGS = ["situations", "developments", "alerts", "feeds", "runs"]


@pytest.mark.parametrize("listing", [*LISTINGS, "search talks"])
def test_json_prints_json_lines_and_nothing_else(call, filled: Path, listing: str) -> None:
    done = call(*listing.split(), "--archive", filled, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows
    assert all(isinstance(row, dict) for row in rows)
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


@pytest.mark.parametrize("listing", LISTINGS)
def test_empty_archive_prints_no_row_and_says_so_on_stderr(call, tmp_path: Path, listing: str) -> None:
    open_archive(tmp_path / "new.db").close()
    done = call(listing, "--json", "--archive", tmp_path / "new.db")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1


def test_developments_are_listed_newest_first_with_baseline_marked(call, filled: Path) -> None:
    done = call("developments", "--archive", filled)
    header, _, first, second = done.stdout.splitlines()
    assert header.split()[:3] == ["published", "development", "report"]
    assert "scheduled (was agreed)" in first
    assert "agreed, baseline" in second


def test_hostile_title_is_shown_as_text(call, filled: Path) -> None:
    shown = call("developments", "--archive", filled).stdout
    assert "[bold]Port[/bold] talks 회담 set[31m" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_filters_and_limit_narrow_the_list(call, filled: Path) -> None:
    options = ("--status", "scheduled", "--situation", "port-talks", "--since", "2026-03-01")
    found = call("developments", "--archive", filled, "--json", *options)
    assert [json.loads(line)["status"] for line in found.stdout.splitlines()] == ["scheduled"]
    latest = call("developments", "--archive", filled, "--json", "--limit", 1)
    assert [json.loads(line)["status"] for line in latest.stdout.splitlines()] == ["scheduled"]


def test_alerts_name_the_delivery_that_is_dead_and_why(call, filled: Path) -> None:
    assert "log dead: path is a folder" in call("alerts", "--archive", filled).stdout


def test_failing_feeds_come_first(call, filled: Path) -> None:
    rows = [json.loads(line) for line in call("feeds", "--archive", filled, "--json").stdout.splitlines()]
    assert [row["outcome"] for row in rows] == ["timeout", "ok"]


def test_search_finds_korean_and_says_when_nothing_is_found(call, filled: Path) -> None:
    found = call("search", "회담", "--archive", filled)
    assert "Harbour Post" in found.stdout
    missed = call("search", "zeppelin", "--best", "--archive", filled)
    assert (missed.returncode, missed.stdout) == (0, "")
    assert "zeppelin" in missed.stderr


def test_search_says_which_article_an_update_updates(call, filled: Path, tmp_path: Path) -> None:
    updated = tmp_path / "updated.db"
    shutil.copyfile(filled, updated)
    with open_archive(updated) as archive:
        articles.insert(archive, replace(articles.get(archive, 1), canonical_url="https://harbour.example/b"))
        copies.set_updates(archive, {2: 1})
    found = [json.loads(line) for line in call("search", "talks", "--archive", updated, "--json").stdout.splitlines()]
    assert {row["article_id"]: row["update_of"] for row in found} == {1: None, 2: 1}
    with open_archive(updated) as archive:
        copies.set_groups(archive, {2: 1})
    assert "Harbour Post · and 1 copy of it · https" in call("search", "talks", "--archive", updated).stdout


def test_archive_is_found_by_environment(call, filled: Path) -> None:
    assert "scheduled" in call("situations", WIREWATCH_ARCHIVE=str(filled)).stdout


def test_terminal_that_cannot_write_korean_still_lists(wirewatch, filled: Path) -> None:
    done = wirewatch("developments", "--archive", filled, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "talks ?? set" in done.stdout
