"""One pass of a monitor at a time: its turn, held by a lease in the archive that is renewed while the pass runs.

A pass whose process was killed loses its turn at once where that can be seen (the same machine), else after LASTS
seconds. Two passes at once would not spoil the archive, as each of its transactions holds by itself; they would ask
publishers twice.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from monitors.archive import leases
from monitors.archive.connection import Archive, open_archive
from monitors.clock import Clock
from monitors.errors import ArchiveBusy, ArchiveError, PassUnderWay

LASTS = 120.0
"""Seconds after which others may take the turn of a pass of which nothing is heard."""

RENEWED_EVERY = 30.0
LONGEST = 3600.0
"""A pass that hangs is not covered for longer than so many seconds."""

_NAMESPACE = Path("/proc/self/ns/pid")
_running: dict[str, threading.Event] = {}


@dataclass(frozen=True, slots=True)
class Turn:
    """A monitor's turn, as its lease names it. Only values, so that it can be handed to another process."""

    name: str
    owner: str


def take_turn(archive: Archive, archive_path: Path | str, monitor: str, clock: Clock) -> Turn:
    """Take the monitor's turn and keep it until `end_turn`. Raises PassUnderWay when another pass has it."""
    turn = Turn(f"ingest {monitor}", new_owner())
    held = leases.take(archive, turn.name, turn.owner, clock(), LASTS, gone=is_gone)
    if held:
        raise PassUnderWay(
            f"another pass of {monitor} is under way (since {held.taken:%Y-%m-%d %H:%M} UTC, {held.owner}); "
            "this one did nothing"
        )
    ended = _running[turn.owner] = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(archive_path, turn, clock, ended), name=f"keeps the turn of {monitor}", daemon=True
    )
    keeper.start()
    return turn


def end_turn(archive: Archive, turn: Turn) -> None:
    """Let the next pass begin. Ending a turn twice does nothing."""
    if ended := _running.pop(turn.owner, None):
        ended.set()
    leases.release(archive, turn.name, turn.owner)


def new_owner() -> str:
    """A name for a lease of this process: machine, process, and something that no other lease has."""
    return f"{_machine()} process {os.getpid()} {uuid.uuid4().hex[:8]}"


def is_gone(owner: str) -> bool:
    """Whether the process that `new_owner` named ran on this machine and is no more. False when in doubt."""
    machine, _, rest = owner.partition(" process ")
    number = rest.partition(" ")[0]
    if os.name != "posix" or machine != _machine() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)  # asks only (POSIX kill); elsewhere 0 is a signal of its own
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _machine() -> str:
    """The host, and the container where there is one: process numbers mean something inside it only."""
    try:
        return f"{socket.gethostname()}/{_NAMESPACE.readlink()}"
    except OSError:
        return socket.gethostname()


def _keep(archive_path: Path | str, turn: Turn, clock: Clock, ended: threading.Event) -> None:
    begun = time.monotonic()
    while not ended.wait(RENEWED_EVERY) and time.monotonic() - begun < LONGEST:
        try:
            with open_archive(archive_path, create=False) as archive:
                if not leases.renew(archive, turn.name, turn.owner, clock(), LASTS):
                    return
        except ArchiveBusy:
            continue  # there are more renewals before it runs out
        except ArchiveError:
            return  # the pass meets the same fault and tells it
