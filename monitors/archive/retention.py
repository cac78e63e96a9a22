"""Removing raw text that is kept no longer. What was found in it, and what proves that, stays for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from monitors.archive.connection import Archive
from monitors.clock import iso

_BATCH = 500
"""Articles of one transaction, so that nobody waits long for the lock."""

_PROVES = (
    "exists (select 1 from evidence where evidence.article_id = articles.id) "
    "or exists (select 1 from developments where developments.article_id = articles.id)"
)
_OLD = (
    "articles.monitor = :monitor and articles.discovered < :before "
    f"and not ({_PROVES}) and not exists (select 1 from unread where unread.article_id = articles.id)"
)
_HAS_TEXT = (
    "exists (select 1 from article_texts where article_id = articles.id and text <> '') "
    "or exists (select 1 from revisions where article_id = articles.id and text <> '') "
    "or exists (select 1 from pages where article_id = articles.id and summary <> '')"
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was removed, or would be: texts of articles, of revisions, summaries of feeds, and their characters."""

    articles: int = 0
    revisions: int = 0
    summaries: int = 0
    characters: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def drop_texts(archive: Archive, monitor: str, *, before: datetime, now: datetime) -> Dropped:
    """Remove the text of the monitor's articles that were first seen before a time, and of their revisions.

    Titles, links, copy groups, mentions and developments stay, and so does the whole text of an article that raised or
    supports a development. The search index then finds such an article by its title. An article that still waits to be
    read for developments is left alone. Several short transactions; the same call again changes nothing.
    """
    total = Dropped()
    for batch in _batches(_old_articles(archive, monitor, before)):
        ids = json.dumps(batch)
        with archive.writing():
            found = _measure(archive, ids)
            archive.change(
                "update article_texts set text = '', dropped = ? "
                "where article_id in (select value from json_each(?)) and text <> ''",
                [iso(now), ids],
            )
            for table, column in (("revisions", "text"), ("pages", "summary")):
                archive.change(
                    f"update {table} set {column} = '' "
                    f"where article_id in (select value from json_each(?)) and {column} <> ''",
                    [ids],
                )
        total += found
    return total


def would_drop(archive: Archive, monitor: str, *, before: datetime) -> Dropped:
    """What `drop_texts` would remove now. Changes nothing."""
    return sum(
        (_measure(archive, json.dumps(batch)) for batch in _batches(_old_articles(archive, monitor, before))), Dropped()
    )


def protected(archive: Archive, monitor: str, *, before: datetime) -> int:
    """How many articles first seen before a time keep their text because a development rests on them."""
    return int(
        archive.values(
            f"select count(*) from articles where monitor = ? and discovered < ? and ({_PROVES})",
            [monitor, iso(before)],
        )[0][0]
    )


def tidy(archive: Archive) -> None:
    """Refresh what SQLite knows of the tables' contents, and fold the write-ahead log into the file.

    The search index is not optimised: on a million articles that took longer than all searches it would speed up.
    """
    archive.change("pragma analysis_limit=1000")
    archive.change("analyze")
    archive.checkpoint()


def _old_articles(archive: Archive, monitor: str, before: datetime) -> list[int]:
    rows = archive.values(
        f"select id from articles where {_OLD} and ({_HAS_TEXT}) order by id",
        {"monitor": monitor, "before": iso(before)},
    )
    return [int(row[0]) for row in rows]


def _measure(archive: Archive, ids: str) -> Dropped:
    counts = [
        archive.values(
            f"select count(*), coalesce(sum(length({column})), 0) from {table} "
            f"where article_id in (select value from json_each(?)) and {column} <> ''",
            [ids],
        )[0]
        for table, column in (("article_texts", "text"), ("revisions", "text"), ("pages", "summary"))
    ]
    (texts, a), (revisions, b), (summaries, c) = counts
    return Dropped(texts, revisions, summaries, a + b + c)


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = list(ids)
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))
