"""Which formats there are, what each can hold, and the one way to write any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain
from typing import Any

from monitors.errors import InputError
from monitors.exports.atom import atom
from monitors.exports.calendar import calendar
from monitors.exports.delimited import BYTE_ORDER_MARK, csv_lines
from monitors.exports.json_lines import json_lines
from monitors.exports.names import Names
from monitors.exports.plover import plover_lines
from monitors.exports.records import COLUMNS, What
from monitors.exports.ris import ris


class Format(StrEnum):
    """In what form it is written."""

    CSV = "csv"
    JSONL = "jsonl"
    ATOM = "atom"
    RIS = "ris"
    ICS = "ics"
    PLOVER_TSV = "plover-tsv"


EVERYTHING = tuple(What)
HOLDS: dict[Format, tuple[What, ...]] = {
    Format.CSV: EVERYTHING,
    Format.JSONL: EVERYTHING,
    Format.ATOM: EVERYTHING,
    Format.RIS: (What.ARTICLES,),
    Format.ICS: (What.MEETINGS,),
    Format.PLOVER_TSV: (What.DEVELOPMENTS,),
}
"""What can be written in each format."""

SUFFIXES = {
    ".csv": Format.CSV, ".jsonl": Format.JSONL, ".atom": Format.ATOM, ".xml": Format.ATOM, ".ris": Format.RIS,
    ".ics": Format.ICS, ".tsv": Format.PLOVER_TSV,
}  # fmt: skip
"""The format that a file's name asks for."""


def check(what: What, form: Format) -> None:
    """Raise InputError when `what` cannot be written as `form`."""
    if what in HOLDS[form]:
        return
    formats = ", ".join(one for one in Format if what in HOLDS[one])
    raise InputError(f"export {what}: {form} holds {', '.join(HOLDS[form])} only; {what} can be written as {formats}")


def render(
    what: What,
    form: Format,
    records: Iterable[Mapping[str, Any]],
    names: Names,
    *,
    updated: str | None = None,
    scope: str = "",
    excel: bool = False,
) -> Iterator[str]:
    """The records in that format, piece by piece.

    `updated` and `scope` are what an Atom feed says of itself: its latest change, and which part of the archive it is.
    `excel` marks CSV so that spreadsheets read it as UTF-8. Raises InputError for a pair that does not exist.
    """
    check(what, form)
    if excel and form is not Format.CSV:
        raise InputError(f"export: {form} needs no byte order mark; --excel goes with csv")
    match form:
        case Format.CSV:
            return chain([BYTE_ORDER_MARK] if excel else [], csv_lines(COLUMNS[what], records))
        case Format.JSONL:
            return json_lines(records)
        case Format.ATOM:
            return atom(what, records, updated, scope, names)
        case Format.RIS:
            return ris(records)
        case Format.ICS:
            return calendar(records)
        case Format.PLOVER_TSV:
            return plover_lines(records, names)
