"""The pages behind articles: which wait to be read, and what became of those that were tried."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitors.archive.articles import article_of
from monitors.archive.connection import Archive, Row
from monitors.archive.records import Article
from monitors.clock import from_iso, iso


@dataclass(frozen=True, slots=True)
class Page:
    """One page and its last attempt. `next_try` is None when it is not tried again; `summary` is the feed's text.

    `extractor` found the text that the article has now; None while that is the summary.
    """

    article_id: int
    outcome: str
    baseline: bool
    summary: str
    http_status: int | None = None
    extractor: str | None = None
    tried: datetime | None = None
    attempts: int = 0
    next_try: datetime | None = None
    detail: str = ""

    @property
    def has_text(self) -> bool:
        """Whether the article has the text of this page."""
        return self.extractor is not None


def expect(archive: Archive, monitor: str, feed_urls: Iterable[str], now: datetime) -> int:
    """Have the pages tried of the articles of these feeds that wait to be read for developments; how many are new.

    An article whose page is known already stays as it is.
    """
    return archive.change(
        "insert into pages (article_id, outcome, baseline, summary, next_try) "
        "select articles.id, 'waiting', unread.baseline, coalesce(article_texts.text, ''), ? "
        "from unread join articles on articles.id = unread.article_id "
        "left join article_texts on article_texts.article_id = articles.id "
        "where articles.monitor = ? and articles.feed_url in (select value from json_each(?)) "
        "and (articles.url like 'http://%' or articles.url like 'https://%') on conflict do nothing",
        [iso(now), monitor, json.dumps(list(feed_urls))],
    )


def expect_again(archive: Archive, article_id: int, summary: str, now: datetime) -> None:
    """Have a page tried once more because the feed has another summary now. The article keeps its text until then."""
    archive.change(
        "update pages set summary = ?, attempts = 0, next_try = ?, baseline = 0 where article_id = ?",
        [summary, iso(now), article_id],
    )


def due(
    archive: Archive, monitor: str, feed_urls: Iterable[str], now: datetime, *, since: datetime, limit: int
) -> list[tuple[Page, Article]]:
    """The pages whose time has come, with their articles: those that can alert first, then the newest.

    Articles first seen before `since` are left alone.
    """
    rows = archive.rows(
        "select pages.*, articles.id as id, articles.monitor, articles.canonical_url, articles.url, articles.title, "
        "articles.language, articles.official, articles.published, articles.date_confidence, articles.discovered, "
        "articles.feed_url, publishers.name as publisher, publishers.family, article_texts.text "
        "from pages join articles on articles.id = pages.article_id "
        "join publishers on publishers.id = articles.publisher_id "
        "left join article_texts on article_texts.article_id = articles.id "
        "where pages.next_try <= ? and articles.monitor = ? and articles.discovered >= ? "
        "and articles.feed_url in (select value from json_each(?)) "
        "order by pages.baseline, pages.attempts > 0, articles.published desc, articles.id limit ?",
        [iso(now), monitor, iso(since), json.dumps(list(feed_urls)), limit],
    )
    return [(_page(row), article_of(row)) for row in rows]


def get(archive: Archive, article_id: int) -> Page | None:
    """The page of an article; None when none is expected."""
    row = archive.row("select * from pages where article_id = ?", [article_id])
    return None if row is None else _page(row)


def save(archive: Archive, page: Page) -> None:
    """Store what became of an attempt."""
    archive.change(
        "update pages set outcome = ?, baseline = ?, summary = ?, http_status = ?, extractor = ?, tried = ?, "
        "attempts = ?, next_try = ?, detail = ? where article_id = ?",
        [
            page.outcome,
            int(page.baseline),
            page.summary,
            page.http_status,
            page.extractor,
            iso(page.tried) if page.tried else None,
            page.attempts,
            iso(page.next_try) if page.next_try else None,
            page.detail,
            page.article_id,
        ],
    )


def complete(archive: Archive, article_id: int, text: str) -> None:
    """Put the page's text in place of the feed's summary. No revision: the publisher changed nothing.

    Evidence whose sentence stands in the new text is found there from now on.
    """
    with archive.writing():
        archive.change("update article_texts set text = ?, dropped = null where article_id = ?", [text, article_id])
        archive.change(
            "update or ignore evidence set start = instr(:text, sentence) - 1, "
            '"end" = instr(:text, sentence) - 1 + length(sentence) '
            "where article_id = :id and field = 'text' and instr(:text, sentence) > 0",
            {"text": text, "id": article_id},
        )


def _page(row: Row) -> Page:
    return Page(
        article_id=row["article_id"],
        outcome=row["outcome"],
        baseline=bool(row["baseline"]),
        summary=row["summary"],
        http_status=row["http_status"],
        extractor=row["extractor"],
        tried=from_iso(row["tried"]) if row["tried"] else None,
        attempts=row["attempts"],
        next_try=from_iso(row["next_try"]) if row["next_try"] else None,
        detail=row["detail"],
    )
