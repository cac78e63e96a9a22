"""The digest flow: the digests whose time has come are put into the outbox, and sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import State, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.events import telling_of
from flows.given import archive_of, monitor_of, run_name
from flows.ingest import deliver_task
from flows.report import bulletin
from flows.standing import skipped, superseded, tell_failure
from monitors.alerts import digesting
from monitors.alerts.deliver import DeliverySummary
from monitors.archive.connection import open_archive
from monitors.clock import utc_now
from monitors.definition.model import Monitor


@task(name="write digests", task_run_name="write digests {monitor.id}", cache_policy=NO_CACHE, persist_result=False)
def write_task(monitor: Monitor, archive: Path) -> tuple[str, list[str]]:
    """Put into the outbox what is due; today's digest as Markdown, and what was decided on each that was due."""
    now = utc_now()
    with open_archive(archive) as opened:
        today = bulletin(digesting.preview(opened, monitor, "daily", now).cleaned())
        return today, [alert.reason for alert in digesting.send_due(opened, monitor, now)]


@flow(
    name="digest",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=900,
)
def digest(monitor_file: str | None = None, archive_file: str | None = None) -> DeliverySummary | State[Any]:
    """Send the digests that are due by the monitor's policy, each once, whoever else makes them.

    Args:
        monitor_file: the monitor file, whose policy.digest counts; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
    """
    if reason := superseded():
        return skipped(reason)
    monitor, archive = monitor_of(monitor_file), archive_of(archive_file)
    if monitor.policy.digest is None:
        return skipped(f"the monitor {monitor.id} has no policy.digest")
    with telling_of(monitor, archive):
        today, decided = write_task(monitor, archive)
        sent = deliver_task(monitor, archive)
    create_markdown_artifact(
        today,
        key=f"wirewatch-digest-{monitor.id}",
        description="; ".join(decided) or "No digest was due: a pass had made it.",
    )
    return sent
