"""Replay: what would have been raised for a stream of dated documents.

The documents go the way of live input, through `store_article` and `detect`, into an archive in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from monitors.archive import articles, copies, unread
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Development
from monitors.articles.urls import canonical_url
from monitors.clock import iso
from monitors.definition.model import Monitor
from monitors.developments.detect import detect
from monitors.developments.engine import Engine
from monitors.ingest.adjudicator import Asking
from monitors.ingest.detect import adjudicated
from monitors.ingest.documents import Document
from monitors.ingest.publishers import families_by_publisher, family_name, language_of
from monitors.ingest.store import store_article


@dataclass(frozen=True, slots=True)
class Raised:
    """A development of a replay and the id of the document that raised it."""

    document: str
    development: Development

    def line(self) -> dict[str, Any]:
        """The form of the replay's contract, see docs/reference/replay.md."""
        development = self.development
        return {
            "situation": development.situation,
            "status": development.status,
            "doc": self.document,
            "published": iso(development.published),
            "event_date": development.event_date,
            "place": development.place,
            "families": list(development.families),
            "evidence": [
                {"doc": self.document, "sentence": e.sentence, "start": e.start, "end": e.end}
                for e in development.evidence
            ],
            "novelty": development.novelty,
            "reason": development.reason,
        }


class Replay:
    """A replay under way. Iterate `raise_for`, then ask for `groups`; `close` forgets everything.

    Only with `asking` is an adjudicator asked; then the same input may give something else.
    """

    def __init__(self, monitor: Monitor, asking: Asking | None = None) -> None:
        self._monitor = monitor
        self._asking = asking
        self._engine = Engine(monitor)
        self._families = families_by_publisher(monitor)
        self._archive: Archive = open_archive(":memory:")
        self._documents: dict[int, list[str]] = {}
        self.on_topic = 0

    def close(self) -> None:
        self._archive.close()

    def raise_for(self, documents: Iterable[Document]) -> Iterator[Raised]:
        """The developments of `documents`, each as soon as its document was read. Raises InputError."""
        for document in documents:
            language = language_of(document.title, document.text, document.lang)
            if self._engine.on_topic(document.title, document.text, language):
                self.on_topic += 1
                yield from self._read(document, language)

    def _read(self, document: Document, language: str) -> Iterator[Raised]:
        article = self._article(document, language)
        with self._archive.writing():
            kept = store_article(self._archive, article, baseline=False)
            own = self._documents.setdefault(kept.article.id, [])
            own.append(document.id)
            if kept.outcome == "seen":
                return
            stored = articles.get(self._archive, kept.article.id)
        read = self._engine.read(stored)
        if self._asking is not None:
            read = adjudicated(self._archive, self._engine, stored, read, self._asking, baseline=False)
        with self._archive.writing():
            developments = detect(self._archive, self._monitor, stored, read, document.published, baseline=False)
            unread.done(self._archive, stored.id)
        for development in developments:
            yield Raised(document.id, development)

    def groups(self) -> list[list[str]]:
        """The copy groups of two and more documents, as ids in the order they were read."""
        groups = copies.groups_of(self._archive, self._documents.keys())
        members: dict[int, list[str]] = {}
        for article_id, documents in self._documents.items():
            members.setdefault(groups[article_id], []).extend(documents)
        return [group for group in members.values() if len(group) > 1]

    def _article(self, document: Document, language: str) -> Article:
        family = self._families.get(document.source.casefold()) or family_name(document.source)
        return Article(
            monitor=self._monitor.id,
            url=document.url,
            canonical_url=canonical_url(document.url) if document.url else f"urn:wirewatch:document:{document.id}",
            title=document.title,
            text=document.text,
            language=language,
            publisher=document.source,
            family=family,
            published=document.published,
            discovered=document.published,
            feed_url=document.feed_url,
            official=family in self._monitor.official_families,
        )
