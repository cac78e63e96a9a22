"""The ingest flow: a few coarse tasks over the steps of a pass.

A task is a batch of feeds or a whole step, never an article: each costs Prefect some milliseconds and rows.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from typing import Any, TypeVar, cast

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.events import telling_of
from flows.fan_out import THREADS, FanOut, Work, fan_out
from flows.given import archive_of, monitor_of, run_name
from flows.long_work import OnPrefectsPage
from flows.progress import Together, listener
from flows.report import leave_artifacts
from flows.standing import skipped, superseded, tell_failure
from monitors.alerts.deliver import DeliverySummary
from monitors.clock import utc_now
from monitors.definition.model import Monitor
from monitors.developments.engine import Engine
from monitors.errors import PassUnderWay
from monitors.feeds.poll import PollResult
from monitors.ingest import steps
from monitors.ingest.adjudicator import Asking, asking
from monitors.ingest.detect import Detected, Reader
from monitors.ingest.health import HealthCounts
from monitors.ingest.one_pass import record_failure
from monitors.ingest.progress import Progress, silent
from monitors.ingest.read_pages import PagesRead
from monitors.ingest.steps import Prepared
from monitors.ingest.store import Stored
from monitors.ingest.summary import PassSummary
from monitors.log import tell

COARSE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
# Prefect's own annotations do not take its thread pool for a task runner.
BATCHES_AT_ONCE = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=THREADS))

LONGEST_PASS = 3600
"""Seconds after which a pass is ended: far more than a good one takes, so that one that hangs makes room."""

Value = TypeVar("Value")


def whole(value: Value) -> Value:
    """`value` as a task's argument that Prefect hands on without looking inside.

    It otherwise walks every feed, state and entry for futures, which took longer than the pass itself at 1,000 feeds.
    """
    return cast(Value, quote(value))


@task(name="poll feeds", task_run_name="poll {number}: {count} feeds", **COARSE)
def poll_feeds_task(work: Work, number: int, count: int) -> list[PollResult]:
    """Poll one batch."""
    return work()


@task(name="store", task_run_name="store {engine.monitor.id}", **COARSE)
def store_task(engine: Engine, archive: Path, results: list[PollResult], prepared: Prepared) -> Stored:
    """Store what one batch brought."""
    return steps.store_batch(engine, archive, results, prepared, utc_now)


@task(name="health", task_run_name="health {monitor.id}", **COARSE)
def health_task(monitor: Monitor, archive: Path, prepared: Prepared, results: list[PollResult]) -> HealthCounts:
    """Judge the feeds, and tell who turned ill or recovered."""
    return steps.health_step(monitor, archive, prepared, results, utc_now)


@task(name="detect", task_run_name="detect {engine.monitor.id}", **COARSE)
def detect_task(
    engine: Engine, archive: Path, progress: Progress, reader: Reader | None, questions: Asking | None
) -> Detected:
    """Read what waits, and raise what is new."""
    return steps.detect_step(engine, archive, utc_now, progress, reader, questions)


@task(name="deliver", task_run_name="deliver {monitor.id}", **COARSE)
def deliver_task(monitor: Monitor, archive: Path) -> DeliverySummary:
    """Send what is due in the outbox."""
    return steps.deliver_step(monitor, archive, utc_now, sys.stdout)


@task(name="read pages", task_run_name="read pages {monitor.id}", **COARSE)
def pages_task(monitor: Monitor, archive: Path, results: list[PollResult], progress: Progress) -> PagesRead:
    """Read the pages behind articles, once everything else was told."""
    return steps.pages_step(monitor, archive, results, utc_now, progress)


@flow(
    name="ingest",
    flow_run_name=run_name,
    task_runner=BATCHES_AT_ONCE,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=LONGEST_PASS,
)
def ingest(
    monitor_file: str | None = None,
    archive_file: str | None = None,
    due_only: bool = True,
    dask_address: str | None = None,
) -> PassSummary | State[Any]:
    """One pass: seed article, feeds, developments, alerts.

    Args:
        monitor_file: the monitor file; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
        due_only: poll only the feeds whose time has come.
        dask_address: poll by the Dask cluster whose scheduler is there (tcp://host:port); without it, in threads here.
    """
    if reason := superseded():
        return skipped(reason)
    monitor, archive = monitor_of(monitor_file), archive_of(archive_file)
    with telling_of(monitor, archive):
        try:
            summary = one_pass(monitor, archive, due_only=due_only, dask_address=dask_address)
        except PassUnderWay as held:
            return skipped(str(held))
    tell("pass ended", summary.facts())
    leave_artifacts(summary)
    return summary


def one_pass(monitor: Monitor, archive: Path, *, due_only: bool, dask_address: str | None = None) -> PassSummary:
    """The steps of a pass as tasks, inside a flow. Raises what the steps raise, PassUnderWay before the first."""
    progress = listener()
    if progress is silent:
        progress = OnPrefectsPage(f"wirewatch-progress-{monitor.id}")
    engine = Engine(monitor)
    prepared = steps.prepare(monitor, archive, utc_now, due_only=due_only)
    questions = asking(monitor)
    try:
        with fan_out(dask_address) as out, steps.held_open(archive):
            results, stored = poll_and_store(out, engine, archive, prepared, progress)
            reader = out.reader(engine)
            health = health_task(whole(monitor), archive, whole(prepared), whole(results))
            detected = detect_task(whole(engine), archive, progress, reader, whole(questions))
            delivered = deliver_task(whole(monitor), archive)
            pages = pages_task(whole(monitor), archive, whole(results), progress)
            if pages.read:
                detected += detect_task(whole(engine), archive, progress, reader, whole(questions))
                delivered = steps.together(delivered, deliver_task(whole(monitor), archive))
        return steps.conclude(monitor, archive, prepared, results, stored, detected, delivered, pages, health, utc_now)
    except BaseException:
        record_failure(archive, prepared, utc_now)
        raise


def poll_and_store(
    out: FanOut, engine: Engine, archive: Path, prepared: Prepared, progress: Progress
) -> tuple[list[PollResult], Stored]:
    """Poll all batches and store each in its turn. What a batch brought is let go once it is stored.

    Nor is everything begun at once: where storing is slower than the network, entries of all feeds would pile up.
    """
    together = Together(progress)
    batches = [(batch, together.part(len(batch))) for batch in out.batches(prepared.feeds)]
    under_way: deque[PrefectFuture[list[PollResult]]] = deque()
    results: list[PollResult] = []
    stored = Stored()
    begun = 0
    for _, part in batches:
        while begun < len(batches) and len(under_way) < out.ahead:
            batch, its_part = batches[begun]
            begun += 1
            work = out.work(engine.monitor, batch, prepared, its_part)
            under_way.append(out.submit(poll_feeds_task, work=work, number=begun, count=len(batch)))
        polled = under_way.popleft().result()
        part("Polling feeds", len(polled), len(polled))
        stored += store_task(whole(engine), archive, whole(polled), whole(prepared))
        results += steps.spent(polled)
        del polled
    return results, stored
