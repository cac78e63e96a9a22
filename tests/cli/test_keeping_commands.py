"""Backup, restore and maintain as commands: what they print, change, and refuse."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitors.archive import articles
from monitors.archive.connection import open_archive, open_reader
from monitors.definition.load import load_monitor
from monitors.errors import MonitorFileError

GLACIER = Path(__file__).parents[1] / "monitors_for_tests" / "glacier-talks.yaml"


@pytest.fixture
def mine(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled archive that a test may change."""
    path = tmp_path / "news" / "wirewatch.db"
    path.parent.mkdir()
    with sqlite3.connect(filled) as connection:
        connection.execute("vacuum into ?", [str(path)])
    return path


def monitor_file(folder: Path, **changes: Any) -> Path:
    document = yaml.safe_load(GLACIER.read_text("utf-8")) | {"id": "harbour"} | changes
    path = folder / "harbour.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


def texts(path: Path) -> list[str]:
    with open_reader(path) as archive:
        return [row[0] for row in archive.values("select text from article_texts order by 1")]


def add_article(path: Path) -> None:
    with open_archive(path) as archive:
        url = "https://harbour.example/b"
        articles.insert(archive, replace(articles.get(archive, 1), url=url, canonical_url=url, text="Nothing else."))


def test_a_backup_lies_beside_the_archive_and_can_be_read(call, mine: Path) -> None:
    done = call("backup", "--archive", mine)
    (made,) = (mine.parent / "backups").iterdir()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{made}: ")
    assert done.stdout.endswith(" 1 article, 2 developments, 1 alert, 1 delivery\n")
    assert call("search", "talks", "--archive", made).returncode == 0


def test_backups_are_rotated_where_one_says(call, mine: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "wirewatch-20200101T000000Z.db").write_text("", encoding="utf-8")
    row = json.loads(call("backup", "--archive", mine, "--to", folder, "--keep", 1, "--json").stdout)
    assert [str(path) for path in folder.iterdir()] == [row["path"]]
    assert [Path(name).name for name in row["removed"]] == ["wirewatch-20200101T000000Z.db"]
    assert row["rows"]["articles"] == 1
    assert row["bytes"] == Path(row["path"]).stat().st_size


def test_a_restore_keeps_what_it_replaces_and_only_on_demand(call, mine: Path) -> None:
    made = Path(json.loads(call("backup", "--archive", mine, "--json").stdout)["path"])
    add_article(mine)
    refused = call("restore", made, "--archive", mine)
    assert refused.returncode == 2
    assert "restore --force" in refused.stderr
    assert len(texts(mine)) == 2
    done = call("restore", made, "--archive", mine, "--force")
    assert done.returncode == 0, done.stderr
    aside = Path(done.stdout.splitlines()[-1].removeprefix("the archive that was there is kept as "))
    assert (len(texts(mine)), len(texts(aside))) == (1, 2)
    assert done.stderr == f"next: wirewatch doctor --archive {mine}\n"


def test_what_is_no_backup_is_refused_in_one_line(call, mine: Path, tmp_path: Path) -> None:
    for file in (tmp_path / "absent.db", GLACIER):
        done = call("restore", file, "--archive", mine, "--force")
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
        assert str(file) in done.stderr


def test_texts_stay_for_ever_unless_the_monitor_file_says_otherwise(call, mine: Path, tmp_path: Path) -> None:
    add_article(mine)
    done = call("maintain", "--archive", mine, "--monitor", monitor_file(tmp_path))
    assert done.stdout == "harbour: texts are kept for ever (retention.text_days is not set)\ntidied\n"
    assert len([text for text in texts(mine) if text]) == 2


def test_old_texts_go_after_a_dry_run_has_told_which(call, mine: Path, tmp_path: Path) -> None:
    add_article(mine)
    monitor = monitor_file(tmp_path, retention={"text_days": 30})
    for dry in (["--dry-run"], []):
        row = json.loads(call("maintain", "--archive", mine, "--monitor", monitor, "--json", *dry).stdout)
        assert row["dry_run"] is bool(dry)
        assert (row["texts"], row["characters"], row["kept_as_evidence"]) == (1, len("Nothing else."), 1)
        assert ("Nothing else." in texts(mine)) is bool(dry)
    assert "Talks will be held on Thursday." in texts(mine)
    done = call("maintain", "--archive", mine, "--monitor", monitor)
    assert "older than 30 days: removed 0 texts, 0 revisions and 0 feed summaries (0 characters); " in done.stdout


def test_the_search_index_is_filled_anew_on_demand(call, mine: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(mine, isolation_level=None)
    connection.execute("insert into search_index (search_index) values ('delete-all')")
    connection.execute("drop trigger search_index_update")
    connection.close()
    assert call("search", "talks", "--archive", mine, "--json").stdout == ""
    done = call("maintain", "--archive", mine, "--monitor", monitor_file(tmp_path), "--rebuild-index")
    assert done.stdout.endswith("tidied; search index filled anew\n")
    assert len(call("search", "talks", "--archive", mine, "--json").stdout.splitlines()) == 1


def test_an_archive_that_is_not_there_is_not_made(call, tmp_path: Path) -> None:
    for command in (["backup"], ["maintain"]):
        done = call(*command, "--archive", tmp_path / "none.db")
        assert done.returncode == 1
        assert "no such file" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", [0, -1, "soon"])
def test_a_retention_that_is_no_number_of_days_is_refused(tmp_path: Path, days: object) -> None:
    with pytest.raises(MonitorFileError, match="text_days"):
        load_monitor(monitor_file(tmp_path, retention={"text_days": days}))
