"""Two workers on Prefect's server with PostgreSQL: both take runs, and a run whose machine dies is run by the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from postgres import programs
from two_workers import FEEDS, WORKERS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("prefect"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="a whole process tree is killed by what /proc says"),
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed (Debian: postgresql)"),
]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script tells; it runs in a process of its own, since Prefect reads its settings once."""
    folder = tmp_path_factory.mktemp("workers")
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("two_workers.py"), folder],
        capture_output=True, text=True, check=False, timeout=850, cwd=ROOT, env=own_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
        "PYTHONPATH": str(ROOT)
    }


def test_both_workers_take_runs_and_none_takes_another_s(story: dict[str, Any]) -> None:
    assert [run["state"] for run in story["shared"]] == ["COMPLETED"] * len(story["shared"])
    assert all(len(run["workers"]) == 1 for run in story["shared"])
    assert {run["workers"][0] for run in story["shared"]} == set(WORKERS)


def test_the_run_of_the_killed_worker_crashes_and_is_run_by_the_other(story: dict[str, Any]) -> None:
    (other,) = set(WORKERS) - {story["killed"]}
    assert set(story["taken_by"]) == {story["killed"], other}
    names = [name for _, name, _ in story["history"]]
    assert names.count("Running") == 2
    assert names.index("Crashed") < names.index("AwaitingRetry")
    assert names[-1] == "Completed"
    assert story["noticed_after"] < 180


def test_a_run_that_only_loses_its_worker_is_done_or_goes_back_to_the_pool(story: dict[str, Any]) -> None:
    assert story["orphan"]["history"][-1][1] in {"Completed", "AwaitingRetry"}


def test_the_archive_is_whole_and_nothing_is_doubled(story: dict[str, Any]) -> None:
    assert FEEDS < story["articles_at_the_kill"] < 2 * FEEDS, "it was killed in the middle of storing"
    assert story["articles"] == {"a": FEEDS, "b": FEEDS, "c": 2 * FEEDS}
    assert story["doubled"] == []
    assert (story["unread"], story["leases"]) == (0, [])
    assert {state for state, *_ in story["findings"]} == {"good"}
    assert [run["outcome"] for run in story["outcomes"] if run["monitor"] == "c"] == ["ok", "interrupted", "ok"]


def test_its_news_is_told_once(story: dict[str, Any]) -> None:
    assert len(story["alerts"]) == 1
