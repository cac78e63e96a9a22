"""Options of `run` that name a Dask cluster: what contradicts itself, or cannot be, is told with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLUSTER = "tcp://127.0.0.1:8786"


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitors.cli", "run", "--archive", str(folder / "w.db"), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--runner", "dask"], "--runner dask needs --address"),
        (["--address", CLUSTER], "give --runner dask with it"),
        (["--plain", "--runner", "dask", "--address", CLUSTER], "--plain fetches here"),
        (["--runner", "spark"], "'threads', 'dask'"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: list[str], told: str) -> None:
    done = run(tmp_path, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert not (tmp_path / "w.db").exists()
