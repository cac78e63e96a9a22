"""Entries of feeds that were seen before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitors.archive.connection import Archive
from monitors.archive.feeds import know_monitor
from monitors.clock import from_iso, iso

FORGOTTEN_AFTER = timedelta(days=180)
"""An off-topic entry is forgotten when its feed was read so long after showing it for the last time."""

_NOTED_AGAIN_AFTER = timedelta(days=7)
"""Most entries of most polls are known, so that they are still there is written down this often only."""


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


def note_still_there(archive: Archive, monitor: str, feed_url: str, keys: Iterable[str], seen: datetime) -> None:
    """Note that remembered entries stand in their feed unchanged; to within a week."""
    archive.change(
        "update entries set last_seen = ? where monitor = ? and feed_url = ? and last_seen < ? "
        "and key in (select value from json_each(?))",
        [iso(seen), monitor, feed_url, iso(seen - _NOTED_AGAIN_AFTER), json.dumps(list(keys))],
    )


def forget_off_topic(archive: Archive, monitor: str) -> int:
    """Forget entries that are off topic and left their feed at least FORGOTTEN_AFTER before it was last read.

    The number of those forgotten. One that comes back all the same is found off topic once more, and nothing is stored
    twice. An entry that became an article is remembered for ever: by it a publisher's new address or new guid for an
    old article is known. A feed that cannot be read, or is unchanged, forgets nothing. A short transaction a feed.
    """
    return sum(
        archive.change(f"delete from entries where {_LONG_GONE}", long_gone)
        for long_gone in _long_gone(archive, monitor)
    )


def would_forget(archive: Archive, monitor: str) -> int:
    """How many entries `forget_off_topic` would forget now. Changes nothing."""
    return sum(
        int(archive.values(f"select count(*) from entries where {_LONG_GONE}", long_gone)[0][0])
        for long_gone in _long_gone(archive, monitor)
    )


_LONG_GONE = "monitor = ? and feed_url = ? and article_id is null and last_seen < ?"


def _long_gone(archive: Archive, monitor: str) -> list[tuple[str, str, str]]:
    """What stands for the question marks of _LONG_GONE, for each feed that was ever read."""
    read = archive.values(
        "select url, (select max(started) from polls where feed_id = feeds.id and outcome = 'ok') from feeds "
        "where monitor = ?",
        [monitor],
    )
    return [(monitor, url, iso(from_iso(last) - FORGOTTEN_AFTER)) for url, last in read if last is not None]
