"""Readers, articles and mentions to put before them, and a wire on which stories arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitors.archive import developments
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Development, Mention
from monitors.articles.keep import keep
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.developments.detect import detect
from monitors.developments.engine import Engine
from monitors.developments.lifecycles import FACTUALITY

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"

MakingArticle = Callable[..., Article]
MakingMention = Callable[..., Mention]


@pytest.fixture(scope="session")
def shipped() -> Engine:
    """The reader of the monitor that comes with Wirewatch."""
    return Engine(load_monitor(shipped_monitor_path()))


@pytest.fixture(scope="session")
def glacier() -> Engine:
    """The reader of a topic that has nothing in common with the shipped one."""
    return Engine(load_monitor(GLACIER))


@pytest.fixture(scope="session")
def articles() -> MakingArticle:
    """Makes articles that differ in what the test names; `day` is the day of publication."""

    def make(title: str = "", text: str = "", day: str = "2026-03-02", **values: Any) -> Article:
        moment = datetime.fromisoformat(day)
        moment = moment if moment.tzinfo is not None else moment.replace(hour=moment.hour or 12, tzinfo=UTC)
        fields: dict[str, Any] = {
            "monitor": "us-korea", "url": "https://post.example/a", "canonical_url": "https://post.example/a",
            "title": title, "text": text, "language": "en", "publisher": "Harbour Post", "family": "harbour-post",
            "published": moment, "discovered": moment,
        }  # fmt: skip
        return Article(**(fields | values))

    return make


@pytest.fixture(scope="session")
def mentions() -> MakingMention:
    """Makes mentions of a meeting that differ in what the test names."""

    def make(status: str, **values: Any) -> Mention:
        fields: dict[str, Any] = {
            "situation": "summit", "status": status, "factuality": FACTUALITY[status], "sentence": "A and B meet.",
            "field": "title", "start": 0, "end": 13, "cue": "EVENT",
        }  # fmt: skip
        return Mention(**(fields | values))

    return make


@dataclass
class Wire:
    """Articles arrive in an archive in memory, as in a pass; `arrive` gives what each of them raises."""

    archive: Archive
    engine: Engine
    articles: MakingArticle
    arrived: list[Article] = field(default_factory=list)

    def arrive(
        self, day: str, title: str, text: str = "", *, family: str = "harbour-post", baseline: bool = False, **values: Any
    ) -> list[Development]:
        url = values.pop("url", f"https://{family}.example/{len(self.arrived) + 1}")
        article = self.articles(
            title, text, day, monitor=self.engine.monitor.id, url=url, canonical_url=url, family=family, **values
        )
        with self.archive.writing():
            stored = keep(self.archive, article).article
            self.arrived.append(stored)
            read = self.engine.read(stored)
            return detect(self.archive, self.engine.monitor, stored, read, stored.published, baseline=baseline)

    def statuses(self, day: str, title: str, text: str = "", **values: Any) -> list[tuple[str, str]]:
        return [(raised.situation, raised.status) for raised in self.arrive(day, title, text, **values)]

    def development(self, development_id: int) -> Development:
        return developments.get(self.archive, development_id)


@pytest.fixture
def wire(shipped: Engine, articles: MakingArticle) -> Iterator[Wire]:
    """A wire read for the shipped monitor."""
    with open_archive(":memory:") as archive:
        yield Wire(archive, shipped, articles)


@pytest.fixture
def glacier_wire(glacier: Engine, articles: MakingArticle) -> Iterator[Wire]:
    """A wire read for the made-up topic."""
    with open_archive(":memory:") as archive:
        yield Wire(archive, glacier, articles)
