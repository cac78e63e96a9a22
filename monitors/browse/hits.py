"""The latest hits of a search: found among all articles, or by walking back among those that it is narrowed to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitors.archive.connection import Archive
from monitors.archive.search import Query, bounds

ABOVE_ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a narrowed search goes back. The costs are for a million articles on one core."""

    step: int = 5_000
    """Articles with the words that are asked for at a time; half a microsecond each."""
    enough: int = 100
    """Hits with which a dear walk may end."""
    dear: int = 40_000
    """Articles with the words after which a walk that found enough ends."""
    dearest: int = 120_000
    """Articles with the words after which every walk ends."""
    span: int = 4
    """Articles without the words that cost as much as one with them, where several words are held against another."""
    looked_up: int = 200
    """Articles up to which each is looked up in the index of words, a quarter of a millisecond each."""


class Hit(NamedTuple):
    """What is counted of a hit."""

    id: int
    group: int
    language: str
    publisher: int
    day: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The latest hits in the order of their arrival, the latest first.

    `below` is the id below which no article was looked at, None when all were.
    """

    hits: list[Hit]
    below: int | None = None


_FIELDS = (
    "select articles.id, coalesce(articles.group_id, articles.id), articles.language, articles.publisher_id, "
    "substr(articles.published, 1, 10) from "
)


def latest(
    archive: Archive,
    query: Query,
    situation: str | None,
    limit: int,
    *,
    below: int = ABOVE_ALL,
    walk: Walk = Walk(),
) -> Hits:
    """At most `limit` of the hits `below` an id, of articles that mention the situation if one is named.

    Raises ArchiveError.
    """
    if query.match and (situation is not None or query.conditions):
        return _walked(archive, query, situation, limit, below, walk)
    conditions = [_of_articles(condition) for condition, _ in query.conditions]
    values: list[Any] = [value for _, value in query.conditions]
    source, order = "articles", "articles.id"
    if query.match:
        source, order = "search_index cross join articles on articles.id = search_index.rowid", "search_index.rowid"
        conditions.append("search_index match ?")
        values.append(query.match)
    if situation is not None:
        conditions.append("articles.id in (select article_id from mentions where situation = ?)")
        values.append(situation)
    # The pluses keep SQLite from reading back through all articles where an index lists those that are wanted.
    plus = "+" if _lists(query, situation) else ""
    order_by = f"{'+' if _lists(query, None) else ''}{order}"
    for bound, value in [*bounds(archive, query), ("<", below)]:
        conditions.append(f"{plus}{order} {bound} ?")
        values.append(value)
    sql = f"{_FIELDS}{source} where {' and '.join(conditions)} order by {order_by} desc limit ?"
    return _cut(list(map(Hit._make, archive.values(sql, [*values, limit + 1]))), limit)


def _cut(hits: list[Hit], limit: int) -> Hits:
    return Hits(hits) if len(hits) <= limit else Hits(hits[:limit], hits[limit - 1].id)


def _walked(archive: Archive, query: Query, situation: str | None, limit: int, below: int, walk: Walk) -> Hits:
    """Steps back through the articles that have the words, and keeps those that the search is narrowed to.

    A join would read each article, and a search that few articles fit would read them all.
    """
    lists = _lists(query, situation)
    where = "search_index match ?"
    values: list[Any] = [query.match]
    for bound, value in bounds(archive, query):
        where, values = f"{where} and rowid {bound} ?", [*values, value]
    for one in lists:
        ids = one.ids(archive, walk.looked_up + 1)
        if len(ids) <= walk.looked_up:
            where, values = f"{where} and rowid in (select value from json_each(?))", [*values, json.dumps(ids)]
        else:
            least, most = one.ends(archive)
            where, values, below = f"{where} and rowid >= ?", [*values, least], min(below, most + 1)
    found: list[Hit] = []
    seen, top = 0, below
    while True:
        step = _step(archive, where, [*values, below, walk.step])
        found += _kept(archive, query, _listed(archive, lists, step))
        if len(step) < walk.step:
            return _cut(found, limit)
        top, below = step[0] if not seen else top, step[-1]
        seen += len(step)
        cost = seen + ((top - below) // walk.span if " " in query.match else 0)
        if len(found) > limit:
            return _cut(found, limit)
        if cost >= walk.dearest or (cost >= walk.dear and len(found) >= walk.enough):
            return Hits(found, below)


def _step(archive: Archive, where: str, values: Sequence[Any]) -> list[int]:
    """The next articles, the latest first. As one JSON text, because half the time of a walk would go into rows."""
    rows = archive.values(
        "select json_group_array(id) from (select rowid as id from search_index "
        f"where {where} and rowid < ? order by rowid desc limit ?)",
        values,
    )
    return sorted(json.loads(rows[0][0]), reverse=True)


@dataclass(frozen=True, slots=True)
class _List:
    """Articles that an index lists in order: `column` is the article's id among the rows of `source`."""

    column: str
    source: str
    value: str

    def ids(self, archive: Archive, most: int) -> list[int]:
        return self._ids(archive, "limit ?", most)

    def between(self, archive: Archive, least: int, most: int) -> set[int]:
        return set(self._ids(archive, f"and {self.column} between ? and ?", least, most))

    def ends(self, archive: Archive) -> tuple[Any, ...]:
        """The first and the last article. There must be one."""
        least, most = (f"(select {end}({self.column}) from {self.source})" for end in ("min", "max"))
        return archive.values(f"select {least}, {most}", [self.value, self.value])[0]

    def _ids(self, archive: Archive, more: str, *values: int) -> list[int]:
        return [
            id_ for (id_,) in archive.values(f"select {self.column} from {self.source} {more}", [self.value, *values])
        ]


def _lists(query: Query, situation: str | None) -> list[_List]:
    """What of the narrowing an index serves: the situation, and publishers."""
    own = [] if situation is None else [_List("article_id", "mentions where situation = ?", situation)]
    return own + [
        _List("id", f"articles where {_of_articles(condition)}", value)
        for condition, value in query.conditions
        if _is_of_publishers(condition)
    ]


def _listed(archive: Archive, lists: Sequence[_List], step: list[int]) -> list[int]:
    """Those of the articles that are in every list, in the same order."""
    for one in lists:
        own = one.between(archive, step[-1], step[0]) if step else set()
        step = [id_ for id_ in step if id_ in own]
    return step


def _kept(archive: Archive, query: Query, ids: list[int]) -> list[Hit]:
    """Those of the articles that fit the conditions, in the same order."""
    if not ids:
        return []
    conditions = " and ".join(_of_articles(condition) for condition, _ in query.conditions)
    where = f" where {conditions}" if conditions else ""
    rows = archive.values(
        f"{_FIELDS}json_each(?) cross join articles on articles.id = value{where}",
        [json.dumps(ids), *(value for _, value in query.conditions)],
    )
    return list(map(Hit._make, rows))


def _is_of_publishers(condition: str) -> bool:
    return condition.startswith("publishers.")


def _of_articles(condition: str) -> str:
    """A condition on publishers as one on articles, which an index serves."""
    if _is_of_publishers(condition):
        return f"articles.publisher_id in (select id from publishers where {condition})"
    return condition
