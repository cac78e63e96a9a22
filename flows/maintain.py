"""The maintain flow: a backup, texts that are kept no longer, and Prefect's own history."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import State, flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterEndTime
from prefect.exceptions import ObjectNotFound

from flows.given import archive_of, monitor_of, run_name
from flows.standing import skipped, superseded, tell_failure
from monitors.archive import backup, entries, retention
from monitors.archive.connection import open_archive
from monitors.clock import utc_now
from monitors.definition.model import Monitor

PAGE = 200
"""Runs that Prefect's server names at once."""


@task(name="back up", cache_policy=NO_CACHE, persist_result=False)
def backup_task(archive: Path, folder: Path, keep: int) -> str:
    """A copy of the archive that was checked; the file's path."""
    return str(backup.backup(archive, folder, keep=keep, now=utc_now()).path)


@task(name="drop texts", task_run_name="drop texts {monitor.id}", cache_policy=NO_CACHE, persist_result=False)
def retention_task(monitor: Monitor, archive: Path) -> int:
    """Remove the texts that the monitor keeps no longer, and tidy the archive; how many went."""
    now, days = utc_now(), monitor.retention.text_days
    with open_archive(archive, create=False) as opened:
        dropped = retention.Dropped()
        if days is not None:
            dropped = retention.drop_texts(opened, monitor.id, before=now - timedelta(days=days), now=now)
        entries.forget_off_topic(opened, monitor.id)
        retention.tidy(opened)
    return dropped.articles


@task(
    name="trim history",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=10,
    retry_jitter_factor=0.5,
)
def trim_task(days: int) -> int:
    """Delete Prefect's records of the runs that ended so many days ago; how many went."""
    return trim(utc_now() - timedelta(days=days))


def trim(before: datetime) -> int:
    """Delete every flow run of the server that ended before a time, with its task runs. Raises what the client does."""
    removed = 0
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(
            flow_run_filter=FlowRunFilter(end_time=FlowRunFilterEndTime.model_validate({"before_": before})), limit=PAGE
        ):
            for run in runs:
                try:
                    client.delete_flow_run(run.id)
                except ObjectNotFound:
                    continue  # the server's own vacuum was quicker
                removed += 1
    return removed


@flow(
    name="maintain",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=7200,
)
def maintain(
    monitor_file: str | None = None,
    archive_file: str | None = None,
    backup_folder: str | None = None,
    keep: int = backup.KEPT,
    history_days: int = 7,
) -> dict[str, Any] | State[Any]:
    """Back the archive up, remove texts that are kept no longer, and forget old runs in Prefect.

    Args:
        monitor_file: the monitor file, whose retention counts; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
        backup_folder: where backups go; without it the folder "backups" beside the archive.
        keep: so many backups stay, the newest; 0 makes none and removes none.
        history_days: Prefect's records of runs that ended longer ago are deleted, of every flow of the server; 0 keeps
            them all.
    """
    if reason := superseded():
        return skipped(reason)
    monitor, archive = monitor_of(monitor_file), archive_of(archive_file)
    done: dict[str, Any] = {"backup": "none", "texts_removed": 0, "runs_forgotten": 0}
    if keep > 0:
        folder = Path(backup_folder) if backup_folder else backup.default_folder(archive)
        done["backup"] = backup_task(archive, folder, keep)
    done["texts_removed"] = retention_task(monitor, archive)
    if history_days > 0:
        done["runs_forgotten"] = trim_task(history_days)
    create_table_artifact(
        [{"what": name.replace("_", " "), "result": value} for name, value in done.items()],
        key=f"wirewatch-maintain-{monitor.id}",
        description=f"Last maintenance of {monitor.id}",
    )
    return done
