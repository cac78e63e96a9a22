"""What `wirewatch schedule` calls: a Prefect server of our own, and the deployments served, until told to end."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import FrameType

from flows.own_server import OwnServer
from flows.settings import settle_schedule
from monitors.archive import leases
from monitors.archive.connection import open_archive
from monitors.cli.options import archive_option
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.errors import ArchiveBusy, WirewatchError
from monitors.ingest.turn import is_gone, new_owner

USUAL_PORT = 4200
BROWSE = "http://127.0.0.1:8765"
"""Where `wirewatch browse` shows its pages by default."""

NOTICED_WITHIN = 0.5
"""Seconds until the death of the server is noticed."""

LOOKS_BACK_EVERY = 4.0
"""Seconds between two looks for slots that were missed."""

KNOWN_FOR, TOLD_EVERY = 120.0, 30.0
"""Seconds for which the archive says that a scheduler runs, and after which it is said again."""


def schedule(
    monitor_path: Path,
    archive_path: Path,
    interval: int,
    port: int | None,
    verbose: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve the monitor's deployments until SIGINT or SIGTERM; a pass every `interval` seconds, the first at once.

    `port` of Prefect's page; without one the usual, or a free one. `tell` is given lines for the person who started it.
    Call it from the main thread. Raises WirewatchError when it cannot start, or when its server ended.
    """
    monitor = load_monitor(monitor_path)
    settle_schedule(os.environ, monitor=monitor.id, interval=interval, verbose=verbose)
    home = Path(os.environ["PREFECT_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home), _told_to_end() as ending, open_archive(archive_path) as archive:
        tell(f"starting Prefect's server for {monitor.id} (about 15 s, the first time 30)…")
        server = OwnServer([port] if port else [USUAL_PORT, 0], None if verbose else home / "server.log")
        os.environ["PREFECT_API_URL"] = f"{server.page}/api"
        try:
            server.wait_until_healthy()
            if ending.is_set():
                return
            # Prefect reads its settings when it is imported, so they came first.
            from flows.serving import Serving

            owner, name = new_owner(), f"schedule {monitor.id}"
            about = f"{server.page}, a pass every {_in_words(interval)}"
            other = leases.take(archive, name, owner, utc_now(), KNOWN_FOR, detail=about, gone=is_gone)
            if other:
                tell(f"another scheduler serves {monitor.id} on this archive ({other.detail}); their passes take turns")
            serving = Serving(monitor, monitor_path.resolve(), archive_path.resolve(), interval)
            serving.start()
            for line in (
                *serving.lines(),
                f"Prefect's page: {server.page}",
                f"the archive's pages: {_browse(monitor_path, archive_path)}, in another terminal",
                "Ctrl-C ends it",
            ):
                tell(line)
            said = looked = utc_now()
            while not ending.wait(NOTICED_WITHIN):
                fault = serving.fault() if server.alive() else "Prefect's server ended"
                if fault:
                    serving.abandon()
                    raise WirewatchError(f"{fault}; start wirewatch schedule again")
                if utc_now() - looked > timedelta(seconds=LOOKS_BACK_EVERY):
                    looked = utc_now()
                    serving.forget_missed()
                if utc_now() - said > timedelta(seconds=TOLD_EVERY):
                    said = utc_now()
                    try:
                        leases.renew(archive, name, owner, said, KNOWN_FOR)
                    except ArchiveBusy:
                        continue  # said again soon
            tell("ending…")
            serving.stop()
            leases.release(archive, name, owner)
        finally:
            server.stop()
    tell("ended; what was stored stays, and the next start goes on from there")


def _browse(monitor: Path, archive: Path) -> str:
    named = "" if monitor == shipped_monitor_path() else f"--monitor {shlex.quote(str(monitor))}"
    words = " ".join(part for part in ("wirewatch browse", named, archive_option(archive)) if part)
    return f"{words}, then {BROWSE}"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Nobody else uses the same home meanwhile: two servers on one database lose runs.

    SQLite's lock is the one that works on every platform and that a process cannot leave behind.
    """
    lock = sqlite3.connect(home / "in-use.db", timeout=0.5, isolation_level=None)
    try:
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as error:
            raise WirewatchError(
                f"another wirewatch schedule of this monitor is running ({home}); to run a second one, "
                "give it a PREFECT_HOME of its own"
            ) from error
        yield
    finally:
        lock.close()


@contextmanager
def _told_to_end() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set."""
    ending = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_words(seconds: int) -> str:
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds % size == 0:
            return f"{seconds // size} {name}" if seconds != size else name.removesuffix("s")
    return f"{seconds} seconds"
