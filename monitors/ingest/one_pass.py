"""One plain pass: the steps one after the other, in this process, without a scheduler."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TextIO

from monitors.archive import runs
from monitors.archive.connection import open_archive
from monitors.clock import Clock
from monitors.definition.model import Monitor
from monitors.developments.engine import Engine
from monitors.errors import WirewatchError
from monitors.feeds.poll import PollResult
from monitors.ingest import steps
from monitors.ingest.adjudicator import asking
from monitors.ingest.progress import Progress, silent
from monitors.ingest.steps import Prepared
from monitors.ingest.store import Stored
from monitors.ingest.summary import PassSummary
from monitors.ingest.turn import end_turn


def run_pass(
    monitor: Monitor,
    archive_path: Path | str,
    *,
    clock: Clock,
    alert_stream: TextIO,
    progress: Progress = silent,
    due_only: bool = False,
    engine: Engine | None = None,
) -> PassSummary:
    """Seed article, feeds, developments, alerts, delivery; then pages and what they add; the summary.

    Alerts for the terminal go to `alert_stream`. `engine` spares compiling the monitor's words
    again. A pass that fails is recorded as failed, and what it stored stays.
    Raises WirewatchError.
    """
    engine = engine or Engine(monitor)  # first of all, so that an unusable phrase is told before anything is fetched
    prepared = steps.prepare(monitor, archive_path, clock, due_only=due_only)
    questions = asking(monitor)
    try:
        results: list[PollResult] = []
        stored = Stored()
        with steps.held_open(archive_path):
            for batch in steps.batches(prepared.feeds):
                polled = steps.poll_batch(monitor, batch, prepared, clock, progress)
                stored += steps.store_batch(engine, archive_path, polled, prepared, clock)
                results += steps.spent(polled)
                del polled  # before the next batch is polled
        health = steps.health_step(monitor, archive_path, prepared, results, clock)
        detected = steps.detect_step(engine, archive_path, clock, progress, None, questions)
        delivered = steps.deliver_step(monitor, archive_path, clock, alert_stream)
        pages = steps.pages_step(monitor, archive_path, results, clock, progress)
        if pages.read:
            detected += steps.detect_step(engine, archive_path, clock, progress, None, questions)
            delivered = steps.together(delivered, steps.deliver_step(monitor, archive_path, clock, alert_stream))
        return steps.conclude(
            monitor, archive_path, prepared, results, stored, detected, delivered, pages, health, clock
        )
    except Exception:
        record_failure(archive_path, prepared, clock)
        _tell_after_failure(monitor, archive_path, clock, alert_stream)
        raise
    except BaseException:
        record_failure(archive_path, prepared, clock)
        raise


def _tell_after_failure(monitor: Monitor, archive_path: Path | str, clock: Clock, alert_stream: TextIO) -> None:
    """Passes that fail before they deliver would else tell nobody, that they fail least of all.

    What keeps this from working is what the pass failed by, and that is raised.
    """
    with contextlib.suppress(WirewatchError):
        steps.deliver_step(monitor, archive_path, clock, alert_stream)


def record_failure(archive_path: Path | str, prepared: Prepared, clock: Clock) -> None:
    """Mark the run as failed, so that it is not taken for one that is still under way, and end the monitor's turn."""
    with open_archive(archive_path) as archive:
        runs.finish(archive, prepared.run_id, clock(), "failed", {})
        if prepared.turn:
            end_turn(archive, prepared.turn)
