"""Runs: one pass of a flow, with its counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor
from monitors.archive.records import Run
from monitors.clock import iso

OUTCOMES: dict[str, str] = {
    "running": "it is under way, or its process was killed and no later run has said so yet",
    "ok": "it came to its end; single feeds, pages or deliveries may have failed all the same",
    "offline": "it came to its end, but most hosts were out of reach, so that no feed was blamed",
    "failed": "an error ended it; what it had stored stays, and the next run goes on from there",
    "skipped": "another pass of the monitor was under way, so it did nothing",
    "interrupted": "its process ended without a word, and the next run of the monitor found it",
}
"""Every way a run can stand, with its meaning. `Run.outcome` is always one of these."""


def start(archive: Archive, monitor: str, started: datetime) -> Run:
    """Record that a pass has begun."""
    with archive.writing():
        know_monitor(archive, monitor)
        run = Run(monitor=monitor, started=started)
        run_id = archive.insert(
            "runs", {"monitor": monitor, "started": iso(started), "outcome": run.outcome, "counts": "{}"}
        )
        return Run(monitor=monitor, started=started, id=run_id)


def finish(archive: Archive, run_id: int, finished: datetime, outcome: str, counts: Mapping[str, int]) -> None:
    """Record how a pass ended, as one of OUTCOMES, with its counts."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome!r} is not one of runs.OUTCOMES")
    archive.change(
        "update runs set finished = ?, outcome = ?, counts = ? where id = ?",
        [iso(finished), outcome, json.dumps(dict(counts), ensure_ascii=False), run_id],
    )


def listing(archive: Archive, monitor: str | None = None, *, limit: int = 20) -> list[Row]:
    """Runs, latest first, with their counts. Rows serialise as JSON."""
    rows = archive.rows(
        "select id, monitor, started, finished, outcome, counts from runs where ? is null or monitor = ? "
        "order by id desc limit ?",
        [monitor, monitor, limit],
    )
    return [row | {"counts": json.loads(row["counts"])} for row in rows]
