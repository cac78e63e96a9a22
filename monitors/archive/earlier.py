"""What the archive knew of a situation before a development."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitors.archive.connection import Archive
from monitors.archive.records import Development
from monitors.clock import from_iso


@dataclass(frozen=True, slots=True)
class Earlier:
    """The development that a later one changes: what it said, and who published it when."""

    status: str
    event_date: str | None
    place: str | None
    published: datetime
    publisher: str


def before(archive: Archive, development: Development) -> Earlier | None:
    """The latest development of the same situation that had the status from which `development` leads away."""
    row = archive.row(
        "select status, event_date, place, developments.published, publishers.name as publisher from developments "
        "join articles on articles.id = article_id join publishers on publishers.id = articles.publisher_id "
        "where developments.monitor = ? and situation = ? and status = ? and developments.id < ? "
        "order by developments.id desc limit 1",
        [development.monitor, development.situation, development.previous_status, development.id],
    )
    if row is None:
        return None
    return Earlier(row["status"], row["event_date"], row["place"], from_iso(row["published"]), row["publisher"])
