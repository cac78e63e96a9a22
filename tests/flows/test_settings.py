"""Prefect's settings: ours where the user said nothing, the user's where they did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import history_kept, settle, settle_schedule

ROOT = Path(__file__).parents[2]


def test_what_the_user_set_stays() -> None:
    environment = {"PREFECT_HOME": "/somewhere", "PREFECT_LOGGING_LEVEL": "DEBUG"}
    settle(environment, verbose=False)
    assert environment["PREFECT_HOME"] == "/somewhere"
    assert environment["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_log_lines_only_when_asked_for() -> None:
    quiet: dict[str, str] = {}
    loud: dict[str, str] = {}
    settle(quiet, verbose=False)
    settle(loud, verbose=True)
    assert (quiet["PREFECT_LOGGING_LEVEL"], loud["PREFECT_LOGGING_LEVEL"]) == ("CRITICAL", "INFO")


def test_each_setting_is_one_that_prefect_reads(tmp_path: Path) -> None:
    ours: dict[str, str] = {}
    settle_schedule(ours, monitor="us-korea", interval=10, verbose=False)
    names = sorted(name for name in ours if name.startswith("PREFECT_"))
    code = (
        "from prefect.settings.legacy import _get_settings_fields; from prefect.settings import Settings; "
        f"print(sorted(set({names}) - set(_get_settings_fields(Settings))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PREFECT_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("interval", "seconds"), [(1, 3601), (10, 10_000), (300, 300_000), (3600, 604_800), (86_400, 604_800)]
)
def test_what_prefect_remembers_is_bounded_by_passes_and_by_a_week(interval: int, seconds: int) -> None:
    assert history_kept(interval) == seconds


def test_prefect_forgets_runs_and_events_after_the_time_that_we_set(tmp_path: Path) -> None:
    ours: dict[str, str] = {}
    settle_schedule(ours, monitor="us-korea", interval=10, verbose=False)
    code = (
        "from prefect.settings import get_current_settings; server = get_current_settings().server; "
        "vacuum = server.services.db_vacuum; print(sorted(vacuum.enabled), vacuum.retention_period.total_seconds(), "
        "server.events.retention_period.total_seconds(), "
        "vacuum.event_retention_overrides['prefect.flow-run.heartbeat'].total_seconds())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | ours | {"PREFECT_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['events', 'flow_runs'] 10000.0 10000.0 10000.0"
