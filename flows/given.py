"""What the parameters of a run stand for, and the name they give it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import runtime

from monitors.archive.place import default_archive
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor


def monitor_of(file: str | None) -> Monitor:
    """The monitor of that file; without one the shipped monitor. Raises MonitorFileError."""
    return load_monitor(Path(file) if file else shipped_monitor_path())


def archive_of(file: str | None) -> Path:
    """Where the archive is; without a file WIREWATCH_ARCHIVE, or the usual place."""
    return Path(file) if file else default_archive()


def run_name() -> str:
    """The monitor and the minute a run was meant for, as "us-korea 2025-08-25 14:00"."""
    given = runtime.flow_run.parameters.get("monitor_file")
    moment: datetime = runtime.flow_run.scheduled_start_time or utc_now()
    return f"{Path(given or shipped_monitor_path()).stem} {moment:%Y-%m-%d %H:%M}"
