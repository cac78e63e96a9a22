"""Options that several commands share, and where they point by default."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        metavar="DB",
        help="The archive. Without it: WIREWATCH_ARCHIVE, or wirewatch.db in the platform's data folder.",
        show_default=False,
    ),
]
MonitorOption = Annotated[
    Path | None,
    typer.Option(
        "--monitor", metavar="FILE", help="The monitor file. Without it: the shipped one.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON Lines and nothing else.")]
AuthorOption = Annotated[str | None, typer.Option(help="Who says so. Without it: your name on this machine.")]
LogOption = Annotated[
    bool, typer.Option("--log-json", help="Log to standard error as JSON Lines: what is done, raised and failed.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="At most this many, newest first.")]


def archive_path(given: Path | None) -> Path:
    """The archive's path: the option, else the environment, else the platform's data folder."""
    if given is not None:
        return given
    from monitors.archive.place import default_archive

    return default_archive()


def archive_option(path: Path) -> str:
    """What a command must be given to find the archive at `path`: nothing if it is the default one."""
    return "" if path.absolute() == archive_path(None).absolute() else f"--archive {shlex.quote(str(path))}"


def monitor_path(given: Path | None) -> Path:
    """The monitor file's path: the option, else the shipped monitor."""
    if given is not None:
        return given
    from monitors.definition.load import shipped_monitor_path

    return shipped_monitor_path()


def author_name(given: str | None) -> str:
    """Who says something, for the record: the option, else the user of this machine. Raises InputError for nobody."""
    import getpass

    from monitors.errors import InputError

    try:
        name = (given or getpass.getuser()).strip()
    except (OSError, KeyError, ImportError):
        name = ""
    if not name:
        raise InputError("--author: say who you are; this machine does not know")
    return name


def shipped_stream_path() -> Path:
    """Where the documents lie that the demo plays."""
    from importlib.resources import files

    return Path(str(files("seeds").joinpath("demo", "stream.jsonl")))
