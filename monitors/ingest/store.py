"""Storing: the entries of one poll become articles, each once, in one short transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitors.archive import entries as seen_entries
from monitors.archive import feeds, unread
from monitors.archive.connection import Archive
from monitors.archive.records import Article
from monitors.articles.keep import Kept, keep
from monitors.articles.urls import canonical_url
from monitors.definition.model import Monitor
from monitors.developments.engine import Engine
from monitors.feeds.entry import Entry
from monitors.feeds.identity import content_hash, entry_keys
from monitors.feeds.poll import PollResult
from monitors.ingest.publishers import families_by_publisher, language_of, publisher_of


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the entries of a poll; each is counted once under new, revised, known or off topic."""

    seen: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    off_topic: int = 0
    copies: int = 0

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.seen + other.seen,
            self.new + other.new,
            self.revised + other.revised,
            self.known + other.known,
            self.off_topic + other.off_topic,
            self.copies + other.copies,
        )


def store_poll(
    archive: Archive, monitor: Monitor, engine: Engine, result: PollResult, now: datetime, *, baseline: bool
) -> Stored:
    """Store a poll, the state it left and its entries, all or nothing.

    `baseline` says that the feed was never read before: its articles say how things stand, and alert nobody.
    Raises ArchiveError.
    """
    keys = entry_keys(result.entries, canonical=canonical_url).keys
    hashes = [content_hash(entry) for entry in result.entries]
    articles = _articles(monitor, engine, result, now)
    counts = Stored(seen=len(result.entries))
    with archive.writing():
        known = seen_entries.known(archive, monitor.id, result.feed.url, keys)
        rows: list[tuple[str, str, str | None, int | None]] = []
        for entry, key, content, article in zip(result.entries, keys, hashes, articles, strict=True):
            if known.get(key) == content:
                counts += Stored(known=1)
                continue
            article_id = None
            if article is None:
                counts += Stored(off_topic=1)
            else:
                kept = _keep(archive, article, baseline=baseline)
                article_id = kept.article.id
                counts += _count(kept)
            known[key] = content
            rows.append((key, content, entry.url, article_id))
        poll = replace(result.poll, entries_new=counts.new, entries_revised=counts.revised, entries_known=counts.known)
        state = replace(result.state, baseline_done=result.state.baseline_done or poll.outcome == "ok")
        feeds.save_poll(archive, poll, state)
        seen_entries.remember(archive, monitor.id, result.feed.url, rows, now)
    return counts


def store_article(archive: Archive, article: Article, *, baseline: bool) -> Kept:
    """Store one article that came by itself (a seed, a document of a replay) and have it read."""
    with archive.writing():
        return _keep(archive, article, baseline=baseline)


def _keep(archive: Archive, article: Article, *, baseline: bool) -> Kept:
    kept = keep(archive, article)
    if kept.outcome != "seen":
        unread.enqueue(archive, kept.article.id, baseline=baseline)
    return kept


def _count(kept: Kept) -> Stored:
    if kept.outcome == "seen":
        return Stored(known=1)
    if kept.outcome == "revised":
        return Stored(revised=1)
    return Stored(new=1, copies=int(kept.relation in ("copy", "excerpt")))


def _articles(monitor: Monitor, engine: Engine, result: PollResult, now: datetime) -> list[Article | None]:
    """The entries as articles; None for those off topic."""
    families = families_by_publisher(monitor)
    return [_article(monitor, engine, result, entry, families, now) for entry in result.entries]


def _article(
    monitor: Monitor, engine: Engine, result: PollResult, entry: Entry, families: dict[str, str], now: datetime
) -> Article | None:
    language = language_of(entry.title, entry.summary, entry.language or result.feed.language)
    if not (entry.title or entry.summary) or not engine.on_topic(entry.title, entry.summary, language):
        return None
    publisher, family = publisher_of(entry, result.feed, families)
    key = entry_keys([entry], canonical=canonical_url).keys[0]
    return Article(
        monitor=monitor.id,
        url=entry.url or f"urn:wirewatch:{key}",
        canonical_url=canonical_url(entry.url) if entry.url else f"urn:wirewatch:{key}",
        title=entry.title,
        text=entry.summary,
        language=language,
        publisher=publisher,
        family=family,
        published=entry.published or now,
        discovered=now,
        date_confidence=entry.date_confidence,
        feed_url=result.feed.url,
        official=result.feed.role == "official" or family in monitor.official_families,
    )
