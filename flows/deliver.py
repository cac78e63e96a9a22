"""The deliver flow: what waits in the outbox is sent, so that a channel that was down need not wait for a pass."""

from __future__ import annotations

from typing import Any

from prefect import State, flow

from flows.events import telling_of
from flows.given import archive_of, monitor_of, run_name
from flows.ingest import deliver_task
from flows.report import leave_deliveries
from flows.standing import skipped, superseded, tell_failure
from monitors.alerts.deliver import DeliverySummary


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
    monitor, archive = monitor_of(monitor_file), archive_of(archive_file)
    with telling_of(monitor, archive):
        sent = deliver_task(monitor, archive)
    leave_deliveries(monitor.id, sent)
    return sent
