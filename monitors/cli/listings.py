"""Commands that list what the archive holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from monitors.cli.options import ArchiveOption, JsonOption, LimitOption, archive_path
from monitors.cli.output import Cell, Column, note, print_json_lines, print_table

if TYPE_CHECKING:
    from monitors.archive.connection import Archive
    from monitors.archive.records import Hit

Row = Mapping[str, Any]
Found = TypeVar("Found")


def situations(archive: ArchiveOption = None, as_json: JsonOption = False, limit: LimitOption = 100) -> None:
    """What is watched, and how it stands.

    Status, since when, the next date, and the last report.
    """
    from monitors.archive import situations as stored

    rows = _read(archive, stored.listing)[:limit]
    columns = [
        Column("situation"),
        Column("status"),
        Column("since"),
        Column("next date"),
        Column("last report", takes_rest=True),
    ]
    cells: list[list[Cell]] = [
        [row["situation"], _words(row["status"]), _day(row["since"]), row["next_date"], row["development_title"]]
        for row in rows
    ]
    _show(rows, columns, cells, as_json, "no situation has a state yet; wirewatch run reads the feeds")


def developments(
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    limit: LimitOption = 100,
    *,
    situation: Annotated[str | None, typer.Option(help="Only of this situation.")] = None,
    status: Annotated[str | None, typer.Option(help="Only with this status.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Published on or after it (UTC).")] = None,
) -> None:
    """What changed in a situation, newest first."""
    from monitors.archive import developments as stored

    day = _checked_day(since)
    wanted = status.replace(" ", "_") if status else None
    rows = _read(
        archive,
        lambda opened: stored.listing(opened, situation=situation, status=wanted, since=day, limit=limit),
    )
    columns = [Column("published"), Column("development"), Column("report", takes_rest=True)]
    cells: list[list[Cell]] = [
        [_minute(row["published"]), (row["situation"], _status(row), _event(row)), (row["title"], _source(row))]
        for row in rows
    ]
    _show(rows, columns, cells, as_json, "no developments found")


def alerts(archive: ArchiveOption = None, as_json: JsonOption = False, limit: LimitOption = 100) -> None:
    """What people were told of, or not, and why.

    Newest first, with each delivery; the health of feeds too.
    """
    from monitors.archive import alerts as stored

    rows = _read(archive, lambda opened: stored.listing(opened, limit=limit))
    columns = [Column("decided"), Column("about"), Column("decision"), Column("deliveries", takes_rest=True)]
    cells: list[list[Cell]] = [
        [
            _minute(row["decided"]),
            (row["situation"] or row["kind"], _words(row["status"]) or row["subject"]),
            (row["decision"], row["reason"]),
            tuple(_delivery(delivery) for delivery in row["deliveries"]),
        ]
        for row in rows
    ]
    _show(rows, columns, cells, as_json, "no alerts yet")


def search(
    query: Annotated[list[str], typer.Argument(help="Words, in any language; all must occur. See above for more.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    limit: LimitOption = 20,
    best: Annotated[bool, typer.Option("--best", help="Best matches first, of the latest 1,000 hits.")] = False,
) -> None:
    """Find articles by words of their title or text.

    Between quotes: 'summit OR talks', 'talks -trade', '"working level"', 'negotiat*', 'title:summit', 'lang:ko 회담',
    'publisher:"Pacific Wire"', 'after:2025-08-01 before:2025-09'.
    """
    from monitors.archive import search as stored

    words = " ".join(query)
    order: Literal["relevance", "newest"] = "relevance" if best else "newest"
    rows = [_hit(hit) for hit in _read(archive, lambda opened: stored.search(opened, words, limit, order=order))]
    columns = [Column("published"), Column("article", takes_rest=True)]
    cells: list[list[Cell]] = [
        [_minute(row["published"]), (row["title"], row["snippet"], row["publisher"], _folded(row), row["url"])]
        for row in rows
    ]
    _show(rows, columns, cells, as_json, f"nothing found for {words!r}")


def runs(archive: ArchiveOption = None, as_json: JsonOption = False, limit: LimitOption = 20) -> None:
    """The passes that were made, newest first."""
    from monitors.archive import runs as stored

    rows = _read(archive, lambda opened: stored.listing(opened, limit=limit))
    columns = [
        Column("started"),
        Column("finished"),
        Column("monitor"),
        Column("outcome"),
        Column("counts", takes_rest=True),
    ]
    cells: list[list[Cell]] = [
        [_minute(row["started"]), _minute(row["finished"]), row["monitor"], row["outcome"], _counts(row["counts"])]
        for row in rows
    ]
    _show(rows, columns, cells, as_json, "no run yet")


COMMANDS: tuple[Callable[..., None], ...] = (situations, developments, alerts, search, runs)


def _read(archive: Path | None, query: Callable[[Archive], list[Found]]) -> list[Found]:
    from monitors.archive.connection import open_reader

    with open_reader(archive_path(archive)) as opened:
        return query(opened)


def _show(
    rows: Sequence[Row], columns: Sequence[Column], cells: Sequence[Sequence[Cell]], as_json: bool, nothing: str
) -> None:
    if not rows:
        note(nothing)
    elif as_json:
        print_json_lines(rows)
    else:
        print_table(columns, cells)


def _hit(hit: Hit) -> dict[str, Any]:
    from dataclasses import asdict

    from monitors.clock import iso

    return {**asdict(hit), "published": iso(hit.published), "discovered": iso(hit.discovered)}


def _folded(row: dict[str, Any]) -> str | None:
    copies = row["copies"]
    return f"and {copies} {'copy' if copies == 1 else 'copies'} of it" if copies else None


def _minute(text: str | None) -> str | None:
    return text and text[:16].replace("T", " ")


def _day(text: str | None) -> str | None:
    return text and text[:10]


def _words(status: str | None) -> str | None:
    return status and status.replace("_", " ")


def _status(row: Row) -> str:
    before = row["previous_status"]
    was = f" (was {_words(before)})" if before and before != row["status"] else ""
    marked = f", marked {row['verdict']}" if row["verdict"] else ""
    return f"{_words(row['status'])}{was}{', baseline' if row['baseline'] else ''}{marked}"


def _event(row: Row) -> str:
    return ", ".join(part for part in (row["event_date"], row["place"]) if part)


def _source(row: Row) -> str:
    families = len(row["families"])
    return f"{row['publisher']}; {families} {'family' if families == 1 else 'families'}, {row['tier']}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in counts.items() if number)


def _delivery(delivery: Row) -> str:
    state, detail = delivery["state"], delivery["detail"]
    return f"{delivery['channel']} {state}" + (f": {detail}" if detail and state != "sent" else "")


def _checked_day(text: str | None) -> str | None:
    from datetime import date

    from monitors.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(f"--since {text}: expected a day such as 2025-08-25") from None
