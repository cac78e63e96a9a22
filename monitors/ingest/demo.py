"""The demo: a stream of documents served as feeds on loopback and polled as its time passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from monitors.definition.model import Feed, Language, Monitor, Polling
from monitors.developments.engine import Engine
from monitors.ingest.demo_feeds import FeedServer, Format
from monitors.ingest.documents import Document
from monitors.ingest.one_pass import run_pass
from monitors.ingest.publishers import language_of
from monitors.ingest.summary import PassSummary

READING_TIME = timedelta(minutes=5)
"""The demo's clock stands so long after the last document that was published."""

_FORMATS: dict[Language, Format] = {"en": "rss", "ko": "atom", "ja": "json"}


@dataclass(frozen=True, slots=True)
class Tick:
    """One pass of the demo: what it brought, and how far the stream has come."""

    number: int
    total: int
    now: datetime
    summary: PassSummary


def play(
    monitor: Monitor,
    documents: Sequence[Document],
    archive_path: Path,
    *,
    seconds: float,
    passes: int,
    alert_stream: TextIO,
    on_tick: Callable[[Tick], None],
    sleep: Callable[[float], None] = time.sleep,
) -> list[PassSummary]:
    """Play `documents` in about `seconds`, in `passes` polls; the summaries of all passes.

    The first poll finds a few documents as the baseline. Everything runs as in earnest: feeds over HTTP, the archive at
    `archive_path`, alerts to the monitor's channels. Raises WirewatchError.
    """
    summaries = []
    with FeedServer() as server:
        demo = demo_monitor(monitor, server.port, sorted({_format(d) for d in documents}))
        engine = Engine(demo)
        started = time.monotonic()
        for number in range(1, passes + 1):
            shown = documents[: max(1, len(documents) * number // passes)]
            by_format: dict[Format, list[Document]] = {name: [] for name in _FORMATS.values()}
            for document in shown:
                by_format[_format(document)].append(document)
            server.publish(by_format)
            now = shown[-1].published + READING_TIME
            clock = partial(_standing_still, now)
            summary = run_pass(demo, archive_path, clock=clock, alert_stream=alert_stream, engine=engine)
            summaries.append(summary)
            on_tick(Tick(number, passes, now, summary))
            ahead = started + seconds * number / passes - time.monotonic()
            if ahead > 0 and number < passes:
                sleep(ahead)
    return summaries


def _standing_still(now: datetime) -> datetime:
    return now


def demo_monitor(monitor: Monitor, port: int, formats: Sequence[Format]) -> Monitor:
    """The monitor with the demo's feeds in place of its own, without a seed and without waiting between polls."""
    languages = {name: language for language, name in _FORMATS.items()}
    feeds = tuple(
        Feed(
            url=f"http://127.0.0.1:{port}/{name}",
            publisher=f"Demo stream ({name})",
            family="demo",
            language=languages[name],
            role="aggregator",
            full_text=False,
        )
        for name in formats
    )
    polling = Polling(
        contact=monitor.polling.contact,
        deadline=10,
        run_deadline=30,
        per_host_delay=0,
        allow_private=("127.0.0.1",),
    )
    # The stream leaps over months, in which every feed would count as fallen silent; and a demo is no run to count on.
    policy = monitor.policy.model_copy(update={"health_channels": (), "ping_url": None})
    return monitor.model_copy(update={"feeds": feeds, "polling": polling, "policy": policy, "seeds": ()})


def _format(document: Document) -> Format:
    language = language_of(document.title, document.text, document.lang)
    return next((name for own, name in _FORMATS.items() if own == language), "rss")
