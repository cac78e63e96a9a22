"""Search over titles and texts, in any of the languages kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from monitors.archive.connection import Archive, Row
from monitors.archive.records import Hit
from monitors.archive.segment import normalised, pairs, pieces
from monitors.clock import from_iso
from monitors.errors import InputError

_TERM = re.compile(r'(?P<minus>-)?(?:(?P<field>[a-z]+):)?(?P<value>"[^"]*"?|\S+)', re.IGNORECASE)
_WORDY = re.compile(r"[^\W_]")
_COLUMNS = {"title": "title", "text": "text"}
_FILTERS = {
    "lang": "articles.language = ?",
    "language": "articles.language = ?",
    "publisher": "publishers.name = ? collate nocase",
    "family": "publishers.family = ?",
    "monitor": "articles.monitor = ?",
    "after": "articles.published >= ?",
    "before": "articles.published < ?",
}
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2}(T[\d:]+Z)?)?)?")
_LOOKED_AT = 5000
"""So many hits are read at most to fill a page, after folding copies."""

_SNIPPET = 80


@dataclass(frozen=True, slots=True)
class Query:
    """A search as SQLite takes it: an FTS5 expression, conditions with their values, and the words to mark."""

    match: str
    conditions: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


def parse(text: str) -> Query:
    """Read a query: words are all required; `a OR b`, `-word`, `"a phrase"`, `prefix*`, `title:word`, and the filters
    `lang:ko`, `publisher:"Pacific Wire"`, `family:`, `monitor:`, `after:2025-08-01`, `before:2025-09`.

    Raises InputError for a query that asks for nothing, or only for what must not occur.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    words: list[str] = []
    conditions: list[tuple[str, str]] = []
    join = False
    for term in _TERM.finditer(text.replace("\0", " ")):
        name, value = (term["field"] or "").lower(), term["value"]
        if term[0] in ("OR", "AND"):
            join = term[0] == "OR" and bool(wanted)
            continue
        if name in _FILTERS:
            conditions.append(_condition(name, value.strip('"')))
            continue
        if name and name not in _COLUMNS:
            value = term[0].removeprefix("-")
        expression = _expression(value)
        if expression is None:
            continue
        if name in _COLUMNS:
            expression = f"{_COLUMNS[name]} : {expression}"
        if term["minus"]:
            unwanted.append(expression)
            continue
        words.append(normalised(value.strip('"').rstrip("*")))
        if join:
            wanted[-1] = f"{wanted[-1]} OR {expression}"
        else:
            wanted.append(expression)
        join = False
    if not wanted and (unwanted or not conditions):
        raise InputError(f"search: {text!r} names no word that must occur")
    match = " AND ".join(f"({one})" for one in wanted)
    if unwanted:
        match = f"({match}) NOT ({' OR '.join(unwanted)})"
    return Query(match, tuple(conditions), tuple(words))


def _condition(name: str, value: str) -> tuple[str, str]:
    if name in ("after", "before") and not _DAY.fullmatch(value):
        raise InputError(f"search: {name}:{value} is no date; write {name}:2025-08-25")
    return _FILTERS[name], value


def _expression(value: str) -> str | None:
    """One word or phrase as a quoted FTS5 phrase; None when there is nothing in it to look for."""
    prefix = value.endswith("*")
    parts = [piece for piece in pieces(value.strip('"').rstrip("*").replace('"', " ")) if _WORDY.search(piece[0])]
    if not parts:
        return None
    tokens: list[str] = []
    for run, is_cjk in parts[:-1]:
        tokens += [*pairs(run), run[-1]] if is_cjk else [run]
    last, is_cjk = parts[-1]
    if not is_cjk:
        tokens.append(last)
    elif len(last) == 1:
        tokens.append(last)
        prefix = True
    else:
        tokens += pairs(last)
        prefix = False
    phrase = " ".join(tokens)
    return f'"{phrase}" *' if prefix else f'"{phrase}"'


def search(
    archive: Archive,
    query: str,
    limit: int = 50,
    *,
    monitor: str | None = None,
    order: Literal["newest", "relevance"] = "newest",
    fold: bool = True,
) -> list[Hit]:
    """Articles that fit the query (see `parse`), latest arrivals or best matches first, copies folded into one hit.

    Raises InputError for a query that asks for nothing.
    """
    parsed = parse(query)
    sql = (
        "select articles.id, articles.title, publishers.name as publisher, articles.language, articles.url, "
        "articles.published, articles.discovered, articles.group_id from "
    )
    conditions = [condition for condition, _ in parsed.conditions]
    values = [value for _, value in parsed.conditions]
    if parsed.match:
        sql += "search_index join articles on articles.id = search_index.rowid "
        conditions.insert(0, "search_index match ?")
        values.insert(0, parsed.match)
    else:
        sql += "articles "
    if monitor is not None:
        conditions.append("articles.monitor = ?")
        values.append(monitor)
    by = "bm25(search_index, 4.0, 1.0)" if order == "relevance" and parsed.match else "articles.id desc"
    if parsed.match and order == "newest":
        by = "search_index.rowid desc"
    sql += (
        "join publishers on publishers.id = articles.publisher_id "
        f"where {' and '.join(conditions)} order by {by} limit {_LOOKED_AT if fold else limit}"
    )
    return [_with_snippet(archive, hit, parsed.words) for hit in _folded(archive.rows(sql, values), fold)[:limit]]


def _folded(rows: list[Row], fold: bool) -> list[Hit]:
    """Hits in order; with `fold`, only the first of each copy group, which counts the others."""
    hits: dict[int, Hit] = {}
    for row in rows:
        key = row["group_id"] if fold else row["id"]
        if key in hits:
            hits[key] = replace(hits[key], copies=hits[key].copies + 1)
            continue
        hits[key] = Hit(
            article_id=row["id"],
            title=row["title"],
            publisher=row["publisher"],
            language=row["language"],
            url=row["url"],
            published=from_iso(row["published"]),
            discovered=from_iso(row["discovered"]),
            snippet="",
        )
    return list(hits.values())


def _with_snippet(archive: Archive, hit: Hit, words: tuple[str, ...]) -> Hit:
    rows = archive.values("select text from article_texts where article_id = ?", [hit.article_id])
    return replace(hit, snippet=snippet(rows[0][0], words) if rows else "")


def snippet(text: str, words: tuple[str, ...]) -> str:
    """The text around the first of the words, with every word in it between « and »; the beginning if none occurs."""
    plain = " ".join(normalised(text).split())
    found = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)", re.IGNORECASE
    )
    first = found.search(plain)
    start = max(0, first.start() - _SNIPPET) if first else 0
    end = min(len(plain), (first.end() if first else 0) + _SNIPPET * (1 if first else 2))
    marked = found.sub(lambda word: f"«{word[0]}»", plain[start:end])
    return f"{'…' if start else ''}{marked}{'…' if end < len(plain) else ''}"
