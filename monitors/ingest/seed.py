"""The seed articles of a monitor, stored first: they say how things stand when it starts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitors.archive.connection import Archive
from monitors.archive.records import Article
from monitors.articles.urls import canonical_url
from monitors.definition.model import Monitor
from monitors.definition.seed import SeedText, load_seed
from monitors.ingest.store import store_article


def store_seeds(archive: Archive, monitor: Monitor, now: datetime) -> int:
    """Store the seed articles as baseline; how many were new. Raises MonitorFileError and ArchiveError."""
    new = 0
    for seed in monitor.seeds:
        article = seed_article(monitor.id, load_seed(Path(seed.file)), Path(seed.file).stem, now)
        new += store_article(archive, article, baseline=True).outcome == "new"
    return new


def seed_article(monitor: str, seed: SeedText, name: str, now: datetime) -> Article:
    """A seed text as an article. One without an address gets a name of its own."""
    url = seed.url or f"urn:wirewatch:seed:{name}"
    return Article(
        monitor=monitor,
        url=url,
        canonical_url=canonical_url(url) if seed.url else url,
        title=seed.title,
        text=seed.text,
        language=seed.language,
        publisher=seed.publisher,
        family=seed.family,
        published=seed.published,
        discovered=now,
    )
