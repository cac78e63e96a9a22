"""The commands that show the archive in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import note


def browse(
    archive: ArchiveOption = None,
    monitor: MonitorOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="The address to listen at. Others than this machine's need a password.")] = (
        "127.0.0.1"
    ),
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE", help="Times in this zone, as Europe/Paris. Without it: the policy's of the monitor."
        ),
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask for the password that `wirewatch password` put there.")
    ] = None,
    user_header: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Let in whom a proxy in front names in this header; it must set it itself."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Answer under this name too, as archive.example.")
    ] = None,
    allow_actions: Annotated[
        bool, typer.Option("--allow-actions", help="Let pages retry dead deliveries and keep alerts back.")
    ] = False,
) -> None:
    """The archive in the browser, until Ctrl-C.

    Reads only, beside a pass that writes. Every page has a twin for programs at its address plus .json; lists have .csv
    and .atom too, the calendar .ics.
    """
    from monitors.archive.connection import open_reader
    from monitors.browse.passwords import check_form
    from monitors.browse.serve import serve
    from monitors.browse.settings import LOOPBACK, Settings
    from monitors.definition.load import load_monitor
    from monitors.definition.model import known_zone
    from monitors.errors import InputError
    from monitors.exports.names import names_of

    watched, path = load_monitor(monitor_path(monitor)), archive_path(archive)
    open_reader(path).close()  # a bad archive is told before anything is served
    try:
        zone = known_zone(timezone or watched.policy.timezone)
    except ValueError as error:
        raise InputError(f"--timezone: {error}") from None
    settings = Settings(
        archive=path,
        names=names_of(watched),
        title=watched.title,
        zone=zone,
        hosts=(*LOOPBACK, *(name.lower() for name in (host, watched.browse.host(), *(allow_host or ())) if name)),
        password_hash=check_form(password_file.read_text("utf-8")) if password_file else "",
        user_header=user_header or "",
        actions=allow_actions,
    )
    serve(settings, host, port, lambda address: note(f"{path} at {address} (Ctrl-C ends it)"))


def password(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where its hash goes; an old one is replaced.")],
    user: Annotated[str, typer.Option(help="The name to be given with it.")] = "desk",
) -> None:
    """Set the password of `browse`.

    Asks for it twice, or reads one line where there is no terminal. The file holds a hash (scrypt), not the password.
    """
    import sys

    from monitors.browse.passwords import hashed
    from monitors.errors import InputError
    from monitors.exports.whole_file import write_pieces

    if sys.stdin.isatty():
        secret = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if len(secret) < 8:
        raise InputError("password: take eight characters at least")
    write_pieces(file, [hashed(user, secret), "\n"])
    if file.is_file():
        file.chmod(0o600)
    note(f"{file} is written; wirewatch browse --password-file {file}")


COMMANDS: tuple[Callable[..., None], ...] = (browse, password)
