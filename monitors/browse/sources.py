"""Sources: whether each feed is well, how often it brings something, and how much of it are copies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import list_feeds
from monitors.browse.alerting import alert_feed
from monitors.browse.asked import Asked, Found, NothingThere, page_of
from monitors.clock import from_iso, iso

_LATEST = 10_000
"""So many of the latest articles are counted for the share of copies."""
_PUBLISHERS = 50
"""Publishers that are shown, those of the most articles."""
COLUMNS = (
    "monitor", "url", "verdict", "since", "health", "last_good", "latest_entry", "usual_hours", "silent_hours",
    "next_poll", "outcome", "last_polled", "entries_seen", "entries_new", "moved_to", "detail",
)  # fmt: skip
_POLLS = ("id", "started", "outcome", "http_status", "bytes", "seconds", "entries_seen", "entries_new",
          "entries_revised", "entries_known", "possible_gap", "detail")  # fmt: skip


def sources(asked: Asked) -> Found:
    """All feeds, those that are ill first, and the publishers of the latest articles."""
    rows = [_feed(row, asked.now) for row in _feeds(asked.archive)]
    rows.sort(key=lambda row: (row["verdict"] in (None, "healthy"), row["monitor"], row["url"]))
    data = {"feeds": rows, "publishers": _publishers(asked.archive)}
    return Found(
        data, COLUMNS, rows, None, lambda: alert_feed(asked.archive, "where kind <> 'development'", [], asked.size)
    )


def _feeds(archive: Archive, feed_id: int | None = None) -> list[Row]:
    more = {
        (row["monitor"], row["url"]): row
        for row in archive.rows(
            "select feeds.id, monitor, url, active from feeds left join feed_health on feed_health.feed_id = feeds.id "
            "where :feed is null or feeds.id = :feed",
            {"feed": feed_id},
        )
    }
    return [row | more[row["monitor"], row["url"]] for row in list_feeds(archive, feed_id=feed_id, count_polls=False)]


def _feed(row: Row, now: datetime) -> Row:
    """With its rhythm: the usual time from one hour that brought something to the next."""
    active = json.loads(row["active"] or "[]")
    gaps = [later - earlier for earlier, later in pairwise(active)]
    until = min(now, from_iso(row["last_polled"])) if row["last_polled"] else now
    latest = datetime.fromtimestamp(active[-1] * 60, UTC) if active else None
    known = {name: value for name, value in row.items() if name != "active"}
    return known | {
        "latest_entry": iso(latest) if latest else None,
        "usual_hours": round(median(gaps) / 60, 1) if gaps else None,
        "silent_hours": round(max((until - latest).total_seconds(), 0) / 3600, 1) if latest else None,
    }


def _publishers(archive: Archive) -> list[Row]:
    return archive.rows(
        "select publishers.name as publisher, family, articles, copies, latest from ("
        "select publisher_id, count(*) as articles, sum(relation is not null and relation <> 'original') as copies, "
        "max(published) as latest "
        "from (select publisher_id, relation, published from articles order by id desc limit ?) group by publisher_id) "
        "join publishers on publishers.id = publisher_id order by articles desc, publisher limit ?",
        [_LATEST, _PUBLISHERS],
    )


def source(asked: Asked) -> Found:
    """One feed and its polls, the latest first."""
    found = _feeds(asked.archive, asked.id)
    if not found:
        raise NothingThere(f"no feed {asked.id}")
    feed = found[0]
    polls = asked.archive.rows(
        f"select {', '.join(_POLLS)} from polls where feed_id = ? and id < ? order by id desc limit ?",
        [feed["id"], asked.below(), asked.size + 1],
    )
    polls, rest = page_of([row | {"possible_gap": bool(row["possible_gap"])} for row in polls], asked.size)
    data: dict[str, Any] = {"feed": _feed(feed, asked.now), "polls": polls}
    more = None if rest is None else {"before": str(rest)}
    about = "where kind <> 'development' and subject = ?"
    return Found(data, _POLLS, polls, more, lambda: alert_feed(asked.archive, about, [feed["url"]], asked.size))
