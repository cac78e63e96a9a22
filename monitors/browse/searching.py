"""Search: the query, its hits with copies folded, and what they are made of."""

from __future__ import annotations

import json
from collections import Counter
from operator import itemgetter
from typing import Any

from monitors.archive.connection import Archive, Row
from monitors.archive.ranking import best_first
from monitors.archive.search import Query, parse, snippet
from monitors.browse import listed
from monitors.browse.asked import Asked, Found, address
from monitors.browse.hits import Hit, latest

_MOST = 12
"""Values of a facet that are shown."""


# Thousands of hits are counted for a page, so that a loop over their attributes would be felt.
_GROUP, _LANGUAGE, _PUBLISHER, _DAY = (
    itemgetter(Hit._fields.index(n)) for n in ("group", "language", "publisher", "day")
)


def search(asked: Asked) -> Found:
    """Articles that fit `q`, and facets that narrow it. Without a query the latest arrivals."""
    text, situation = asked.text("q") or "", asked.text("situation")
    order = asked.choice("order", ("newest", "relevance")) or "newest"
    fold = asked.choice("fold", ("yes", "no")) != "no"
    query = parse(text) if text else Query("", (), ())
    looked = latest(asked.archive, query, situation, asked.settings.limits.hits, below=asked.below())
    hits = looked.hits
    if order == "relevance" and query.match:
        hits = _ranked(asked, query, hits)
    groups = _folded(hits, fold=fold)
    at = _place(groups, asked.number("after"), is_by_id=order == "newest")
    shown = groups[at : at + asked.size]
    rows = _shown(asked.archive, shown, query)
    given = {"q": text, "situation": situation, "order": order if order != "newest" else None,
             "fold": None if fold else "no"}  # fmt: skip
    kept = {name: value for name, value in given.items() if value}
    earlier = None if looked.below is None else kept | {"before": str(looked.below)}
    more = earlier
    if at + asked.size < len(groups):
        more = kept | {name: asked.query[name] for name in ("before",) if name in asked.query}
        more |= {"after": str(shown[-1][0])}
    days = Counter(map(_DAY, hits))
    data: dict[str, Any] = {
        "query": text, "situation": situation, "order": order, "fold": fold, "words": list(query.words),
        "found": len(hits), "is_more": looked.below is not None, "texts": len(groups),
        "before": asked.number("before"), "earlier": earlier, "looked_back_to": _day(asked.archive, looked.below),
        "articles": rows, "facets": _facets(asked, hits, days, given),
        "volume": [{"day": day, "articles": number} for day, number in sorted(days.items())],
    }  # fmt: skip
    return Found(
        data,
        (*listed.ARTICLE_COLUMNS, "copies", "snippet"),
        rows,
        more,
        lambda: listed.article_feed(asked.archive, rows),
    )


def _day(archive: Archive, article: int | None) -> str | None:
    """When an article came."""
    rows = archive.values("select substr(discovered, 1, 10) from articles where id = ?", [article])
    return rows[0][0] if rows else None


def _ranked(asked: Asked, query: Query, hits: list[Hit]) -> list[Hit]:
    """The same hits: the best of the latest first, then earlier ones in the order of their arrival."""
    latest = [hit.id for hit in hits[: asked.settings.limits.ranked]]
    places = {id_: place for place, id_ in enumerate(best_first(asked.archive, query.terms, latest))}
    return sorted(hits, key=lambda hit: places.get(hit.id, len(places)))


def _folded(hits: list[Hit], *, fold: bool) -> list[tuple[int, int]]:
    """The first hit of each copy group, and how many more it stands for."""
    if not fold:
        return [(hit.id, 0) for hit in hits]
    sizes = Counter(map(_GROUP, hits))
    first = dict[int, int]()
    for id_, group, *_ in hits:
        first.setdefault(group, id_)
    return [(id_, sizes[group] - 1) for group, id_ in first.items()]


def _place(groups: list[tuple[int, int]], after: int | None, *, is_by_id: bool) -> int:
    """Where the page begins: behind the hit that was the last one shown, or where it would stand."""
    if after is None:
        return 0
    for place, (id_, _) in enumerate(groups):
        if id_ == after:
            return place + 1
        if is_by_id and id_ < after:
            return place
    return len(groups)


def _shown(archive: Archive, shown: list[tuple[int, int]], query: Query) -> list[Row]:
    """The hits of one page. Marks of quotation in the text make room for those that mark the words."""
    copies = dict(shown)
    rows = listed.articles(archive, [id_ for id_, _ in shown])
    texts = dict(
        archive.values(
            "select article_id, substr(text, 1, 20000) from article_texts "
            "where article_id in (select value from json_each(?))",
            [json.dumps([row["id"] for row in rows])],
        )
    )
    for row in rows:
        text = (texts.get(row["id"]) or "").replace("«", "“").replace("»", "”")
        row.update(copies=copies[row["id"]], snippet=snippet(text, query.words))
    return rows


def _facets(asked: Asked, hits: list[Hit], days: Counter[str], given: dict[str, Any]) -> list[dict[str, Any]]:
    """What the hits are made of, each value with the address that narrows the search to it."""
    text = given["q"]
    situations = Counter(
        dict(
            asked.archive.values(
                "select situation, count(distinct article_id) from json_each(?) "
                "cross join mentions on mentions.article_id = value group by situation",
                [json.dumps([hit.id for hit in hits])],
            )
        )
    )
    counters = {
        "language": Counter(map(_LANGUAGE, hits)),
        "publisher": _named(asked.archive, Counter(map(_PUBLISHER, hits))),
        "month": _by_month(days),
    }
    facets = [
        {
            "name": name,
            "values": [
                {"value": value, "articles": number,
                 "address": address("/search", given | {"q": f"{text} {_term(name, value)}".strip()})}
                for value, number in _most(name, counter)
                if '"' not in value
            ],
        }
        for name, counter in counters.items()
    ]  # fmt: skip
    monitor = asked.names.monitor
    facets.insert(
        2,
        {
            "name": "situation",
            "values": [
                {"value": asked.names.title(monitor, value), "articles": number,
                 "address": address("/search", given | {"situation": value})}
                for value, number in situations.most_common(_MOST)
            ],
        },
    )  # fmt: skip
    return facets


def _named(archive: Archive, publishers: Counter[int]) -> Counter[str]:
    """The same by name: one of several families is one to a reader."""
    names = archive.values(
        "select name, id from publishers where id in (select value from json_each(?))", [json.dumps(list(publishers))]
    )
    found = Counter[str]()
    for name, id_ in names:
        found[name] += publishers[id_]
    return found


def _by_month(days: Counter[str]) -> Counter[str]:
    months = Counter[str]()
    for day, number in days.items():
        months[day[:7]] += number
    return months


def _term(name: str, value: str) -> str:
    """The words of a query that ask for a value of a facet."""
    match name:
        case "language":
            return f"lang:{value}"
        case "publisher":
            return f'publisher:"{value}"'
        case _:
            return f"after:{value} before:{_next_month(value)}"


def _most(name: str, counter: Counter[str]) -> list[tuple[str, int]]:
    most = counter.most_common(_MOST)
    return sorted(counter.items(), reverse=True)[:24] if name == "month" else most


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
