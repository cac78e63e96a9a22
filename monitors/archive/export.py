"""Reading the archive from one end to the other, a page of rows at a time, for whoever writes it down elsewhere.

Between two pages no transaction is open, so that a slow reader holds up no writer; what is stored after the first page
was read is not part of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from monitors.archive.connection import Archive, Row

PAGE = 500
"""Rows that are in memory at a time."""

_ARTICLES = (
    "from articles cross join publishers on publishers.id = articles.publisher_id "
    "left join article_texts on article_texts.article_id = articles.id "
)
# Cross joins keep the order of the tables: the walk along the index of publication days needs no sorting.
_DEVELOPMENTS = (
    "from developments cross join articles on articles.id = developments.article_id "
    "cross join publishers on publishers.id = articles.publisher_id "
)
_ALERTS = (
    "from alerts left join developments on developments.id = alerts.development_id "
    "left join articles on articles.id = developments.article_id "
    "left join publishers on publishers.id = articles.publisher_id "
)
_ARTICLE_FIELDS = (
    "articles.id, articles.monitor, articles.published, date_confidence, discovered, publishers.name as publisher, "
    "publishers.family, language, articles.title, articles.url, canonical_url, feed_url, official, relation, "
    "group_id as copy_group, update_of, "
    "(select json_group_array(situation) from (select distinct situation from mentions "
    "where article_id = articles.id order by situation)) as situations, "
    "(select max(replaced) from revisions where article_id = articles.id) as revised, coalesce(text, '') as text "
)
_DEVELOPMENT_FIELDS = (
    "developments.id, developments.monitor, situation, developments.status, previous_status, novelty, reason, "
    "event_date, place, tier, families, developments.baseline, developments.published, raised, "
    "publishers.name as publisher, language, articles.title, articles.url, canonical_url, article_id "
)
_ALERT_FIELDS = (
    "alerts.id, alerts.monitor, kind, subject, decided, decision, alerts.reason, priority, development_id, situation, "
    "developments.status, previous_status, event_date, place, developments.published, publishers.name as publisher, "
    "language, articles.title, articles.url "
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the archive is read; None: all of it. Both days are included, in UTC.

    The days bound the publication of articles and developments, and when an alert was decided. `situation` of an
    article is one that it mentions. `publisher` is compared without regard to case (ASCII).
    """

    since: date | None = None
    until: date | None = None
    situation: str | None = None
    publisher: str | None = None
    language: str | None = None

    def sql(self, time: str, situation: str) -> tuple[str, dict[str, Any]]:
        """Conditions on a time column, and on what `situation` says, with their values."""
        parts, values = ["true"], dict[str, Any]()
        if self.since is not None:
            parts.append(f"{time} >= :since")
            values["since"] = self.since.isoformat()
        if self.until is not None and self.until < date.max:
            parts.append(f"{time} < :until")
            values["until"] = (self.until + timedelta(days=1)).isoformat()
        for name, value, condition in (
            ("situation", self.situation, situation),
            ("publisher", self.publisher, "publishers.name = :publisher collate nocase"),
            ("language", self.language, "articles.language = :language"),
        ):
            if value is not None:
                parts.append(condition)
                values[name] = value
        return " and ".join(parts), values


def articles(archive: Archive, wanted: Wanted = Wanted()) -> Iterator[Row]:
    """Articles with their texts, in the order of publication. `situations` is a list; `revised` says when last."""
    where, values = _articles_where(wanted)
    last = _last(archive, "articles")
    at: tuple[str, int] = ("", 0)
    while rows := archive.rows(
        f"select {_ARTICLE_FIELDS}{_ARTICLES}where {where} and articles.id <= :last and articles.published >= :at "
        "and (articles.published > :at or articles.id > :id) "
        f"order by articles.published, articles.id limit {PAGE}",
        {**values, "last": last, "at": at[0], "id": at[1]},
    ):
        at = rows[-1]["published"], rows[-1]["id"]
        for row in rows:
            yield row | {"official": bool(row["official"]), "situations": json.loads(row["situations"])}


def developments(archive: Archive, wanted: Wanted = Wanted()) -> Iterator[Row]:
    """Developments in the order they were found, each with its `evidence` (a list) and the families as a list."""
    for rows in _pages(archive, "developments", _DEVELOPMENT_FIELDS + _DEVELOPMENTS, *_developments_where(wanted)):
        yield from _with_evidence(archive, rows)


def developments_of(archive: Archive, ids: Collection[int]) -> dict[int, Row]:
    """Some developments as `developments` gives them, by id."""
    rows = archive.rows(
        f"select {_DEVELOPMENT_FIELDS}{_DEVELOPMENTS}where developments.id in (select value from json_each(?))",
        [json.dumps(sorted(ids))],
    )
    return {row["id"]: row for row in _with_evidence(archive, rows)}


def alerts(archive: Archive, wanted: Wanted = Wanted()) -> Iterator[Row]:
    """Alerts in the order they were decided, with the `deliveries` of each. One on health has no development."""
    for rows in _pages(archive, "alerts", _ALERT_FIELDS + _ALERTS, *_alerts_where(wanted)):
        deliveries = _grouped(
            archive,
            "select alert_id, channel, state, attempts, not_before, sent, detail from deliveries "
            "where alert_id in (select value from json_each(?)) order by id",
            rows,
        )
        for row in rows:
            yield row | {"deliveries": deliveries[row["id"]]}


def situations(archive: Archive) -> list[Row]:
    """Each situation with its ledger (JSON text)."""
    return archive.rows("select monitor, id as situation, ledger from situations order by monitor, id")


def latest_article(archive: Archive, wanted: Wanted = Wanted()) -> str | None:
    """When the latest of the articles was found or revised."""
    where, values = _articles_where(wanted)
    return _latest(
        archive,
        "max(max(discovered, coalesce((select max(replaced) from revisions where article_id = articles.id), ''))) "
        f"{_ARTICLES}where {where}",
        values,
    )


def latest_development(archive: Archive, wanted: Wanted = Wanted()) -> str | None:
    """When the latest of the developments was found."""
    where, values = _developments_where(wanted)
    return _latest(archive, f"max(raised) {_DEVELOPMENTS}where {where}", values)


def latest_alert(archive: Archive, wanted: Wanted = Wanted()) -> str | None:
    """When the latest of the alerts was decided."""
    where, values = _alerts_where(wanted)
    return _latest(archive, f"max(decided) {_ALERTS}where {where}", values)


def _articles_where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    mentioned = "exists (select 1 from mentions where article_id = articles.id and situation = :situation)"
    return wanted.sql("articles.published", mentioned)


def _developments_where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    return wanted.sql("developments.published", "developments.situation = :situation")


def _alerts_where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    return wanted.sql("decided", "developments.situation = :situation")


def _pages(archive: Archive, table: str, fields: str, where: str, values: Mapping[str, Any]) -> Iterator[list[Row]]:
    """Rows in the order of the table's ids, up to the last one there is now."""
    last, after = _last(archive, table), 0
    while rows := archive.rows(
        f"select {fields}where {where} and {table}.id > :after and {table}.id <= :last "
        f"order by {table}.id limit {PAGE}",
        {**values, "after": after, "last": last},
    ):
        after = rows[-1]["id"]
        yield rows


def _last(archive: Archive, table: str) -> int:
    return int(archive.values(f"select coalesce(max(id), 0) from {table}")[0][0])


def _latest(archive: Archive, sql: str, values: Mapping[str, Any]) -> str | None:
    found: str | None = archive.values(f"select {sql}", values)[0][0]
    return found


def _with_evidence(archive: Archive, rows: list[Row]) -> Iterator[Row]:
    evidence = _grouped(
        archive,
        "select development_id, article_id, publishers.name as publisher, family, language, articles.published, title, "
        'url, sentence, field, start, "end" from evidence join articles on articles.id = article_id '
        "join publishers on publishers.id = publisher_id "
        "where development_id in (select value from json_each(?)) order by evidence.id",
        rows,
    )
    for row in rows:
        more = {"baseline": bool(row["baseline"]), "families": json.loads(row["families"])}
        yield row | more | {"evidence": evidence[row["id"]]}


def _grouped(archive: Archive, sql: str, rows: list[Row]) -> dict[int, list[Row]]:
    """What belongs to each of `rows`: the first column of the query names its id."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in archive.rows(sql, [json.dumps([row["id"] for row in rows])]):
        owner = next(iter(row))
        found[row.pop(owner)].append(row)
    return found
