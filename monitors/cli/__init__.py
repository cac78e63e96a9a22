"""The command line. Heavy imports happen inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
from typing import Annotated

import typer

from monitors.cli import (
    browsing,
    channels,
    checking,
    explaining,
    exporting,
    keeping,
    listings,
    marking,
    passes,
    scheduling,
    telling,
)
from monitors.cli.feeds import feeds_app
from monitors.cli.silencing import silence_app
from monitors.errors import MonitorFileError, WirewatchError
from monitors.log import tell

INTERRUPTED = 130

app = typer.Typer(
    help="Watches news feeds and rings once for each new development, with the sentence that says so.",
    epilog="Exit status: 0 done, 1 something failed, 2 wrong use or bad input.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for subject in (
    passes, scheduling, listings, explaining, marking, checking, keeping, exporting, telling, channels, browsing,
):  # fmt: skip
    for command in subject.COMMANDS:
        app.command()(command)
app.add_typer(feeds_app, name="feeds")
app.add_typer(silence_app, name="silence")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"wirewatch {version('wirewatch')}")
        except PackageNotFoundError:
            typer.echo("wirewatch (not installed)")
        raise typer.Exit


@app.callback()
def wirewatch(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    _verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show details of unexpected errors.")] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line and end the process with its exit status; no traceback reaches the user without `-v`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Korean letters shows "?" for them
            stream.reconfigure(errors="replace")
    sys.exit(_run())


def _run() -> int:
    try:
        try:
            app(prog_name="wirewatch")
        except SystemExit as end:
            sys.stdout.flush()
            return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        # The reader had enough. What is still buffered must go nowhere, or Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except WirewatchError as error:
        _say(str(error) if isinstance(error, MonitorFileError) else f"wirewatch: {error}")
        return error.exit_status
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"wirewatch: {where}{error.strerror or error}")
        _show_details()
        return 1
    except Exception as error:  # the last stop before the user: name it, keep the traceback for -v
        _say(f"wirewatch: unexpected error, {type(error).__name__}: {error} (wirewatch -v shows details)")
        _show_details()
        return 1
    return 0


def _show_details() -> None:
    if {"-v", "--verbose"} & set(sys.argv[1:]):
        traceback.print_exc()


def _say(line: str) -> None:
    tell(line, level=logging.ERROR, plain=sys.stderr)
