"""Entries of feeds that were seen before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from monitors.archive.connection import Archive
from monitors.archive.feeds import know_monitor
from monitors.clock import iso


def known(archive: Archive, monitor: str, feed_url: str, keys: Iterable[str]) -> dict[str, str]:
    """The stored content hash of each of the keys that was seen in this feed."""
    return dict(
        archive.values(
            "select key, content_hash from entries where monitor = ? and feed_url = ? "
            "and key in (select value from json_each(?))",
            [monitor, feed_url, json.dumps(list(keys))],
        )
    )


def known_addresses(archive: Archive, monitor: str, feed_url: str, urls: Iterable[str]) -> set[str]:
    """Those of the URLs, as `remember` was given them, under which an entry of this feed was seen."""
    return {
        row[0]
        for row in archive.values(
            "select distinct url from entries where monitor = ? and feed_url = ? "
            "and url in (select value from json_each(?))",
            [monitor, feed_url, json.dumps(list(urls))],
        )
    }


def with_address(archive: Archive, monitor: str, feed_url: str) -> list[tuple[str, str]]:
    """(key, URL) of every remembered entry of the feed that has a URL, the one seen last at the end."""
    return [
        (row[0], row[1])
        for row in archive.values(
            "select key, url from entries where monitor = ? and feed_url = ? and url is not null order by last_seen",
            [monitor, feed_url],
        )
    ]


def rename_keys(archive: Archive, monitor: str, feed_url: str, renamed: Iterable[tuple[str, str]]) -> None:
    """Give remembered entries other keys, as (old, new). Of two that get the same key the later pair stays."""
    with archive.writing():
        archive.change_many(
            "update or replace entries set key = ? where monitor = ? and feed_url = ? and key = ?",
            [(new, monitor, feed_url, old) for old, new in renamed],
        )


def remember(
    archive: Archive,
    monitor: str,
    feed_url: str,
    seen_entries: Iterable[tuple[str, str, str | None, int | None]],
    seen: datetime,
) -> None:
    """Remember entries as (key, content hash, URL, article id or None when off topic). Repeating it does no harm.

    An entry seen before keeps its first time; an article id, once known, stays when a later call has None.
    """
    now = iso(seen)
    with archive.writing():
        know_monitor(archive, monitor)
        archive.change_many(
            "insert into entries (monitor, feed_url, key, content_hash, url, article_id, first_seen, last_seen) "
            "values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (monitor, feed_url, key) do update set "
            "content_hash = excluded.content_hash, url = excluded.url, "
            "article_id = coalesce(excluded.article_id, article_id), last_seen = excluded.last_seen",
            [(monitor, feed_url, key, content, url, article, now, now) for key, content, url, article in seen_entries],
        )
