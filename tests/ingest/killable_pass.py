"""A pass that can be begun, and killed, in a process of its own."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from newsroom import glacier

from monitors.developments.engine import Engine
from monitors.ingest import steps
from monitors.ingest.one_pass import run_pass


def passes(archive: str, urls: list[str]) -> Callable[[datetime], object]:
    """What makes a pass over `urls` into `archive`, at the time it is given."""
    engine = Engine(glacier(urls))

    def one_pass(now: datetime) -> None:
        run_pass(engine.monitor, archive, clock=lambda: now, alert_stream=io.StringIO(), engine=engine)

    return one_pass


def passes_that_hang_once_all_is_stored(archive: str, urls: list[str], stored: str) -> Callable[[datetime], object]:
    """What begins a pass, and waits to be killed once all its polls are stored, which the file `stored` then says."""
    engine = Engine(glacier(urls))

    def half_a_pass(now: datetime) -> None:
        prepared = steps.prepare(engine.monitor, archive, lambda: now)
        polled = steps.poll_batch(engine.monitor, prepared.feeds, prepared, lambda: now)
        steps.store_batch(engine, archive, polled, prepared, lambda: now)
        Path(stored).touch()
        time.sleep(60)

    return half_a_pass
