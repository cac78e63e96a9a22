"""Silences: what nobody is told of for a time, as people asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor, text_of, time_of
from monitors.archive.records import Silence
from monitors.clock import from_iso, iso


def add(archive: Archive, silence: Silence) -> Silence:
    """Store a silence; the same value, with its id."""
    with archive.writing(full=True):
        know_monitor(archive, silence.monitor)
        silence_id = archive.insert(
            "silences",
            {
                "monitor": silence.monitor,
                "subject": silence.subject,
                "author": silence.author,
                "comment": silence.comment,
                "created": iso(silence.created),
                "ends": iso(silence.ends),
                "ended": text_of(silence.ended),
            },
        )
        return replace(silence, id=silence_id)


def end(archive: Archive, silence_id: int, now: datetime) -> bool:
    """End a silence before its time; False when there is none of that id that still holds."""
    with archive.writing(full=True):
        changed = archive.change(
            "update silences set ended = ? where id = ? and ended is null and ends > ?",
            [iso(now), silence_id, iso(now)],
        )
    return changed == 1


def holding(archive: Archive, monitor: str, now: datetime) -> list[Silence]:
    """The silences of a monitor that hold at `now`, oldest first."""
    rows = archive.rows(
        "select * from silences where monitor = ? and ended is null and ends > ? and created <= ? order by id",
        [monitor, iso(now), iso(now)],
    )
    return [_silence(row) for row in rows]


def listing(archive: Archive, monitor: str | None = None, *, limit: int = 100) -> list[Row]:
    """Silences, the newest first, those that ended too. Serialises as JSON."""
    return archive.rows(
        "select * from silences where (:monitor is null or monitor = :monitor) order by id desc limit :limit",
        {"monitor": monitor, "limit": limit},
    )


def _silence(row: Row) -> Silence:
    return Silence(
        monitor=row["monitor"],
        subject=row["subject"],
        author=row["author"],
        comment=row["comment"],
        created=from_iso(row["created"]),
        ends=from_iso(row["ends"]),
        ended=time_of(row["ended"]),
        id=row["id"],
    )
