"""One measured job in a process of its own; it prints its figures as one JSON line.

    python tests/bench/job.py JOB FOLDER

FOLDER has feeds.json (addresses) and monitor.yaml, and keeps the databases. Seconds leave out the start of Python and
imports; memory is the largest resident size of the process.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Figures = dict[str, float]


def wirewatch_store(folder: Path) -> Figures:
    """Poll every feed and store what it brings, search index included; nothing is read for developments."""
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor
    from monitors.developments.engine import Engine
    from monitors.ingest import steps

    monitor = load_monitor(folder / "monitor.yaml")
    archive = fresh(folder / "wirewatch.db")
    began = time.perf_counter()
    engine = Engine(monitor)
    prepared = steps.prepare(monitor, archive, utc_now)
    new, polling = 0, 0.0
    for batch in steps.batches(prepared.feeds):
        at = time.perf_counter()
        polled = steps.poll_batch(monitor, batch, prepared, utc_now)
        polling += time.perf_counter() - at
        new += steps.store_batch(engine, archive, polled, prepared, utc_now).new
        del polled
    return {"seconds": time.perf_counter() - began, "polling": polling, "entries": new}


def wirewatch_pass(folder: Path) -> Figures:
    """A whole first pass: poll, store, detect, deliver."""
    fresh(folder / "wirewatch.db")
    return wirewatch_repoll(folder)


def wirewatch_repoll(folder: Path) -> Figures:
    """A whole pass over the archive that is there."""
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor
    from monitors.ingest.one_pass import run_pass

    monitor = load_monitor(folder / "monitor.yaml")
    began = time.perf_counter()
    summary = run_pass(monitor, folder / "wirewatch.db", clock=utc_now, alert_stream=io.StringIO())
    return {
        "seconds": time.perf_counter() - began,
        "entries": summary.entries_new,
        "unchanged": summary.feeds_unchanged,
        "developments": len(summary.developments),
    }


def reader_store(folder: Path) -> Figures:
    """The same with lemon24/reader: its feeds, its update, its search index."""
    path = fresh(folder / "reader.db")
    from reader import make_reader

    addresses = json.loads((folder / "feeds.json").read_text("utf-8"))
    began = time.perf_counter()
    with make_reader(str(path)) as reader:
        for address in addresses:
            reader.add_feed(address)
        reader.enable_search()
        reader.update_feeds(workers=16)
        reader.update_search()
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "entries": reader.get_entry_counts().total or 0}


def reader_repoll(folder: Path) -> Figures:
    """An update of the feeds that reader has, search index included."""
    from reader import make_reader

    began = time.perf_counter()
    with make_reader(str(folder / "reader.db")) as reader:
        results = [result.value for result in reader.update_feeds_iter(scheduled=False, workers=16)]
        reader.update_search()
    return {"seconds": time.perf_counter() - began, "unchanged": sum(value is None for value in results)}


def prefect(folder: Path) -> Figures:
    """Plain passes and ingest flows by turns over the same feeds: the best of each, first polls and re-polls apart."""
    from flows.settings import settle_here

    os.environ["PREFECT_HOME"] = str(folder / "prefect")
    settle_here(verbose=False)
    from flows.ingest import ingest
    from flows.server import have_server
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor
    from monitors.ingest.one_pass import run_pass

    began = time.perf_counter()
    have_server()
    figures: Figures = {"server": time.perf_counter() - began}

    def plain(archive: Path) -> None:
        monitor = load_monitor(folder / "monitor.yaml")
        run_pass(monitor, archive, clock=utc_now, alert_stream=io.StringIO())

    def flow(archive: Path) -> None:
        ingest(str(folder / "monitor.yaml"), str(archive), due_only=False)

    ways: dict[str, Callable[[Path], None]] = {"plain": plain, "flow": flow}
    for name in ways:
        fresh(folder / f"{name}.db")
    for kind, rounds in (("first", 1), ("again", 3)):
        for _ in range(rounds):
            for name, way in ways.items():
                began = time.perf_counter()
                way(folder / f"{name}.db")
                took = time.perf_counter() - began
                figures[f"{name}-{kind}"] = min(took, figures.get(f"{name}-{kind}", took))
    return figures


def fresh(path: Path) -> Path:
    """The path, with no database there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


JOBS: dict[str, Callable[[Path], Figures]] = {
    "wirewatch-store": wirewatch_store,
    "wirewatch-pass": wirewatch_pass,
    "wirewatch-repoll": wirewatch_repoll,
    "reader-store": reader_store,
    "reader-repoll": reader_repoll,
    "prefect": prefect,
}

if __name__ == "__main__":
    if sys.argv[1] not in JOBS:  # else reader's memory would count what these import of ours
        import browsed
        import stored
        import telling

        JOBS |= stored.JOBS | telling.JOBS | browsed.JOBS
    found = JOBS[sys.argv[1]](Path(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))
    print(json.dumps({**found, "processor": time.process_time(), "mebibytes": peak}))
