"""What was known before, as a clause of a message."""

from __future__ import annotations

from datetime import tzinfo

from monitors.alerts.message import in_words
from monitors.archive.connection import Archive
from monitors.archive.earlier import before
from monitors.archive.records import Development


def known_before(archive: Archive, development: Development, zone: tzinfo) -> str:
    """As "agreed, for 2026-03-04, Geneva (Harbour Post, 2026-02-20)"; empty when nothing was. Days are of `zone`.

    Raises ArchiveError.
    """
    earlier = before(archive, development)
    if earlier is None:
        return ""
    event = ", ".join(part for part in (earlier.event_date, earlier.place) if part)
    told = f"{earlier.publisher}, {earlier.published.astimezone(zone):%Y-%m-%d}"
    return f"{in_words(earlier.status)}{f', for {event}' if event else ''} ({told})"
