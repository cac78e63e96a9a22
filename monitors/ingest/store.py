"""Storing: the entries of one poll become articles, each once, in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitors.archive import entries as seen_entries
from monitors.archive import feeds, unread
from monitors.archive.connection import Archive
from monitors.archive.records import Article
from monitors.articles.keep import Kept, keep_all
from monitors.articles.urls import canonical_url
from monitors.definition.model import Monitor
from monitors.developments.engine import Engine
from monitors.feeds.entry import Entry
from monitors.feeds.identity import content_hash
from monitors.feeds.poll import PollResult
from monitors.ingest import feed_memory
from monitors.ingest.health import HealthCounts, judge_feed
from monitors.ingest.publishers import language_of, publisher_of


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the entries of a poll; each is counted once under new, revised, known or off topic.

    `health` counts feeds that turned ill or recovered by the polls that were stored.
    """

    seen: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    off_topic: int = 0
    copies: int = 0
    health: HealthCounts = field(default_factory=HealthCounts)

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.seen + other.seen,
            self.new + other.new,
            self.revised + other.revised,
            self.known + other.known,
            self.off_topic + other.off_topic,
            self.copies + other.copies,
            self.health + other.health,
        )


def store_poll(
    archive: Archive, engine: Engine, families: Mapping[str, str], result: PollResult, now: datetime, *, baseline: bool
) -> Stored:
    """Store a poll, the state it left, what it says of the feed's health, and its entries, all or nothing.

    `families` are those of the publishers that the monitor names, see `families_by_publisher`. `baseline` says that
    the feed was never read before: its articles say how things stand, and alert nobody.
    Raises ArchiveError.
    """
    if not result.entries:
        return _store_without_entries(archive, engine.monitor, result, now)
    addresses = {entry.url: canonical_url(entry.url) for entry in result.entries if entry.url}
    hashes = [content_hash(entry) for entry in result.entries]
    identity = feed_memory.identify(archive, result, addresses, hashes)
    keys = identity.keys
    articles = _articles(engine, families, result, keys, addresses, now)
    monitor = engine.monitor
    counts = Stored(seen=len(result.entries))
    with archive.writing(part=True):
        seen_entries.rename_keys(archive, monitor.id, result.feed.url, identity.renamed)
        known = seen_entries.known(archive, monitor.id, result.feed.url, keys)
        poll, state = feed_memory.after_poll(archive, result, identity, known)
        changed: list[tuple[str, str, str | None, Article | None]] = []
        for entry, key, content, article in zip(result.entries, keys, hashes, articles, strict=True):
            if known.get(key) == content:
                counts += Stored(known=1)
                continue
            known[key] = content
            changed.append((key, content, addresses.get(entry.url) if entry.url else None, article))
        kept = iter(_keep(archive, [article for *_, article in changed if article], baseline=baseline))
        rows: list[tuple[str, str, str | None, int | None]] = []
        for key, content, address, article in changed:
            one = next(kept) if article else None
            counts += _count(one) if one else Stored(off_topic=1)
            rows.append((key, content, address, one.article.id if one else None))
        poll = replace(poll, entries_new=counts.new, entries_revised=counts.revised, entries_known=counts.known)
        feeds.save_poll(archive, poll, state)
        counts += Stored(health=judge_feed(archive, monitor, result, poll, now))
        seen_entries.remember(archive, monitor.id, result.feed.url, rows, now)
    return counts


def _store_without_entries(archive: Archive, monitor: Monitor, result: PollResult, now: datetime) -> Stored:
    """What is unchanged, empty or failed leaves its record and the feed's state: most polls of most passes."""
    with archive.writing():
        poll, state = feed_memory.after_poll(archive, result, feed_memory.identify(archive, result, {}, ()), ())
        feeds.save_poll(archive, poll, state)
        return Stored(health=judge_feed(archive, monitor, result, poll, now))


def store_article(archive: Archive, article: Article, *, baseline: bool) -> Kept:
    """Store one article that came by itself (a seed, a document of a replay) and have it read."""
    with archive.writing():
        return _keep(archive, [article], baseline=baseline)[0]


def _keep(archive: Archive, articles: Sequence[Article], *, baseline: bool) -> list[Kept]:
    kept = keep_all(archive, articles)
    unread.enqueue(archive, [one.article.id for one in kept if one.outcome != "seen"], baseline=baseline)
    return kept


def _count(kept: Kept) -> Stored:
    if kept.outcome == "seen":
        return Stored(known=1)
    if kept.outcome == "revised":
        return Stored(revised=1)
    return Stored(new=1, copies=int(kept.relation in ("copy", "excerpt")))


def _articles(
    engine: Engine,
    families: Mapping[str, str],
    result: PollResult,
    keys: Sequence[str],
    addresses: Mapping[str, str],
    now: datetime,
) -> list[Article | None]:
    """The entries as articles; None for those off topic."""
    return [
        _article(engine, families, result, entry, addresses[entry.url] if entry.url else f"urn:wirewatch:{key}", now)
        for entry, key in zip(result.entries, keys, strict=True)
    ]


def _article(
    engine: Engine,
    families: Mapping[str, str],
    result: PollResult,
    entry: Entry,
    canonical: str,
    now: datetime,
) -> Article | None:
    language = language_of(entry.title, entry.summary, entry.language or result.feed.language)
    if not (entry.title or entry.summary) or not engine.on_topic(entry.title, entry.summary, language):
        return None
    publisher, family = publisher_of(entry, result.feed, families)
    return Article(
        monitor=engine.monitor.id,
        url=entry.url or canonical,
        canonical_url=canonical,
        title=entry.title,
        text=entry.summary,
        language=language,
        publisher=publisher,
        family=family,
        published=entry.published or now,
        discovered=now,
        date_confidence=entry.date_confidence,
        feed_url=result.feed.url,
        official=result.feed.role == "official" or family in engine.monitor.official_families,
    )
