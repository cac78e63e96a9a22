"""Commands that tell people something on request: a digest, a correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, JsonOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import note, print_json_lines
from monitors.errors import InputError


def digest(
    archive: ArchiveOption = None,
    monitor: MonitorOption = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Of seven days. Without it: of one.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Put it into the outbox of the digest's channels.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What happened in a day or a week, what did not, and what lies ahead.

    Printed, unless it is sent. By `policy.digest` it comes by itself.
    """
    from monitors.alerts import digesting
    from monitors.alerts.digest import Period
    from monitors.alerts.message import to_object
    from monitors.archive.connection import open_archive, open_reader
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor

    watched = load_monitor(monitor_path(monitor))
    path = archive_path(archive)
    now = utc_now().replace(second=0, microsecond=0)
    period: Period = "weekly" if weekly else "daily"
    if send:
        with open_archive(path, create=False) as opened:
            alert = digesting.send(opened, watched, period, now, utc_now())
        if alert.decision == "mute":
            note(f"{alert.reason}; nothing is sent")
        else:
            note(f"{alert.reason}: in the outbox; the next run sends it")
        return
    with open_reader(path) as opened:
        message = digesting.preview(opened, watched, period, now)
    if as_json:
        print_json_lines([to_object(message.cleaned())])
        return
    for line in (message.cleaned().title, *message.cleaned().lines):
        print(line)


def correct(
    development: Annotated[int, typer.Argument(metavar="ID", help="The development, as `developments --json` has it.")],
    reason: Annotated[str, typer.Option(help="What was wrong, and what holds; readers see it.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back a development that was wrong.

    Each channel that told of it gets a correction; what was not sent yet is withdrawn.
    """
    from monitors.alerts import corrections
    from monitors.archive.connection import open_archive
    from monitors.clock import utc_now

    if not reason.strip():
        raise InputError("--reason: say what was wrong; readers see it")
    with open_archive(archive_path(archive), create=False) as opened:
        done = corrections.correct(opened, development, reason.strip(), utc_now())
    if as_json:
        print_json_lines([{"development": development, "channels": done.channels, "withdrawn": done.withdrawn}])
        return
    if done.channels:
        print(f"development {development}: a correction is in the outbox for {', '.join(done.channels)}")
    if done.withdrawn or not done.channels:
        print(f"development {development}: {done.withdrawn} unsent deliveries withdrawn")


COMMANDS: tuple[Callable[..., None], ...] = (digest, correct)
