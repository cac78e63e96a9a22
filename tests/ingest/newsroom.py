"""A made-up topic with feeds on loopback, and passes over them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from monitors.archive.connection import open_reader
from monitors.definition.channels import FileChannel, TerminalChannel
from monitors.definition.load import load_monitor
from monitors.definition.model import Feed, Monitor, Polling, Rule
from monitors.developments.engine import Engine
from monitors.ingest.demo_feeds import FeedServer, Format
from monitors.ingest.documents import Document
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"
START = datetime(2032, 4, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FORMATS: tuple[Format, ...] = ("rss", "atom", "json")


def story(number: int, title: str, text: str = "", *, hours: float = 0, url: str = "") -> Document:
    """A document that was published `hours` after the start."""
    return Document(
        id=f"story-{number}",
        published=START + hours * HOUR,
        source="Tarnland Courier",
        lang="en",
        url=url or f"https://news.tarnland.example/stories/{number}",
        title=title,
        text=text,
    )


OPENING = story(1, "Tarnland and Velmora agree on glacier treaty", hours=-2)
NEWS = story(2, "Ada Brunnick and Joren Saal to meet in Ostrava on May 3", hours=0.5)
OFF_TOPIC = story(3, "Harbour fair opens with a parade of tugboats", hours=-1)


@cache
def compiled() -> Monitor:
    """The made-up monitor as its file says, loaded once."""
    return load_monitor(GLACIER)


def polling(*hosts: str) -> Polling:
    """Manners for loopback: quick, and without pauses between requests."""
    return Polling(deadline=5, run_deadline=20, per_host_delay=0, allow_private=hosts)


def glacier(urls: list[str], **changes: Any) -> Monitor:
    """The made-up monitor over other feeds, with alerts to the terminal and to a file beside the archive."""
    feeds = tuple(
        Feed(url=url, publisher=f"Courier {number}", family=f"courier-{number}", language="en", full_text=False)
        for number, url in enumerate(urls, 1)
    )
    policy = compiled().policy.model_copy(update={"rules": (Rule(channels=("terminal", "file")),)})
    channels = (
        TerminalChannel(id="terminal", type="terminal"),
        FileChannel(id="file", type="file", path="alerts.jsonl"),
    )
    plan = {"feeds": feeds, "policy": policy, "channels": channels, "polling": polling("127.0.0.1")}
    return compiled().model_copy(update=plan | changes)


@dataclass
class Newsroom:
    """Feeds in three formats, polled by passes that are a step apart."""

    archive: Path
    server: FeedServer = field(default_factory=FeedServer)
    passes: int = 0
    step: timedelta = HOUR
    terminal: str = ""
    """What the last pass wrote to the terminal."""

    def __enter__(self) -> Self:
        self.server.__enter__()
        self.monitor = glacier([f"http://127.0.0.1:{self.server.port}/{name}" for name in FORMATS])
        self.engine = Engine(self.monitor)
        self.publish()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.__exit__(kind, error, trace)

    def publish(
        self, rss: tuple[Document, ...] = (), atom: tuple[Document, ...] = (), json: tuple[Document, ...] = ()
    ) -> None:
        """Replace what the feeds show."""
        self.server.publish({"rss": rss, "atom": atom, "json": json})

    def now(self) -> datetime:
        return START + self.passes * self.step

    def run(self, **options: Any) -> PassSummary:
        """One pass, a step after the one before."""
        self.passes += 1
        stream = io.StringIO()
        options = {"engine": self.engine, "clock": self.now} | options
        try:
            return run_pass(self.monitor, self.archive, alert_stream=stream, **options)
        finally:
            self.terminal = stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        """What the file beside the archive tells of developments."""
        return [line for line in alert_lines(self.archive) if line["kind"] == "development"]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with open_reader(self.archive) as archive:
            return archive.rows(sql)


def alert_lines(archive: Path) -> list[dict[str, Any]]:
    """The alerts in the file beside an archive, oldest first."""
    path = archive.parent / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def alerts_on(terminal: str) -> list[str]:
    """The first line of each alert that stands in the text of a terminal."""
    return [line for line in terminal.splitlines() if line.startswith(("! ", "!! "))]
