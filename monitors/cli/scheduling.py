"""The command that leaves Wirewatch running."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, LogOption, MonitorOption, archive_path, monitor_path
from monitors.cli.passes import RUNNERS
from monitors.log import ask_for_json, tell


def schedule(
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    interval: Annotated[
        int, typer.Option(min=10, max=86400, help="Seconds from one pass to the next; feeds set their own pace.")
    ] = 600,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of Prefect's page. Without it: 4200, or a free one."),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show Prefect's own log too.")] = False,
    log_json: LogOption = False,
) -> None:
    """Passes at regular times, until Ctrl-C.

    Starts a Prefect server of its own on this machine, serves the flows that read feeds, deliver alerts and maintain
    the archive, and says what runs when. Ended in the middle of a pass it loses nothing. After a crash or a night
    asleep it catches up with one pass.
    """
    from importlib.metadata import entry_points

    from monitors.archive.connection import open_archive
    from monitors.definition.load import load_monitor
    from monitors.errors import WirewatchError

    if log_json:
        ask_for_json()
    definition, path = monitor_path(monitor), archive_path(archive)
    load_monitor(definition)
    open_archive(path).close()  # a bad archive is told before anything is started
    for entry_point in entry_points(group=RUNNERS, name="schedule"):
        runner: Callable[[Path, Path, int, int | None, bool, Callable[[str], None]], None] = entry_point.load()
        runner(definition, path, interval, port, verbose, _tell)
        return
    raise WirewatchError("the scheduler is not installed (pip install .); cron and wirewatch run --plain do without it")


def _tell(line: str) -> None:
    tell(line, plain=sys.stdout)


COMMANDS: tuple[Callable[..., None], ...] = (schedule,)
