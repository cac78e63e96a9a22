"""Passes in processes of their own, killed at a chosen moment."""

from __future__ import annotations

import io
import multiprocessing
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from newsroom import glacier

from monitors.developments.engine import Engine
from monitors.ingest.one_pass import run_pass

KILLED = -9


def one_pass(archive: str, engine: Engine, now: datetime) -> None:
    """One pass at the time `now`."""
    run_pass(engine.monitor, archive, clock=lambda: now, alert_stream=io.StringIO(), engine=engine)


def begin_and_kill(orders: Connection, archive: str, urls: list[str]) -> None:
    """For each order, a time and seconds: begin a pass at that time, kill it so many seconds later, say how it ended.

    It forks, so that a pass begins at once; it has no thread that a fork could catch in the middle of something.
    """
    processes = multiprocessing.get_context("fork")
    engine = Engine(glacier(urls))
    while (order := orders.recv()) is not None:
        now, seconds = order
        process = processes.Process(target=one_pass, args=(archive, engine, now))
        process.start()
        process.join(seconds)
        process.kill()
        process.join()
        orders.send(process.exitcode)


class Killer:
    """Begins passes over `urls` into `archive` and kills them, until the `with` ends."""

    def __init__(self, archive: Path, urls: list[str]) -> None:
        processes = multiprocessing.get_context("spawn")
        self._orders, theirs = processes.Pipe()
        self._process: Any = processes.Process(target=begin_and_kill, args=(theirs, str(archive), urls))

    def kills(self, now: datetime, seconds: float) -> bool:
        """Whether a pass at the time `now` was still under way after so many seconds, and so was killed."""
        self._orders.send((now, seconds))
        assert self._orders.poll(60)
        status = self._orders.recv()
        assert status in (0, KILLED)
        return bool(status)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
