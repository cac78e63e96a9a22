"""The command that tries channels out."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import note


def ring(
    channel: Annotated[list[str] | None, typer.Argument(help="Channels of the monitor. Without one: all.")] = None,
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Send a test message, marked as one, through channels.

    It takes the way that alerts take, outside the outbox: at once, once, and kept nowhere. Ends with 1 if a channel did
    not take it, and says why.
    """
    from monitors.alerts.channels.registry import open_channels
    from monitors.alerts.channels.trial import trial_message
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor
    from monitors.errors import ChannelError, InputError

    loaded = load_monitor(monitor_path(monitor))
    opened = open_channels(loaded, archive_path(archive), sys.stdout, environment=os.environ)
    wanted = channel or list(opened)
    for name in wanted:
        if name not in opened:
            raise InputError(f"the monitor has no channel {name!r}; it has {', '.join(opened)}")
    failed = False
    for name in wanted:
        try:
            remark = opened[name].send(f"test-{secrets.token_hex(16)}", trial_message(loaded, name, utc_now()))
        except ChannelError as error:
            failed = True
            note(f"{error}" if not error.retry else str(error).replace("; it will be tried again", ""))
        else:
            note(f"channel {name}: took the test message" + (f" ({remark})" if remark else ""))
    if failed:
        raise typer.Exit(1)


COMMANDS: tuple[Callable[..., None], ...] = (ring,)
