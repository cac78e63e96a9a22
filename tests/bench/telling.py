"""What delivering costs: a thousand alerts to five channels over HTTP, alone and beside a channel that stalls."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitors.alerts.channels.registry import Channel, open_channels
from monitors.alerts.deliver import deliver_due
from monitors.alerts.message import Message, to_payload
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Alert, Delivery
from monitors.clock import utc_now
from tests.alerts.receivers.desk import MESSAGE, OVER_HTTP, SIGNING, local, monitor_with

Figures = dict[str, float]

ALERTS = 1000
LONGEST = 300
"""Seconds that the receiver may last."""

STALLS = 5.0
"""Seconds after which a post to the channel that stalls is given up."""


@dataclass
class Timed:
    """A channel that remembers when it last took a message."""

    channel: Channel
    taken: int = 0
    last: float = field(default_factory=time.perf_counter)

    def send(self, key: str, message: Message) -> str | None:
        said = self.channel.send(key, message)
        self.taken, self.last = self.taken + 1, time.perf_counter()
        return said


@contextmanager
def sink() -> Iterator[str]:
    """A receiver in a process of its own; its address."""
    command = [sys.executable, str(Path(__file__).with_name("sink.py")), str(LONGEST)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def tell(folder: Path) -> Figures:
    """A thousand alerts to each of five channels: deliveries a second."""
    return _told(folder / "tell.db", OVER_HTTP)


def tell_beside_a_stall(folder: Path) -> Figures:
    """The same beside a sixth channel whose receiver takes the connection and never answers."""
    stalled = {**OVER_HTTP[0], "id": "stalled", "url": "env:STALLED"}
    return _told(folder / "stalled.db", [*OVER_HTTP, stalled])


def _told(path: Path, channels: Sequence[dict[str, Any]]) -> Figures:
    ids = [channel["id"] for channel in channels]
    path.unlink(missing_ok=True)
    with sink() as address, open_archive(path) as archive:
        _put(archive, ids)
        monitor = monitor_with([local(channel, timeout=STALLS) for channel in channels])
        known = {"SIGNING": SIGNING, "TOKEN": "12345:token-of-bot", "URL": address, "STALLED": f"{address}/stall"}
        opened = open_channels(monitor, path, io.StringIO(), environment=known)
        timed = {name: Timed(channel) for name, channel in opened.items()}
        began, worked = time.perf_counter(), time.process_time()
        deliver_due(archive, timed, utc_now, "bench")
        processor = time.process_time() - worked
        good = [timed[channel["id"]] for channel in OVER_HTTP]
        seconds = max(one.last for one in good) - began
        sent = sum(one.taken for one in good)
    assert sent == ALERTS * len(good), f"{sent} deliveries arrived"
    return {"seconds": seconds, "rate": sent / seconds, "rate-processor": sent / processor}


def _put(archive: Archive, channels: Sequence[str]) -> None:
    payload, now = to_payload(MESSAGE), utc_now()
    with archive.writing():
        for n in range(ALERTS):
            alert = insert_alert(archive, Alert("harbour", None, now, "alert", "bench", kind="health", subject=str(n)))
            rows = [Delivery(alert.id, channel, f"{channel}-{n}", payload, not_before=now) for channel in channels]
            insert_deliveries(archive, rows)


JOBS: dict[str, Callable[[Path], Figures]] = {"tell": tell, "tell-stalled": tell_beside_a_stall}
