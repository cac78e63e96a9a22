"""A small language of time for tests: what is published when, and what people are told when.

Each story has an archive, the made-up monitor on a glacier, and file channels. Its clock goes minute by minute, and
every minute the outbox is looked after as a deployment does. Times are walls of the reader's clock, on day 0 else.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitors.alerts.corrections import Corrected, correct
from monitors.alerts.health import tell_ill
from monitors.archive import articles, runs, silences, unread
from monitors.archive.connection import open_archive
from monitors.archive.records import Article, FeedHealth, Silence
from monitors.definition.channels import FileChannel
from monitors.definition.load import load_monitor
from monitors.definition.model import Monitor, Policy
from monitors.developments.engine import Engine
from monitors.ingest.detect import detect_waiting
from monitors.ingest.steps import deliver_step
from monitors.ingest.store import store_article

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"
FIRST_DAY = datetime(2032, 4, 20, tzinfo=UTC)
CHANNELS = ("mail", "phone")
MINUTE = timedelta(minutes=1)
LONG = timedelta(minutes=30)


@cache
def glacier() -> tuple[Monitor, Engine]:
    """The made-up monitor and its words, compiled once."""
    monitor = load_monitor(GLACIER)
    return monitor, Engine(monitor)


@dataclass(frozen=True)
class Line:
    """One message that a channel got, and when; `text` is all that it says."""

    at: datetime
    channel: str
    text: str
    priority: str


@dataclass
class Story:
    """Begins at midnight. The outbox is looked after each minute, or at `every`; where nothing is wanted for long, less
    often: what comes too early is still seen.
    """

    folder: Path
    every: timedelta = MINUTE
    policy: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plain, engine = glacier()
        policy = Policy.model_validate({"rules": [{"channels": ["mail"]}], **self.policy})
        channels = tuple(FileChannel(id=name, type="file", path=f"{name}.jsonl") for name in CHANNELS)
        self.monitor = plain.model_copy(update={"policy": policy, "channels": channels, "seeds": ()})
        self.engine = copy(engine)
        self.engine.monitor = self.monitor
        self.zone = ZoneInfo(policy.timezone)
        self.path = self.folder / "wirewatch.db"
        self.now = FIRST_DAY.replace(tzinfo=self.zone).astimezone(UTC)
        self.said: list[Line] = []
        self.published = 0
        self.known = dict.fromkeys(CHANNELS, 0)

    def at(self, time: str, day: int = 0) -> Story:
        """Let the time come, and everything that is due before it."""
        hours, minutes = time.split(":")
        wall = FIRST_DAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))
        moment = wall.replace(tzinfo=self.zone).astimezone(UTC)
        assert moment >= self.now, f"{time} has passed"
        while self.now < moment:
            self._look()
            stride = LONG if moment - self.now > 2 * LONG else MINUTE
            self.now = min(self.now + max(stride, self.every), moment)
        return self

    def article(self, title: str, *, by: str = "Courier", official: bool = False, baseline: bool = False) -> Story:
        """Something is published, read at once."""
        self.published += 1
        address = f"https://{by.lower()}.example/{self.published}"
        article = Article(
            monitor=self.monitor.id, url=address, canonical_url=address, title=title, text="", language="en",
            publisher=by, family=by.lower(), published=self.now, discovered=self.now, official=official,
        )  # fmt: skip
        with open_archive(self.path) as archive:
            with archive.writing():
                unread.enqueue(archive, [articles.insert(archive, article)], baseline=baseline)
            detect_waiting(archive, self.engine, lambda: self.now)
        return self

    def revised(self, title: str, *, number: int = 1, by: str = "Courier", text: str = "") -> Story:
        """The publisher changes one of its articles, which is read again at once."""
        with open_archive(self.path) as archive:
            (known,) = archive.values(
                "select id from articles where url = ?", [f"https://{by.lower()}.example/{number}"]
            )
            store_article(archive, replace(articles.get(archive, known[0]), title=title, text=text), baseline=False)
            detect_waiting(archive, self.engine, lambda: self.now)
        return self

    def silence(self, subject: str, hours: float, comment: str = "known") -> Story:
        """Somebody silences a situation."""
        ends = self.now + timedelta(hours=hours)
        with open_archive(self.path) as archive:
            silences.add(archive, Silence(self.monitor.id, subject, "ada", comment, self.now, ends))
        return self

    def correct(self, development: int, reason: str) -> Corrected:
        """Somebody takes a development back."""
        with open_archive(self.path) as archive:
            return correct(archive, development, reason, self.now)

    def ill(self, number: int = 0) -> Story:
        """A feed turns ill."""
        feed = self.monitor.feeds[number]
        with open_archive(self.path) as archive:
            tell_ill(archive, self.monitor, feed, FeedHealth(self.monitor.id, feed.url, "silent", self.now), self.now)
        return self

    def broken(self, channel: str, *, mended: bool = False) -> Story:
        """The file of a channel becomes a folder, into which nothing can be written; or a file again."""
        path = self.folder / f"{channel}.jsonl"
        kept = self.folder / f"{channel}.kept"
        if mended:
            path.rmdir()
            if kept.exists():
                kept.rename(path)
        else:
            if path.exists():
                path.rename(kept)
            path.mkdir()
        return self

    def passes(self, *outcomes: str) -> Story:
        """Passes that began and ended now."""
        with open_archive(self.path) as archive:
            for outcome in outcomes:
                runs.finish(archive, runs.start(archive, self.monitor.id, self.now).id, self.now, outcome, {})
        return self

    def want(self, time: str, says: str = "", *, channel: str = "mail", day: int = 0, priority: str = "normal") -> Line:
        """At this minute, and not before, the channel gets a message that says so."""
        self.at(time, day)._look()
        told = [line for line in self.said if line.channel == channel and line.at == self.now]
        hits = [line for line in told if says in line.text and line.priority == priority]
        assert hits, f"{channel} was not told {says!r} at {time}: {self._all()}"
        self.said.remove(hits[0])
        return hits[0]

    def want_no_more(self, time: str = "23:59", day: int = 0) -> Story:
        """Up to a time nobody is told anything that was not wanted."""
        self.at(time, day)._look()
        assert self.said == [], self._all()
        return self

    def reasons(self) -> list[str]:
        """Why people were told of each development or not, in the order in which they were raised."""
        rows = self.rows("select reason from alerts where kind = 'development' order by id")
        return [row["reason"] for row in rows]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with open_archive(self.path) as archive:
            return archive.rows(sql)

    def _look(self) -> None:
        deliver_step(self.monitor, self.path, lambda: self.now, StringIO())
        self.said += self._fresh()

    def _fresh(self) -> list[Line]:
        lines = []
        for name in CHANNELS:
            path = self.folder / f"{name}.jsonl"
            every = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
            lines += [_line(self.now, name, json.loads(text)) for text in every[self.known[name] :]]
            self.known[name] = len(every)
        return lines

    def _all(self) -> str:
        return "\n".join(f"{line.at.astimezone(self.zone):%d %H:%M} {line.channel}: {line.text}" for line in self.said)


def _line(now: datetime, channel: str, record: dict[str, Any]) -> Line:
    if record["kind"] == "bulletin":
        text = "\n".join([record["title"], *record["lines"], record["note"]])
    else:
        keys = ("status", "verdict", "sentence", "detail", "before", "note")
        text = "\n".join([record["title"], *(record[key] for key in keys if key in record)])
    return Line(now, channel, text, record["priority"])
