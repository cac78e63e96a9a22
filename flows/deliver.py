"""The deliver flow: what waits in the outbox is sent, so that a channel that was down need not wait for a pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import State, flow

from flows.ingest import deliver_task, run_name
from flows.standing import skipped, superseded, tell_failure
from monitors.alerts.deliver import DeliverySummary
from monitors.archive.place import default_archive
from monitors.definition.load import load_monitor, shipped_monitor_path


@flow(
    name="deliver",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=900,
)
def deliver(monitor_file: str | None = None, archive_file: str | None = None) -> DeliverySummary | State[Any]:
    """Send the alerts that are due.

    Args:
        monitor_file: the monitor file; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
    """
    if reason := superseded():
        return skipped(reason)
    monitor = load_monitor(Path(monitor_file) if monitor_file else shipped_monitor_path())
    return deliver_task(monitor, Path(archive_file) if archive_file else default_archive())
