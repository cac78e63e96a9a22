"""Commands that read news: a pass over the feeds, the demo, a replay."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitors.cli.options import (
    ArchiveOption,
    LogOption,
    MonitorOption,
    archive_option,
    archive_path,
    monitor_path,
    shipped_stream_path,
)
from monitors.cli.output import note
from monitors.cli.replaying import replay
from monitors.log import ask_for_json, is_json, tell

if TYPE_CHECKING:
    from monitors.ingest.summary import PassSummary

RUNNERS = "wirewatch.runners"
"""The entry points among which `run` finds the flow, so that this package imports no scheduler."""

DEMO_REPORTS_EVERY = 5


class Runner(Enum):
    """Who polls the feeds of a pass."""

    THREADS = "threads"
    DASK = "dask"


def run(
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    plain: Annotated[bool, typer.Option("--plain", help="Without Prefect: the same pass, quicker.")] = False,
    runner: Annotated[
        Runner, typer.Option("--runner", help="Who fetches and reads the feeds: threads here, or a Dask cluster.")
    ] = Runner.THREADS,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="URL", help="The cluster's scheduler, tcp://host:port; with --runner dask."),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show Prefect's own log too.")] = False,
    log_json: LogOption = False,
) -> None:
    """One pass now: feeds, developments, alerts.

    Reads the monitor's seed article and feeds, stores what is on topic, raises alerts for what is new, and ends with a
    summary. Without a network it says so and ends well.
    """
    from monitors.archive.connection import open_archive
    from monitors.definition.load import load_monitor

    if log_json:
        ask_for_json()
    cluster = _cluster(runner, address, plain=plain)
    definition_path, path = monitor_path(monitor), archive_path(archive)
    definition = load_monitor(definition_path)
    open_archive(path).close()  # a bad archive is told before anything is fetched
    if plain:
        from monitors.cli.progress import Steps
        from monitors.clock import utc_now
        from monitors.ingest.one_pass import run_pass
        from monitors.ingest.progress import silent

        with Steps(sys.stderr) as steps:
            progress = silent if is_json() else steps
            summary = run_pass(definition, path, clock=utc_now, progress=progress, alert_stream=sys.stdout)
        tell("pass ended", summary.facts())
    else:
        summary = _run_with("prefect", definition_path, path, verbose, cluster)
    _conclude(summary)


def demo(
    archive: Annotated[
        Path | None,
        typer.Option("--archive", metavar="DB", help="A new file for it. Without it: in a temporary folder."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, max=600, help="How long the stream takes.")] = 30.0,
    polls: Annotated[int, typer.Option(min=2, max=200, help="How often the feeds are polled in that time.")] = 30,
) -> None:
    """The whole chain without a network.

    Serves a stream of documents that comes with Wirewatch as feeds on this machine, polls them as its time passes, and
    shows each alert as it is raised.
    """
    from rich.console import Console

    from monitors.cli.summary import render_demo
    from monitors.definition.load import load_monitor
    from monitors.ingest.demo import Tick, play
    from monitors.ingest.documents import read_documents

    path = _new_archive(archive)
    documents = list(read_documents([str(shipped_stream_path())]))
    note(f"playing {len(documents)} documents in about {seconds:.0f} s…")

    def tell(tick: Tick) -> None:
        if tick.number % DEMO_REPORTS_EVERY == 0 and tick.number < tick.total:
            note(f"… {tick.now:%Y-%m-%d}, poll {tick.number} of {tick.total}")

    passes = play(
        load_monitor(monitor_path(None)),
        documents,
        path,
        seconds=seconds,
        passes=polls,
        alert_stream=sys.stdout,
        on_tick=tell,
    )
    Console(highlight=False, soft_wrap=True).print(render_demo(len(documents), passes, archive_option(path)))


COMMANDS: tuple[Callable[..., None], ...] = (run, demo, replay)


def _new_archive(given: Path | None) -> Path:
    import tempfile

    from monitors.errors import InputError

    if given is None:
        return Path(tempfile.mkdtemp(prefix="wirewatch-demo-")) / "wirewatch.db"
    if given.exists():
        raise InputError(f"{given} exists already; the demo needs a new file")
    return given


def _cluster(runner: Runner, address: str | None, *, plain: bool) -> str | None:
    """The scheduler's address where a cluster is to fetch. Raises InputError for options that contradict each other."""
    from monitors.errors import InputError

    if runner is Runner.THREADS:
        if address is not None:
            raise InputError("--address names a Dask cluster; give --runner dask with it")
        return None
    if plain:
        raise InputError("--plain fetches here, by itself; leave it out, or leave --runner dask out")
    if address is None:
        raise InputError("--runner dask needs --address, the scheduler's (tcp://host:8786)")
    return address


def _run_with(name: str, definition: Path, archive: Path, verbose: bool, cluster: str | None) -> PassSummary:
    from importlib.metadata import entry_points

    from monitors.cli.progress import Steps
    from monitors.errors import WirewatchError
    from monitors.ingest.progress import Progress, silent

    for entry_point in entry_points(group=RUNNERS, name=name):
        note("starting Prefect's temporary server (about 10 s; --plain does without)…")
        runner: Callable[[Path, Path, bool, Progress, str | None], PassSummary] = entry_point.load()
        with Steps(sys.stderr) as steps:
            return runner(definition, archive, verbose, silent if is_json() else steps, cluster)
    raise WirewatchError(f"the {name} runner is not installed (pip install .); wirewatch run --plain does without it")


def _conclude(summary: PassSummary) -> None:
    from rich.console import Console

    from monitors.cli.summary import render_summary

    option = archive_option(Path(summary.archive))
    if not is_json():
        Console(highlight=False, soft_wrap=True).print(render_summary(summary, option))
    if summary.failed_deliveries:
        note(f"wirewatch: {summary.failed_deliveries} deliveries failed; wirewatch alerts says why")
        raise typer.Exit(1)
