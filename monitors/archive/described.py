"""What every table, view and column of the archive holds, in words.

Comments in the statements of `tables` say it where a statement can; here is the rest. `docs/reference/tables.md`, and
the file of descriptions for Datasette, are made of both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitors.archive.connection import Archive

_OPENING = re.compile(r"create table \w+ \( -- (.+)", re.IGNORECASE)
_COLUMN = re.compile(r"^\s+\"?(\w+)\"? (?:text|integer|real|blob)\b.*? -- (.+)$", re.MULTILINE | re.IGNORECASE)

LABELS: Mapping[str, str] = {
    "monitors": "id",
    "feeds": "url",
    "publishers": "name",
    "articles": "title",
    "situations": "id",
    "developments": "novelty",
    "alerts": "reason",
    "deliveries": "channel",
    "runs": "started",
}
"""The column by which a row is shown where another table refers to it."""

INNER = ("boilerplate", "fingerprints", "leases", "settings", "signatures")
"""Tables that tell a reader nothing; viewers need not list them."""

EVERYWHERE: Mapping[str, str] = {
    "id": "number of the row",
    "monitor": "the monitor it belongs to",
    "article_id": "the article",
    "development_id": "the development",
    "situation": "id of the situation in the monitor file",
    "status": "a status of the situation's kind",
    "title": "headline",
    "text": "plain text",
    "url": "address",
    "publisher": "who published it",
    "family": "owner or agency; corroboration counts families",
    "language": "two letters: en, ko, ja, zh",
    "published": "when it was published, as its source claims",
    "discovered": "when we first saw it",
    "outcome": "how it ended",
    "detail": "why, for a reader",
    "started": "when it began",
    "finished": "when it ended; null while it runs, or when it was killed",
    "version": "of the method",
    "since": "when that began",
    "hash": "64-bit hash of a shingle",
    "name": "name",
    "value": "value",
    "http_status": "status of the HTTP answer; null when there was none",
    "attempts": "how often it was tried",
    "sentence": "the sentence, word for word",
    "factuality": "certain, probable or possible, with its sign; background is never news",
    "event_date": "date of the event, as precise as the source: 2018-06-12, 2018-06, 2018, or a range",
    "place": "place of the event",
    "end": "offset after the last character",
    "reason": "why, for a reader",
    "novelty": "what is new",
    "tier": "how well it is supported",
    "relation": "to the other articles of its copy group: original, copy, excerpt, edited",
    "group_id": "copy group: id of the first article kept of the same text",
    "channel": "id of the channel in the monitor file",
    "canonical_url": "address without tracking, by which an article is known",
    "previous_status": "the status before; null when it had none",
    "official": "1: said by a source whose word confirms",
    "priority": "normal or urgent",
    "decided": "when it was decided",
    "families": "the independent families that support it",
    "baseline": "1: found in what a feed already had at its first poll; alerts nobody",
    "verdict": "healthy, failing, ended, not-a-feed, challenge, empty, undated, silent",
    "last_polled": "when it was last polled",
    "last_good": "last poll that read as a feed",
    "next_poll": "not before this time",
    "moved_to": "the address it is read at, once permanent redirects were believed",
    "next_date": "date of the event that is expected next",
    "entries_seen": "entries in the document",
    "entries_new": "entries that were not known",
    "sent": "when it was sent",
}
"""Columns that mean the same wherever they stand."""

OWN: Mapping[str, str] = {
    "feeds.url": "as the monitor file names it",
    "feeds.body_hash": "of the last body, to know an unchanged one without validators",
    "feeds.failure_score": "rises with failed polls and decides how long the feed is left alone",
    "polls.feed_id": "the feed",
    "polls.seconds": "how long the poll took",
    "polls.entries_revised": "known entries whose content changed",
    "polls.entries_known": "entries known and unchanged",
    "feed_health.feed_id": "the feed",
    "feed_health.failed_since": "when the first of these failed",
    "feed_health.content_since": "when the first of these polls was",
    "pages.article_id": "the article behind which the page lies",
    "articles.publisher_id": "who published it",
    "articles.date_confidence": "how sure `published` is: stated, zone-guessed, clamped, from-url, missing",
    "articles.feed_url": "the feed that brought it; null for a seed article",
    "articles.update_of": "the earlier article of its publisher that it tells again with something changed or added",
    "article_texts.dropped": "when the text was removed because it was kept no longer; null: it was not",
    "revisions.article_id": "the article as it is now",
    "boilerplate.since": "when that was found",
    "deliveries.alert_id": "the alert",
    "deliveries.not_before": "not to be tried before this time; null: at once",
    "deliveries.released": "when the policy let it go; counts for the cap of an hour",
    "deliveries.held_for": "what it was held for: wait, quiet, group; empty: nothing",
    "deliveries.failed": "when it failed last; null: it never did",
    "deliveries.merged_into": "the delivery whose message tells it; null: none",
    "alerts.tier": "how well the development was supported when this was decided",
    "alerts.awaits": "the tier that it waits for until wait_until; empty: none",
    "alerts.wait_until": "it is told then at the latest; null: it does not wait",
    "alerts.corrects": "the development that a correction takes back",
    "entries.feed_url": "the feed it stood in",
    "entries.first_seen": "first poll that showed it",
    "entries.last_seen": "last poll that showed it",
    "mentions.attribution": "who says so, in the words of the sentence",
    "situations.id": "id in the monitor file",
    "situations.status": "how it stands; null when nothing is known",
    "monitors.id": "id in the monitor file",
    "runs.outcome": "running, ok, offline, failed, skipped, interrupted",
    "leases.taken": "when it was taken",
    "settings.name": "what is remembered",
    "copy_groups.id": "id of the first article of the group",
    "copy_groups.first_published": "when the first of them was published",
    "copy_groups.articles": "how many articles carry the text",
    "copy_groups.families": "how many families carry it",
    "copy_groups.title": "headline of the first article",
    "developments_readable.title": "headline of the first article to report it",
    "developments_readable.url": "address of that article",
    "developments_readable.publisher": "publisher of that article",
    "developments_with_evidence.id": "number of the development",
    "developments_with_evidence.published": "when the first report was published",
    "developments_with_evidence.article_published": "when this article was published",
    "developments_with_evidence.title": "headline of the article that has the sentence",
    "developments_with_evidence.first": "1: the article that reported it first",
    "deliveries_readable.kind": "development, correction, digest, or health of a feed or of the network",
    "deliveries_readable.subject": "the situation; of health: the feed's address, or network",
    "deliveries_readable.decision": "alert, wait or mute",
    "deliveries_readable.state": "held, pending, sent, dead, muted, merged",
    "situations_readable.last_report": "headline of the article behind the latest development",
    "situations_readable.url": "address of that article",
    "situations_readable.since": "publication of the report that brought the status",
    "feeds_readable.outcome": "how the last poll ended",
    "feeds_readable.since": "when the verdict began",
}
"""Columns that mean something of their own."""

VIEWS: Mapping[str, str] = {
    "articles_readable": "articles with their publishers, without their texts",
    "copy_groups": "texts that several articles carry, and how many families do",
    "developments_readable": "developments with the article that reported each first",
    "developments_with_evidence": "developments with every sentence that supports them, and who published it",
    "deliveries_readable": "what was sent, or waits to be, and what it is about",
    "situations_readable": "how each situation stands, with its last report",
    "feeds_readable": "feeds with their health and their last poll",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view; `columns` maps the name of each to (type, what it holds)."""

    name: str
    kind: str
    holds: str
    columns: dict[str, tuple[str, str]]
    refers: dict[str, str]


def describe(archive: Archive) -> list[Described]:
    """Every table and view that a reader may open, in order of name, tables first. What has no words holds ""."""
    rows = archive.values(
        "select name, type, sql from sqlite_master where type in ('table', 'view') "
        "and name not like 'sqlite_%' and name not like '_sqlite_%' and name not like 'search_index%' "
        "order by type, name"
    )
    return [_described(archive, *row) for row in rows]


def datasette_metadata(archive: Archive) -> dict[str, object]:
    """Descriptions, labels and order of rows in the form of Datasette's `metadata.json`
    (https://docs.datasette.io/en/0.65/metadata.html); SQL of visitors is not allowed.
    """
    tables: dict[str, object] = {}
    for one in describe(archive):
        entry: dict[str, object] = {"description": one.holds, "columns": {n: d for n, (_, d) in one.columns.items()}}
        if one.name in LABELS:
            entry["label_column"] = LABELS[one.name]
        if one.name in INNER:
            entry["hidden"] = True
        if one.kind == "table" and "id" in one.columns and one.columns["id"][0] == "INTEGER":
            entry["sort_desc"] = "id"
        tables[one.name] = entry
    return {"title": "Wirewatch", "databases": {"wirewatch": {"allow_sql": False, "tables": tables}}}


def _described(archive: Archive, name: str, kind: str, sql: str) -> Described:
    said = dict(_COLUMN.findall(sql)) if kind == "table" else {}
    opening = _OPENING.match(sql)
    columns = {}
    for _, column, type_, *_ in archive.values(f'pragma table_info("{name}")'):
        text = OWN.get(f"{name}.{column}") or said.get(column) or EVERYWHERE.get(column, "")
        columns[column] = (type_.upper(), text)
    refers = {row[3]: row[2] for row in archive.values(f'pragma foreign_key_list("{name}")')}
    return Described(name, kind, VIEWS.get(name) or (opening[1] if opening else ""), columns, refers)
