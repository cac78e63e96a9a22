"""The replay flow, on demand: what a monitor file would have raised, of the archive or of a file of documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.given import archive_of, monitor_of, run_name
from flows.long_work import OnPrefectsPage
from flows.standing import tell_failure
from monitors.definition.model import Monitor
from monitors.exports.json_lines import json_lines
from monitors.exports.whole_file import write_pieces
from monitors.ingest.compare import compare
from monitors.ingest.replayed import Replayed, Source, day, replayed

SHOWN = 500
"""Rows of the table on Prefect's page; the file has all."""

COLUMNS = ("situation", "status", "published", "event_date", "place", "novelty", "reason", "doc")


@task(name="replay", task_run_name="replay {monitor.id}", cache_policy=NO_CACHE, persist_result=False)
def replay_task(source: Source, monitor: Monitor, kept_for: str) -> Replayed:
    """Replay the whole of a source."""
    return replayed(source, monitor, kept_for, OnPrefectsPage(f"wirewatch-replay-progress-{monitor.id}"))


@flow(
    name="replay",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=7200,
)
def replay(
    monitor_file: str | None = None,
    archive_file: str | None = None,
    documents: str | None = None,
    since: str | None = None,
    compare_with: str | None = None,
    out_file: str | None = None,
) -> dict[str, int]:
    """What would have been raised, without changing the archive; or how two monitor files differ in it.

    Args:
        monitor_file: the monitor file; without it the one that is shipped.
        archive_file: the archive whose articles are replayed; without it WIREWATCH_ARCHIVE, or the usual place.
        documents: a file of dated documents (JSON Lines, also .gz) to be replayed in the archive's stead.
        since: a day, as 2025-08-25; what would have been raised before it is left out.
        compare_with: another monitor file; only what the two raise differently is shown.
        out_file: a file for the developments or differences as JSON Lines; an old one is replaced.
    """
    monitor = monitor_of(monitor_file)
    start = day(since, "since") if since else None
    source = (
        Source(files=(documents,), since=start) if documents else Source(archive=archive_of(archive_file), since=start)
    )
    done = replay_task(source, monitor, monitor.id)
    counts = {"documents": done.documents, "on_topic": done.on_topic, "developments": len(done.lines)}
    lines, rows = done.lines, [_row(line) for line in done.lines]
    if compare_with:
        compared = compare(done.lines, replay_task(source, monitor_of(compare_with), monitor.id).lines)
        lines = [difference.line() for difference in compared.differences]
        rows = [
            {"change": one.change, "monitor": name, **_row(line)}
            for one in compared.differences
            for name, line in (("A", one.a), ("B", one.b))
            if line is not None
        ]
        counts |= {"developments_of_b": compared.in_b, "differences": len(lines)}
    if out_file:
        write_pieces(Path(out_file), json_lines(lines))
    said = ", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())
    create_table_artifact(
        rows[:SHOWN] or [{"result": "nothing"}],
        key=f"wirewatch-replay-{monitor.id}",
        description=f"{said}{f'; the first {SHOWN} rows' if len(rows) > SHOWN else ''}",
    )
    return counts


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in COLUMNS}
