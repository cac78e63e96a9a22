"""The ingest flow: a few coarse tasks over the steps of a pass.

A task is a batch of feeds or a whole step, never an article: each costs Prefect some milliseconds and rows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.quiet import settle_here

settle_here(verbose="--verbose" in sys.argv or "-v" in sys.argv)

from prefect import flow, runtime, task  # noqa: E402  # its settings are read on import
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import PrefectFuture  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402

from flows.report import emit_developments, leave_artifact  # noqa: E402
from monitors.alerts.deliver import DeliverySummary  # noqa: E402
from monitors.clock import utc_now  # noqa: E402
from monitors.definition.load import load_monitor, shipped_monitor_path  # noqa: E402
from monitors.definition.model import Feed, Monitor  # noqa: E402
from monitors.feeds.poll import PollResult  # noqa: E402
from monitors.ingest import steps  # noqa: E402
from monitors.ingest.detect import Detected  # noqa: E402
from monitors.ingest.one_pass import record_failure  # noqa: E402
from monitors.archive.place import default_archive  # noqa: E402
from monitors.ingest.steps import Prepared  # noqa: E402
from monitors.ingest.store import Stored  # noqa: E402
from monitors.ingest.summary import PassSummary  # noqa: E402

COARSE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
POLLERS = 4


@task(name="poll feeds", task_run_name="poll {number}: {count} feeds", **COARSE)
def poll_feeds_task(
    monitor: Monitor, feeds: Sequence[Feed], prepared: Prepared, number: int, count: int
) -> list[PollResult]:
    return steps.poll_batch(monitor, feeds, prepared, utc_now)


@task(name="store", task_run_name="store {monitor.id}", **COARSE)
def store_task(monitor: Monitor, archive: Path, results: list[PollResult], prepared: Prepared) -> Stored:
    return steps.store_batch(monitor, archive, results, prepared, utc_now)


@task(name="detect", task_run_name="detect {monitor.id}", **COARSE)
def detect_task(monitor: Monitor, archive: Path) -> Detected:
    return steps.detect_step(monitor, archive, utc_now)


@task(name="deliver", task_run_name="deliver {monitor.id}", **COARSE)
def deliver_task(monitor: Monitor, archive: Path) -> DeliverySummary:
    return steps.deliver_step(monitor, archive, utc_now, sys.stdout)


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    monitor = Path(str(parameters.get("monitor_file") or shipped_monitor_path())).stem
    return f"{monitor} {_scheduled():%Y-%m-%d %H:%M}"


def _scheduled() -> datetime:
    moment: datetime = runtime.flow_run.scheduled_start_time or utc_now()
    return moment


@flow(
    name="ingest",
    flow_run_name=_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=POLLERS),
    persist_result=False,
    validate_parameters=True,
)
def ingest(monitor_file: str | None = None, archive_file: str | None = None, due_only: bool = True) -> PassSummary:
    """One pass: seed article, feeds, developments, alerts.

    Args:
        monitor_file: the monitor file; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
        due_only: poll only the feeds whose time has come.
    """
    monitor = load_monitor(Path(monitor_file) if monitor_file else shipped_monitor_path())
    archive = Path(archive_file) if archive_file else default_archive()
    prepared = steps.prepare(monitor, archive, utc_now, due_only=due_only)
    try:
        polls: list[PrefectFuture[list[PollResult]]] = [
            poll_feeds_task.submit(monitor, batch, prepared, number, len(batch))
            for number, batch in enumerate(steps.batches(prepared.feeds), 1)
        ]
        results: list[PollResult] = []
        stored = Stored()
        for future in polls:
            polled = future.result()
            stored += store_task(monitor, archive, polled, prepared)
            results += polled
        detected = detect_task(monitor, archive)
        delivered = deliver_task(monitor, archive)
        summary = steps.conclude(monitor, archive, prepared, results, stored, detected, delivered, utc_now)
    except BaseException:
        record_failure(archive, prepared, utc_now)
        raise
    leave_artifact(summary)
    emit_developments(summary)
    return summary


def run(monitor_path: Path, archive_path: Path, verbose: bool) -> PassSummary:
    """Run the flow once, now, for the command `wirewatch run`. Prefect starts a temporary server for it.

    `verbose` is read on import, see above. Raises what the pass raises.
    """
    del verbose
    return ingest(str(monitor_path), str(archive_path), due_only=False)
