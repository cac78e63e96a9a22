"""Rows that several pages show: developments and articles, in full for feeds and in short for lists."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from monitors.archive import marks
from monitors.archive.connection import Archive, Row
from monitors.archive.export import developments_of
from monitors.browse.asked import Feed
from monitors.exports.records import What

DEVELOPMENTS = (
    "select developments.id, developments.monitor, situation, developments.status, previous_status, novelty, reason, "
    "event_date, place, tier, families, developments.baseline, developments.published, raised, article_id, "
    "publishers.name as publisher, articles.language, articles.title, articles.url, "
    "(select sentence from evidence where development_id = developments.id order by id limit 1) as sentence, "
    "(select count(distinct article_id) from evidence where development_id = developments.id) as articles, "
    "(select count(distinct a.language) from evidence join articles as a on a.id = evidence.article_id "
    "where development_id = developments.id) as languages, "
    "(select decision from alerts where development_id = developments.id) as decision "
    "from developments join articles on articles.id = developments.article_id "
    "join publishers on publishers.id = articles.publisher_id "
)
DEVELOPMENT_COLUMNS = (
    "id", "monitor", "situation", "status", "previous_status", "novelty", "reason", "event_date", "place", "tier",
    "families", "baseline", "published", "raised", "sentence", "articles", "languages", "decision", "publisher",
    "language", "title", "url", "article_id", "verdict",
)  # fmt: skip

ARTICLE_COLUMNS = (
    "id", "monitor", "published", "discovered", "publisher", "family", "language", "title", "url", "relation",
    "group_id", "update_of",
)  # fmt: skip
ARTICLES = (
    "select articles.id, monitor, published, discovered, publishers.name as publisher, publishers.family, language, "
    "title, articles.url, canonical_url, relation, group_id, update_of from articles "
    "join publishers on publishers.id = articles.publisher_id "
)


def developments(archive: Archive, where: str, values: Sequence[Any]) -> list[Row]:
    """Developments as lists show them, each with the mark that counts or None. `where` is what follows the tables."""
    rows = archive.rows(DEVELOPMENTS + where, values)
    marked = marks.latest_of(archive, [row["id"] for row in rows])
    return [
        row
        | {
            "families": json.loads(row["families"]),
            "baseline": bool(row["baseline"]),
            "mark": marked.get(row["id"]),
            "verdict": marked[row["id"]]["verdict"] if row["id"] in marked else None,
        }
        for row in rows
    ]


def development_feed(archive: Archive, rows: Sequence[Row]) -> Feed:
    """The same developments as a feed."""
    told = developments_of(archive, [row["id"] for row in rows])
    return Feed(
        What.DEVELOPMENTS, [told[row["id"]] for row in rows], max((row["raised"] for row in rows), default=None)
    )


def articles(archive: Archive, ids: Collection[int]) -> list[Row]:
    """Articles in the order of `ids`."""
    rows = archive.rows(f"{ARTICLES}where articles.id in (select value from json_each(?))", [json.dumps(list(ids))])
    by_id = {row["id"]: row for row in rows}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def article_feed(archive: Archive, rows: Sequence[Row]) -> Feed:
    """Articles as a feed, with their texts."""
    more = {
        row["id"]: row
        for row in archive.rows(
            "select articles.id, coalesce(text, '') as text, "
            "(select max(replaced) from revisions where article_id = articles.id) as revised, "
            "(select json_group_array(distinct situation) from mentions where article_id = articles.id) as situations "
            "from articles left join article_texts on article_texts.article_id = articles.id "
            "where articles.id in (select value from json_each(?))",
            [json.dumps([row["id"] for row in rows])],
        )
    }
    full = [row | more[row["id"]] | {"situations": sorted(json.loads(more[row["id"]]["situations"]))} for row in rows]
    updated = max((max(row["discovered"], row["revised"] or "") for row in full), default=None)
    return Feed(What.ARTICLES, full, updated)
