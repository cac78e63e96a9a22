"""Now: how each situation stands, and what is new."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from monitors.alerts.troubles import ADVICE
from monitors.archive import situations as stored
from monitors.archive import troubles
from monitors.archive.connection import Archive, Row
from monitors.browse import listed
from monitors.browse.asked import Asked, Found
from monitors.clock import from_iso, iso

WEEKS = 8
_FEW = 10
"""Latest developments that are shown where none is new."""
_LATEST = 300
"""So many of the latest mentions of a situation are counted; where they do not reach back, no more is said."""
_STALE = timedelta(days=2)


def now(asked: Asked) -> Found:
    """Each situation with its trend, and the developments after `since`, or the latest."""
    since = asked.number("since")
    fed = last_fed(asked.archive)
    as_of = min(asked.now, from_iso(fed)) if fed else asked.now
    standing = [_situation(asked, row, as_of) for row in stored.listing(asked.archive)]
    standing.sort(key=lambda row: row["development_published"] or "", reverse=True)
    size = asked.size if since is not None else _FEW
    rows = _after(asked.archive, since or 0, size + 1)
    is_more, rows = len(rows) > size, rows[:size]
    data: dict[str, Any] = {
        "as_of": iso(as_of),
        "is_stale": asked.now - as_of > _STALE,
        "since": since,
        "latest": _latest_id(asked.archive),
        "situations": standing,
        "developments": rows,
        "is_more": is_more,
        "before": [] if rows or since is None else _after(asked.archive, 0, _FEW),
        "troubles": _troubles(asked.archive),
    }
    return Found(data, listed.DEVELOPMENT_COLUMNS, rows, feed=lambda: listed.development_feed(asked.archive, rows))


def _after(archive: Archive, since: int, size: int) -> list[Row]:
    return listed.developments(
        archive, "where developments.id > ? order by developments.id desc limit ?", [since, size]
    )


def _situation(asked: Asked, row: Row, as_of: datetime) -> Row:
    monitor, situation = row["monitor"], row["situation"]
    known = asked.names.situation(monitor, situation)
    title = {"title": asked.names.title(monitor, situation), "kind": known.kind if known else None}
    began = stored.began(asked.archive, monitor, situation, row["status"], row["since"])
    return row | title | {"began": began, "trend": _trend(asked.archive, monitor, situation, as_of)}


def _trend(archive: Archive, monitor: str, situation: str, as_of: datetime) -> dict[str, Any]:
    """How many articles mentioned it in each of the last weeks, oldest first."""
    rows = archive.values(
        "select distinct articles.id, published from (select article_id from mentions where situation = ? "
        "order by article_id desc limit ?) join articles on articles.id = article_id where monitor = ?",
        [situation, _LATEST, monitor],
    )
    ages = Counter((as_of - from_iso(published)).days // 7 for _, published in rows)
    weeks = [ages[week] + (ages[-1] if week == 0 else 0) for week in reversed(range(WEEKS))]
    return {"weeks": weeks, "this_week": weeks[-1], "week_before": weeks[-2], "is_partial": len(rows) >= _LATEST}


def last_fed(archive: Archive) -> str | None:
    """When the last pass began; without any, when the last article came."""
    return next(
        (
            value
            for sql in ("select started from runs order by id desc limit 1",
                        "select discovered from articles order by id desc limit 1")
            for (value,) in archive.values(sql)
        ),
        None,
    )  # fmt: skip


def _latest_id(archive: Archive) -> int:
    return int(archive.values("select coalesce(max(id), 0) from developments")[0][0])


def _troubles(archive: Archive) -> dict[str, Any]:
    """What somebody should look at."""
    dead = archive.values("select count(*) from (select 1 from deliveries where state = 'dead' limit 1000)")[0][0]
    ill = archive.values("select count(*) from feed_health where verdict <> 'healthy'")[0][0]
    own = [row | {"advice": ADVICE.get(row["verdict"], "")} for row in troubles.lasting(archive)]
    return {"dead_deliveries": int(dead), "ill_feeds": int(ill), "own": own}
