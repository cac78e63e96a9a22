"""What came into the archive after a moment, for those who pass it on."""

from __future__ import annotations

from dataclasses import dataclass

from monitors.archive import alerts, developments
from monitors.archive.connection import Archive, Row


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the archive: the latest development and the latest alert that it held."""

    development: int = 0
    alert: int = 0


def mark(archive: Archive) -> Mark:
    """This moment."""
    rows = archive.values(
        "select (select coalesce(max(id), 0) from developments), (select coalesce(max(id), 0) from alerts)"
    )
    return Mark(*rows[0])


def news(archive: Archive, monitor: str, after: Mark) -> list[Row]:
    """The developments raised after a moment, in that order; what a feed held from the start is none."""
    ids = [
        row[0]
        for row in archive.values(
            "select id from developments where monitor = ? and id > ? and baseline = 0", [monitor, after.development]
        )
    ]
    rows = developments.listing(archive, monitor, ids=ids, limit=len(ids)) if ids else []
    return sorted(rows, key=lambda row: int(row["id"]))


def decisions(archive: Archive, monitor: str, after: Mark) -> list[Row]:
    """The alerts decided on after a moment, in that order, but for those on what a feed held from the start."""
    rows = alerts.listing(archive, monitor, after=after.alert, limit=-1)
    baseline = {
        row[0]
        for row in archive.values(
            "select alerts.id from alerts join developments on developments.id = development_id "
            "where alerts.id > ? and baseline = 1",
            [after.alert],
        )
    }
    return [row for row in reversed(rows) if row["id"] not in baseline]
