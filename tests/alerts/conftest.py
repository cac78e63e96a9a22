"""A small monitor with two channels, and an archive with an article to raise developments from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitors.archive import articles, developments
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Development, Evidence
from monitors.definition.model import Monitor
from tests.alerts.receivers.desk import monitor_with

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Raise = Callable[..., Development]


@pytest.fixture(scope="session")
def harbour() -> Monitor:
    """A monitor of port talks whose every development goes to a screen and a log."""
    return monitor_with(
        [{"id": "screen", "type": "terminal"}, {"id": "log", "type": "file", "path": "alerts.jsonl"}],
        rules=[{"statuses": ["mooted"], "channels": []}, {"channels": ["screen", "log"], "priority": "urgent"}],
    )


@pytest.fixture
def archive_path(tmp_path: Path) -> Path:
    return tmp_path / "wirewatch.db"


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    with open_archive(archive_path) as opened:
        yield opened


@pytest.fixture
def article(archive: Archive) -> Article:
    new = Article(
        monitor="harbour",
        url="https://harbour.example/a?x=1",
        canonical_url="https://harbour.example/a",
        title="Port talks set",
        text="Talks will be held on Thursday.",
        language="en",
        publisher="Harbour Post",
        family="post",
        published=NOW,
        discovered=NOW,
    )
    return replace(new, id=articles.insert(archive, new))


@pytest.fixture
def raise_development(archive: Archive, article: Article) -> Raise:
    """Stores a development of the article; arguments replace its fields."""

    def store(**changes: object) -> Development:
        development = Development(
            monitor="harbour",
            situation="port-talks",
            status="scheduled",
            previous_status="agreed",
            article_id=article.id,
            published=NOW,
            raised=NOW,
            novelty="status",
            reason="will be held",
            families=("post",),
            evidence=(Evidence(article.id, "Talks will be held on Thursday.", "text", 0, 31),),
        )
        return developments.insert(archive, replace(development, **changes))

    return store
