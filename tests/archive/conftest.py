"""An archive in a folder of its own, and values to put into it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Making = Callable[..., Article]


@pytest.fixture
def archive_path(tmp_path: Path) -> Path:
    return tmp_path / "wirewatch.db"


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    with open_archive(archive_path, busy_timeout=0.05) as opened:
        yield opened


@pytest.fixture
def making() -> Making:
    """Makes articles that differ only in what the test names."""
    return make


@pytest.fixture(scope="session")
def one_article() -> Making:
    """The same, for what several tests share."""
    return make


def make(path: str = "a", **values: Any) -> Article:
    fields: dict[str, Any] = {
        "monitor": "harbour",
        "url": f"https://post.example/{path}",
        "canonical_url": f"https://post.example/{path}",
        "title": "Port talks set for Thursday",
        "text": "Talks between the port and the dockers will be held on Thursday.",
        "language": "en",
        "publisher": "Harbour Post",
        "family": "post",
        "published": NOON,
        "discovered": NOON,
    }
    return Article(**(fields | values))
