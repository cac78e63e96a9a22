"""Files for other programs, written anew after each pass: a feed of the alerts and a calendar of the meetings."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from monitors.archive import export as stored
from monitors.archive.connection import Archive, Row
from monitors.archive.export import Wanted
from monitors.definition.model import Monitor
from monitors.errors import WirewatchError
from monitors.exports.formats import Format, render
from monitors.exports.names import names_of
from monitors.exports.records import What, records
from monitors.exports.whole_file import write_pieces

_log = logging.getLogger(__name__)

ALERTS_OF = timedelta(days=30)
MOST_ALERTS = 200
"""Alerts in the feed, the newest: readers of feeds ask often, and keep what they have seen."""


def publish(archive: Archive, monitor: Monitor, archive_path: Path | str, now: datetime) -> list[Path]:
    """Write the files that the monitor's `publish` names; the paths of those whose content is another than before.

    Relative paths lie beside the archive. A file that cannot be written is logged, and costs the pass nothing. Raises
    ArchiveError.
    """
    folder, written = Path(archive_path).parent, []
    for name, what, form in (
        (monitor.publish.alerts, What.ALERTS, Format.ATOM),
        (monitor.publish.calendar, What.MEETINGS, Format.ICS),
    ):
        if name is None:
            continue
        path, text = folder / name, _text(archive, monitor, what, form, now)
        try:
            if not _holds(path, text):
                write_pieces(path, [text])
                written.append(path)
        except WirewatchError as error:
            _log.warning("publish: %s", error)
    return written


def _text(archive: Archive, monitor: Monitor, what: What, form: Format, now: datetime) -> str:
    names = names_of(monitor)
    if what is What.ALERTS:
        rows = _told(archive, monitor, now)
        updated = max((row["decided"] for row in rows), default=None)
        return "".join(render(what, form, rows, names, updated=updated, scope=monitor.id))
    meetings = (row for row in records(archive, what, Wanted(), names) if row["monitor"] == monitor.id)
    return "".join(render(what, form, meetings, names))


def _told(archive: Archive, monitor: Monitor, now: datetime) -> Iterable[Row]:
    """The latest alerts that people are told of, newest first, with the evidence and without the channels."""
    wanted = Wanted(since=(now - ALERTS_OF).date())
    rows = [
        row for row in stored.alerts(archive, wanted) if row["monitor"] == monitor.id and row["decision"] == "alert"
    ][-MOST_ALERTS:]
    known = stored.developments_of(archive, {row["development_id"] for row in rows if row["development_id"]})
    return [
        row | {"deliveries": [], "evidence": known[row["development_id"]]["evidence"] if row["development_id"] else []}
        for row in reversed(rows)
    ]


def _holds(path: Path, text: str) -> bool:
    try:
        return path.is_file() and path.read_bytes() == text.encode()
    except OSError:
        return False
