"""Search over titles and texts, in any of the languages kept."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from monitors.archive.connection import Archive
from monitors.archive.ranking import Term, best_first
from monitors.archive.records import Hit
from monitors.archive.segment import normalised, pairs, pieces
from monitors.clock import from_iso
from monitors.errors import ArchiveError, InputError

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
_DATES = {_FILTERS["after"], _FILTERS["before"]}

SECONDS = 10.0
"""A search that takes longer is stopped."""

_STEPS = 2000
"""Instructions of SQLite's machine between two looks at the clock: some tens of microseconds."""

_LOOKED_AT = 3000
"""So many of the latest hits are looked at for folding copies."""

_RANKED = 1000
"""The best are looked for among so many of the latest hits, whose texts are read for it: tens of milliseconds."""

_COUNTED = 50_000
"""Articles of a period that are counted at most, to find between which ids they lie; takes milliseconds."""

_SNIPPET = 80


class TooBroad(ArchiveError):
    """A search found so much that it took longer than it may."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search as SQLite takes it: an FTS5 expression, conditions with their values, and the terms that may occur."""

    match: str
    conditions: tuple[tuple[str, str], ...]
    terms: tuple[Term, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What to mark in a text."""
        return tuple(term.words for term in self.terms)


def parse(text: str) -> Query:
    """Read a query: words are all required; `a OR b`, `-word`, `"a phrase"`, `prefix*`, `title:word`, and the filters
    `lang:ko`, `publisher:"Pacific Wire"`, `family:`, `monitor:`, `after:2025-08-01`, `before:2025-09`.

    Raises InputError for a query that asks for nothing, or only for what must not occur.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    terms: list[Term] = []
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
        terms.append(Term(expression, normalised(value.strip('"').rstrip("*")), value.endswith("*")))
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
    return Query(match, tuple(conditions), tuple(terms))


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
    seconds: float = SECONDS,
) -> list[Hit]:
    """Articles that fit the query (see `parse`), latest arrivals or best matches first, copies folded into one hit.

    The best are those of the latest 1,000 hits, and copies are folded among the latest 3,000. Raises InputError for a
    query that asks for nothing, TooBroad for one that takes longer than `seconds`, ArchiveError.
    """
    parsed = parse(query)
    with _limited(archive, query, seconds):
        if order == "relevance" and parsed.match:
            group = dict(_latest(archive, parsed, monitor, _RANKED))
            found = [(article, group[article]) for article in best_first(archive, parsed.terms, list(group))]
        else:
            found = _latest(archive, parsed, monitor, _LOOKED_AT if fold else limit)
        return _hits(archive, _folded(found, fold=fold)[:limit], parsed.words)


@contextlib.contextmanager
def _limited(archive: Archive, query: str, seconds: float) -> Iterator[None]:
    """Stop the queries of the `with` when they take longer than so many seconds."""
    deadline = time.monotonic() + seconds
    archive.connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        yield
    except ArchiveError as error:
        if time.monotonic() < deadline:
            raise
        raise TooBroad(
            f"search: {query!r} took longer than {seconds:g} s and was stopped; add a rarer word, "
            "or dates that lie close together (after:2025-08-01 before:2025-09)"
        ) from error
    finally:
        archive.connection.set_progress_handler(None, 0)


def _latest(archive: Archive, query: Query, monitor: str | None, limit: int) -> list[tuple[int, int]]:
    """(article, copy group) of the latest arrivals that fit."""
    conditions = [condition for condition, _ in query.conditions]
    values: list[object] = [value for _, value in query.conditions]
    if monitor is not None:
        conditions.append("articles.monitor = ?")
        values.append(monitor)
    # The cross joins keep SQLite from starting with another table, and so from sorting every hit.
    source, id_ = "articles", "articles.id"
    if query.match:
        source, id_ = "search_index cross join articles on articles.id = search_index.rowid", "search_index.rowid"
        conditions.insert(0, "search_index match ?")
        values.insert(0, query.match)
    for bound, value in bounds(archive, query):
        conditions.append(f"{id_} {bound} ?")
        values.append(value)
    rows = archive.values(
        f"select articles.id, coalesce(articles.group_id, articles.id) from {source} "
        "cross join publishers on publishers.id = articles.publisher_id "
        f"where {' and '.join(conditions)} order by {id_} desc limit ?",
        [*values, limit],
    )
    return [(int(article), int(group)) for article, group in rows]


def bounds(archive: Archive, query: Query) -> list[tuple[str, int]]:
    """Between which ids the articles of the asked dates lie, where these are few enough to be counted."""
    dates = [(condition, value) for condition, value in query.conditions if condition in _DATES]
    if not dates:
        return []
    least, most, count = archive.values(
        "select min(id), max(id), count(*) from (select id from articles indexed by articles_by_published "
        f"where {' and '.join(condition for condition, _ in dates)} limit ?)",
        [*(value for _, value in dates), _COUNTED + 1],
    )[0]
    return [] if count > _COUNTED else [(">=", least or 0), ("<=", most or 0)]


def _folded(found: list[tuple[int, int]], *, fold: bool) -> list[tuple[int, int]]:
    """(article, how many others it stands for): with `fold`, only the first of each copy group."""
    if not fold:
        return [(article, 0) for article, _ in found]
    sizes = Counter(group for _, group in found)
    first = {group: article for article, group in reversed(found)}
    return [(first[group], sizes[group] - 1) for group in dict.fromkeys(group for _, group in found)]


def _hits(archive: Archive, shown: list[tuple[int, int]], words: tuple[str, ...]) -> list[Hit]:
    rows = archive.rows(
        "select articles.id, articles.title, publishers.name as publisher, language, url, published, discovered, text, "
        "update_of "
        "from articles join publishers on publishers.id = publisher_id "
        "left join article_texts on article_id = articles.id where articles.id in (select value from json_each(?))",
        [json.dumps([article for article, _ in shown])],
    )
    by_id = {row["id"]: row for row in rows}
    return [
        Hit(
            article_id=article,
            title=row["title"],
            publisher=row["publisher"],
            language=row["language"],
            url=row["url"],
            published=from_iso(row["published"]),
            discovered=from_iso(row["discovered"]),
            snippet=snippet(row["text"] or "", words),
            copies=copies,
            update_of=row["update_of"],
        )
        for article, copies in shown
        for row in (by_id[article],)
    ]


def snippet(text: str, words: tuple[str, ...]) -> str:
    """The text around the first of the words, with every word in it between « and »; the beginning if none occurs."""
    plain = " ".join(normalised(text).split())
    found = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)", re.IGNORECASE
    )
    first = found.search(plain)
    start = _word_after(plain, first.start()) if first else 0
    end = _word_before(plain, first.end(), _SNIPPET) if first else _word_before(plain, 0, 2 * _SNIPPET)
    marked = found.sub(lambda word: f"«{word[0]}»", plain[start:end])
    return f"{'…' if start else ''}{marked}{'…' if end < len(plain) else ''}"


def _word_after(text: str, place: int) -> int:
    """Where the first whole word begins of what stands shortly before a place; text without spaces is cut anywhere."""
    start = max(0, place - _SNIPPET)
    space = text.find(" ", start, place) if start else -1
    return space + 1 if space >= 0 else start


def _word_before(text: str, place: int, room: int) -> int:
    """Where the last whole word ends of what stands behind a place."""
    end = min(len(text), place + room)
    space = text.rfind(" ", place, end) if end < len(text) else -1
    return space if space > place else end
