"""The health of feeds, and since when a monitor is offline."""

from __future__ import annotations

import json
from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor, text_of, time_of
from monitors.archive.records import FeedHealth

_COLUMNS = (
    "verdict", "since", "detail", "told", "good", "failed", "failed_since", "content", "content_polls",
    "content_since", "had_entries", "active",
)  # fmt: skip


def load_health(archive: Archive, monitor: str, url: str | None = None) -> dict[str, FeedHealth]:
    """The health of the monitor's feeds, or of the one at `url`, by URL; one of which nothing is known is left out."""
    rows = archive.rows(
        "select url, feed_health.* from feed_health join feeds on feeds.id = feed_id "
        f"where monitor = ?{'' if url is None else ' and url = ?'}",
        [monitor] if url is None else [monitor, url],
    )
    return {row["url"]: _health(monitor, row) for row in rows}


def save_health(archive: Archive, health: FeedHealth) -> None:
    """Store the health of a feed that was polled; one that has no row yet is passed over."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)
    archive.change(
        f"insert into feed_health (feed_id, {', '.join(_COLUMNS)}) "
        f"select id, {', '.join('?' for _ in _COLUMNS)} from feeds where monitor = ? and url = ? "
        f"on conflict (feed_id) do update set {changes}",
        [
            health.verdict, text_of(health.since), health.detail, int(health.told), health.good, health.failed,
            text_of(health.failed_since), health.content, health.content_polls, text_of(health.content_since),
            int(health.had_entries), json.dumps(health.active), health.monitor, health.feed_url,
        ],
    )  # fmt: skip


def ever_read(archive: Archive, monitor: str) -> bool:
    """Whether any feed of the monitor was ever read."""
    found = archive.values(
        "select 1 from polls join feeds on feeds.id = polls.feed_id "
        "where feeds.monitor = ? and polls.outcome in ('ok', 'unchanged') limit 1",
        [monitor],
    )
    return bool(found)


def offline_since(archive: Archive, monitor: str) -> datetime | None:
    """Since when the monitor is offline; None: it is not."""
    return next(
        (time_of(row[0]) for row in archive.values("select offline_since from monitors where id = ?", [monitor])), None
    )


def set_offline(archive: Archive, monitor: str, since: datetime | None) -> None:
    """Store since when the monitor is offline; None: it is not."""
    with archive.writing():
        know_monitor(archive, monitor)
        archive.change("update monitors set offline_since = ? where id = ?", [text_of(since), monitor])


def _health(monitor: str, row: Row) -> FeedHealth:
    return FeedHealth(
        monitor=monitor,
        feed_url=row["url"],
        verdict=row["verdict"],
        since=time_of(row["since"]),
        detail=row["detail"],
        told=bool(row["told"]),
        good=row["good"],
        failed=row["failed"],
        failed_since=time_of(row["failed_since"]),
        content=row["content"],
        content_polls=row["content_polls"],
        content_since=time_of(row["content_since"]),
        had_entries=bool(row["had_entries"]),
        active=tuple(json.loads(row["active"])),
    )
