"""One pass of a monitor at a time: a second is skipped, one that died or failed is in nobody's way."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from monitors.archive import leases, runs
from monitors.archive.connection import open_archive
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor
from monitors.errors import PassUnderWay
from monitors.ingest import steps, turn
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.one_pass import record_failure, run_pass
from monitors.ingest.summary import PassSummary

ROOT = Path(__file__).parents[2]
BEGIN = """
import sys, time
from pathlib import Path
from monitors.clock import utc_now
from monitors.definition.load import load_monitor
from monitors.ingest import steps
steps.prepare(load_monitor(Path(sys.argv[1])), Path(sys.argv[2]), utc_now)
print("begun", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def monitor() -> Iterator[Monitor]:
    with FeedServer() as feeds:
        feeds.publish({"rss": []})
        yield demo_monitor(load_monitor(shipped_monitor_path()), feeds.port, ["rss"])


def run(monitor: Monitor, path: Path) -> PassSummary:
    return run_pass(monitor, path, clock=utc_now, alert_stream=io.StringIO())


def outcomes(path: Path) -> list[str]:
    with open_archive(path) as archive:
        return [run["outcome"] for run in reversed(runs.listing(archive))]


def test_second_pass_is_skipped_and_that_is_no_failure(monitor: Monitor, tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    steps.prepare(monitor, path, utc_now)
    with pytest.raises(PassUnderWay, match=f"process {os.getpid()}") as held:
        run(monitor, path)
    assert held.value.exit_status == 0
    assert outcomes(path) == ["running", "skipped"]


def test_pass_that_ended_or_failed_makes_room(monitor: Monitor, tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    run(monitor, path)
    record_failure(path, steps.prepare(monitor, path, utc_now), utc_now)
    run(monitor, path)
    assert outcomes(path) == ["ok", "failed", "ok"]


def test_pass_of_another_monitor_is_not_kept_waiting(monitor: Monitor, tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    steps.prepare(monitor, path, utc_now)
    other = monitor.model_copy(update={"id": "other"})
    assert run(other, path).monitor == "other"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere only the time tells that a process is gone")
def test_pass_whose_process_was_killed_makes_room_at_once(monitor: Monitor, tmp_path: Path) -> None:
    path, file = tmp_path / "w.db", tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump(monitor.model_dump(mode="json", exclude_defaults=True), allow_unicode=True), "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN, str(file), str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(PassUnderWay):
            steps.prepare(monitor, path, utc_now)
        process.kill()
        process.wait(10)
    run(monitor, path)
    assert outcomes(path) == ["interrupted", "skipped", "ok"]


def test_pass_on_another_machine_of_which_nothing_is_heard_makes_room_when_its_time_is_up(
    monitor: Monitor, tmp_path: Path
) -> None:
    path, now = tmp_path / "w.db", datetime(2026, 3, 1, 12, tzinfo=UTC)
    with open_archive(path) as archive:
        leases.take(archive, f"ingest {monitor.id}", "elsewhere process 1 0123abcd", now, turn.LASTS)
    with pytest.raises(PassUnderWay):
        steps.prepare(monitor, path, lambda: now + timedelta(seconds=turn.LASTS - 1))
    steps.prepare(monitor, path, lambda: now + timedelta(seconds=turn.LASTS + 1))


def test_turn_is_renewed_while_the_pass_runs_and_no_longer(
    monitor: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "RENEWED_EVERY", 0.02)
    path, start = tmp_path / "w.db", datetime(2026, 3, 1, 12, tzinfo=UTC)
    moments = [start]
    prepared = steps.prepare(monitor, path, lambda: moments[-1])
    moments.append(start + timedelta(hours=2))
    deadline = utc_now() + timedelta(seconds=5)
    while True:
        with open_archive(path) as archive:
            held = leases.holder(archive, f"ingest {monitor.id}")
        assert held is not None
        if held.until > moments[-1]:
            break
        assert utc_now() < deadline, "nobody renewed it"
    record_failure(path, prepared, lambda: moments[-1])
    with open_archive(path) as archive:
        assert leases.holder(archive, f"ingest {monitor.id}") is None
