"""Articles, their texts and their revisions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor
from monitors.archive.records import Article, Revision
from monitors.clock import from_iso, iso
from monitors.errors import ArchiveError

_SELECT = (
    "select articles.*, publishers.name as publisher, publishers.family, article_texts.text from articles "
    "join publishers on publishers.id = articles.publisher_id "
    "left join article_texts on article_texts.article_id = articles.id "
)
_BATCH = 200


def get(archive: Archive, article_id: int) -> Article:
    """One article. Raises ArchiveError when there is none of that id."""
    row = archive.row(_SELECT + "where articles.id = ?", [article_id])
    if row is None:
        raise ArchiveError(f"archive {archive.path}: no article {article_id}")
    return article_of(row)


def by_canonical_urls(archive: Archive, monitor: str, canonical_urls: Collection[str]) -> dict[str, Article]:
    """The articles kept under any of these URLs for this monitor, by URL."""
    rows = archive.rows(
        _SELECT + "where articles.monitor = ? and canonical_url in (select value from json_each(?))",
        [monitor, json.dumps(list(canonical_urls))],
    )
    return {row["canonical_url"]: article_of(row) for row in rows}


def in_order(archive: Archive, monitor: str) -> Iterator[Article]:
    """All articles of a monitor, in the order of publication, a few at a time."""
    ids = [row[0] for row in archive.values(
        "select id from articles where monitor = ? order by published, id", [monitor]
    )]  # fmt: skip
    for start in range(0, len(ids), _BATCH):
        rows = archive.rows(
            _SELECT + "where articles.id in (select value from json_each(?)) order by published, articles.id",
            [json.dumps(ids[start : start + _BATCH])],
        )
        yield from map(article_of, rows)


def insert(archive: Archive, article: Article, title_hash: int | None = None) -> int:
    """Store a new article, in a copy group of its own, and return its id.

    Raises ArchiveError when its canonical URL is kept already.
    """
    return insert_many(archive, [(article, title_hash)])[0]


def insert_many(archive: Archive, new: Sequence[tuple[Article, int | None]]) -> list[int]:
    """Store new articles, each with the hash of its title and in a copy group of its own; their ids, in order.

    Raises ArchiveError, and stores none, when a canonical URL is kept already.
    """
    with archive.writing(part=True):
        for monitor in {article.monitor for article, _ in new}:
            know_monitor(archive, monitor)
        publishers = {
            key: _publisher(archive, *key) for key in dict.fromkeys((one.publisher, one.family) for one, _ in new)
        }
        # With the ids known beforehand each row is written once: its group is itself.
        first = int(archive.values("select coalesce(max(id), 0) + 1 from articles")[0][0])
        archive.insert_many(
            "articles",
            [
                {
                    "id": article_id,
                    "group_id": article_id,
                    "monitor": article.monitor,
                    "canonical_url": article.canonical_url,
                    "url": article.url,
                    "title": article.title,
                    "title_hash": title_hash,
                    "language": article.language,
                    "publisher_id": publishers[article.publisher, article.family],
                    "official": int(article.official),
                    "published": iso(article.published),
                    "date_confidence": article.date_confidence,
                    "discovered": iso(article.discovered),
                    "feed_url": article.feed_url,
                    "relation": "original",
                }
                for article_id, (article, title_hash) in enumerate(new, first)
            ],
        )
        archive.insert_at_once(
            "article_texts",
            [
                {"article_id": article_id, "title": article.title, "text": article.text}
                for article_id, (article, _) in enumerate(new, first)
            ],
        )
        return list(range(first, first + len(new)))


def revise(
    archive: Archive, old: Article, *, title: str, text: str, title_hash: int | None, replaced: datetime
) -> None:
    """Give an article a new title and text and keep the old ones as a revision, seen replaced at that time.

    A text that was removed because of its age is no earlier version.
    """
    with archive.writing():
        removed = archive.values("select 1 from article_texts where article_id = ? and dropped is not null", [old.id])
        if not removed or title != old.title:
            archive.insert(
                "revisions", {"article_id": old.id, "title": old.title, "text": old.text, "replaced": iso(replaced)}
            )
        archive.change("update articles set title = ?, title_hash = ? where id = ?", [title, title_hash, old.id])
        archive.change(
            "insert into article_texts (article_id, title, text) values (?, ?, ?) "
            "on conflict (article_id) do update set title = excluded.title, text = excluded.text, dropped = null",
            [old.id, title, text],
        )


def revisions(archive: Archive, article_id: int) -> list[Revision]:
    """Earlier titles and texts of an article, oldest first."""
    rows = archive.rows("select * from revisions where article_id = ? order by id", [article_id])
    return [Revision(article_id, row["title"], row["text"], from_iso(row["replaced"])) for row in rows]


def was_revised(archive: Archive, article_id: int) -> bool:
    """Whether its publisher ever changed an article."""
    return bool(archive.values("select 1 from revisions where article_id = ? limit 1", [article_id]))


def families(archive: Archive, article_ids: Iterable[int]) -> tuple[str, ...]:
    """The independent families among some articles: each copy group counts once, by the article that came first."""
    rows = archive.values(
        "select publishers.family, min(articles.published || printf('%012d', articles.id)) as first "
        "from articles join publishers on publishers.id = articles.publisher_id "
        "where articles.id in (select value from json_each(?)) group by articles.group_id order by first",
        [json.dumps(list(article_ids))],
    )
    return tuple(dict.fromkeys(family for family, _ in rows))


def group_members(archive: Archive, group_id: int) -> list[int]:
    """The ids of the articles of a copy group, in order of arrival."""
    return [row[0] for row in archive.values("select id from articles where group_id = ? order by id", [group_id])]


def count(archive: Archive, monitor: str | None = None) -> int:
    """How many articles are kept."""
    return int(archive.values("select count(*) from articles where ? is null or monitor = ?", [monitor, monitor])[0][0])


def listing(archive: Archive, monitor: str | None = None, *, before: int | None = None, limit: int = 50) -> list[Row]:
    """Articles without their texts, newest arrivals first. Pass the last id of a page as `before` for the next."""
    rows = archive.rows(
        "select articles.id, monitor, discovered, published, date_confidence, publishers.name as publisher, "
        "publishers.family, language, title, articles.url, official, relation, group_id from articles "
        "join publishers on publishers.id = articles.publisher_id "
        "where (:monitor is null or monitor = :monitor) and (:before is null or articles.id < :before) "
        "order by articles.id desc limit :limit",
        {"monitor": monitor, "before": before, "limit": limit},
    )
    return [row | {"official": bool(row["official"])} for row in rows]


def article_of(row: Row) -> Article:
    """The article in a row of `articles` joined with publisher, family and text."""
    return Article(
        monitor=row["monitor"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"] or "",
        language=row["language"],
        publisher=row["publisher"],
        family=row["family"],
        published=from_iso(row["published"]),
        discovered=from_iso(row["discovered"]),
        date_confidence=row["date_confidence"],
        feed_url=row["feed_url"],
        official=bool(row["official"]),
        id=row["id"],
    )


def _publisher(archive: Archive, name: str, family: str) -> int:
    key: list[Any] = [name, family]
    found = archive.values("select id from publishers where name = ? and family = ?", key)
    return int(found[0][0]) if found else archive.insert("publishers", {"name": name, "family": family})
