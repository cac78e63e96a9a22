"""A page for programs: the same that it says, as JSON, CSV, Atom or iCalendar."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from monitors.browse.asked import Asked, Found, address
from monitors.exports.atom import atom
from monitors.exports.calendar import calendar
from monitors.exports.delimited import csv_lines

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}


def _json(asked: Asked, found: Found, path: str) -> str:
    following = None if found.after is None else address(f"{path}.json", found.after)
    return json.dumps(found.data | {"next": following}, indent=1) + "\n"


def _csv(asked: Asked, found: Found, path: str) -> str:
    return "".join(csv_lines(found.columns, ({c: row.get(c) for c in found.columns} for row in found.rows)))


def _atom(asked: Asked, found: Found, path: str) -> str:
    if found.feed is None:
        raise ValueError(f"{path} has no feed")
    feed = found.feed()
    kept = {name: value for name, value in asked.query.items() if name not in ("before", "after")}
    scope = address(path, dict(sorted(kept.items()))).lstrip("/")
    return "".join(atom(feed.what, feed.records, feed.updated, scope, asked.names))


def _ics(asked: Asked, found: Found, path: str) -> str:
    return "".join(calendar(found.rows))


WRITERS: Mapping[str, Callable[[Asked, Found, str], str]] = {"json": _json, "csv": _csv, "atom": _atom, "ics": _ics}
"""By suffix. All take the request, what was found, and the path of the page."""
