"""How runs stand: a dead scheduler, a monitor without good runs, a clock that went back, packages that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.archive import leases, runs
from monitors.archive.connection import Archive, open_archive
from monitors.ingest import standing
from monitors.ingest.turn import new_owner

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "w.db") as opened:
        yield opened


def add_run(archive: Archive, outcome: str, at: datetime) -> None:
    runs.finish(archive, runs.start(archive, "harbour", at).id, at, outcome, {})


def test_scheduler_that_is_alive_says_where_its_page_is(archive: Archive) -> None:
    leases.take(archive, "ingest harbour", new_owner(), NOW, 120)
    leases.take(archive, "schedule harbour", new_owner(), NOW, 120, detail="http://127.0.0.1:4200, a pass every minute")
    (found,) = standing.schedulers(archive, NOW)
    assert (found.state, found.subject) == ("good", "scheduler of harbour")
    assert found.detail == "http://127.0.0.1:4200, a pass every minute, since 2026-03-01 12:00 UTC"


@pytest.mark.parametrize(("seconds", "gone"), [(121, False), (1, True)])
def test_scheduler_that_was_killed_is_told(archive: Archive, seconds: int, gone: bool) -> None:
    leases.take(archive, "schedule harbour", new_owner(), NOW, 120)
    (found,) = standing.schedulers(archive, NOW + timedelta(seconds=seconds), lambda owner: gone)
    assert found.state == "look"
    assert found.detail.startswith("ended without a word")


def test_no_scheduler_is_no_fault(archive: Archive) -> None:
    (found,) = standing.schedulers(archive, NOW)
    assert (found.state, found.subject) == ("good", "scheduler")


def test_skipped_runs_hide_neither_a_failure_nor_the_last_good_run(archive: Archive) -> None:
    add_run(archive, "ok", NOW - timedelta(hours=2))
    add_run(archive, "failed", NOW - timedelta(hours=1))
    add_run(archive, "skipped", NOW)
    (found,) = standing.last_runs(archive, NOW)
    assert (found.state, found.subject) == ("look", "last run of harbour")
    assert found.detail == "failed; the last good one ended 2026-03-01 10:00 UTC"


def test_good_run_of_the_day_before_yesterday_wants_an_eye(archive: Archive) -> None:
    add_run(archive, "ok", NOW - timedelta(days=2))
    (found,) = standing.last_runs(archive, NOW)
    assert found.state == "look"
    assert "2 days ago" in found.detail


def test_clock_behind_the_archive_is_noticed(archive: Archive) -> None:
    add_run(archive, "ok", NOW)
    assert standing.clock(archive, NOW).state == "good"
    assert standing.clock(archive, NOW - timedelta(minutes=1)).state == "good"
    found = standing.clock(archive, NOW - timedelta(hours=1))
    assert found.state == "look"
    assert "2026-03-01 12:00 UTC" in found.detail


def test_package_that_is_too_new_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "harbourwatch-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: harbourwatch\nVersion: 1\nRequires-Dist: requests<1\n"
        "Requires-Dist: pydantic>=2\nRequires-Dist: nowhere>=1\nRequires-Dist: other>=1; extra == 'dask'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = standing.versions("harbourwatch")
    assert found.state == "look"
    assert "requests is 2" in found.detail
    assert "harbourwatch needs <1: pip install 'requests<1'" in found.detail
    assert "nowhere is not installed" in found.detail
    assert "pydantic is" not in found.detail
    assert "other is" not in found.detail
