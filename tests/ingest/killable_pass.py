"""A pass that can be begun, and killed, in a process of its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

from newsroom import glacier

from monitors.developments.engine import Engine
from monitors.ingest.one_pass import run_pass


def passes(archive: str, urls: list[str]) -> Callable[[datetime], object]:
    """What makes a pass over `urls` into `archive`, at the time it is given."""
    engine = Engine(glacier(urls))

    def one_pass(now: datetime) -> None:
        run_pass(engine.monitor, archive, clock=lambda: now, alert_stream=io.StringIO(), engine=engine)

    return one_pass
