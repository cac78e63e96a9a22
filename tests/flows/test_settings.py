"""Prefect's settings: ours where the user said nothing, the user's where they did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flows.settings import settle

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
    settle(ours, verbose=False)
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
