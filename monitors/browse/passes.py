"""Runs: the passes that were made, and what each found."""

from __future__ import annotations

import json
from datetime import datetime

from monitors.archive.connection import Row
from monitors.archive.runs import OUTCOMES
from monitors.browse.asked import Asked, Found, page_of

COLUMNS = ("id", "monitor", "started", "finished", "seconds", "outcome", "counts")


def runs(asked: Asked) -> Found:
    """Runs, the latest first, by outcome."""
    outcome = asked.choice("outcome", tuple(OUTCOMES))
    rows = asked.archive.rows(
        "select id, monitor, started, finished, outcome, counts from runs "
        "where (? is null or outcome = ?) and id < ? order by id desc limit ?",
        [outcome, outcome, asked.below(), asked.size + 1],
    )
    rows, rest = page_of([_run(row) for row in rows], asked.size)
    data = {"given": {"outcome": outcome}, "runs": rows, "outcomes": OUTCOMES}
    more = None if rest is None else ({"outcome": outcome} if outcome else {}) | {"before": str(rest)}
    flat = [row | {"counts": [f"{name} {number}" for name, number in row["counts"].items()]} for row in rows]
    return Found(data, COLUMNS, flat, more)


def _run(row: Row) -> Row:
    started, finished = row["started"], row["finished"]
    seconds = None
    if finished:
        seconds = int((datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds())
    return row | {"seconds": seconds, "counts": json.loads(row["counts"])}
