"""Records as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from monitors.exports.text import no_formula, plain

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets that take a CSV file for one in the encoding of the machine read UTF-8 after it."""


def csv_lines(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a row for each record; rows end in CR LF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    rows = chain([columns], ([cell(record[column]) for column in columns] for record in records))
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        yield buffer.getvalue()


def cell(value: Any) -> str:
    """A value as the text of a cell. Of a list, the parts; of a part that has several values, what names it first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return no_formula(plain("; ".join(_part(one) for one in value)))
    return no_formula(plain(value)) if isinstance(value, str) else str(value)


def _part(value: Any) -> str:
    """An item of a list: evidence by its sentence and source, a delivery by its channel and what became of it."""
    if not isinstance(value, Mapping):
        return str(value)
    if "sentence" in value:
        return f"“{value['sentence']}” ({value['publisher']}, {value['url']})"
    detail = value["detail"]
    return f"{value['channel']} {value['state']}" + (f": {detail}" if detail and value["state"] != "sent" else "")
