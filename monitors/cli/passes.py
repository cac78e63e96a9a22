"""Commands that read news: a pass over the feeds, the demo, a replay."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_option, archive_path, monitor_path
from monitors.cli.output import note

if TYPE_CHECKING:
    from monitors.ingest.summary import PassSummary

RUNNERS = "wirewatch.runners"
"""The entry points among which `run` finds the flow, so that this package imports no scheduler."""


def run(
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    plain: Annotated[bool, typer.Option("--plain", help="Without Prefect: the same pass, quicker.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show Prefect's own log too.")] = False,
) -> None:
    """One pass now: feeds, developments, alerts.

    Reads the monitor's seed article and feeds, stores what is on topic, raises alerts for what is new, and ends with a
    summary. Without a network it says so and ends well.
    """
    from monitors.archive.connection import open_archive
    from monitors.definition.load import load_monitor

    definition_path, path = monitor_path(monitor), archive_path(archive)
    definition = load_monitor(definition_path)
    open_archive(path).close()  # a bad archive is told before anything is fetched
    if plain:
        from monitors.cli.progress import Steps
        from monitors.clock import utc_now
        from monitors.ingest.one_pass import run_pass

        with Steps(sys.stderr) as steps:
            summary = run_pass(definition, path, clock=utc_now, progress=steps, alert_stream=sys.stdout)
    else:
        runner = _find_runner("prefect")
        note("starting Prefect's temporary server (about 10 s; --plain does without)…")
        summary = runner(definition_path, path, verbose)
    _conclude(summary)


COMMANDS: tuple[Callable[..., None], ...] = (run,)


def _find_runner(name: str) -> Callable[[Path, Path, bool], PassSummary]:
    from importlib.metadata import entry_points

    from monitors.errors import WirewatchError

    for entry_point in entry_points(group=RUNNERS, name=name):
        runner: Callable[[Path, Path, bool], PassSummary] = entry_point.load()
        return runner
    raise WirewatchError(f"the {name} runner is not installed (pip install .); wirewatch run --plain does without it")


def _conclude(summary: PassSummary) -> None:
    from rich.console import Console

    from monitors.cli.summary import render_summary

    option = archive_option(Path(summary.archive))
    Console(highlight=False, soft_wrap=True).print(render_summary(summary, option))
    if summary.failed_deliveries:
        note(f"wirewatch: {summary.failed_deliveries} deliveries failed; wirewatch alerts says why")
        raise typer.Exit(1)
