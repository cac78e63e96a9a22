"""The command that writes the archive down for other programs."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import note
from monitors.errors import InputError

if TYPE_CHECKING:
    from monitors.exports.formats import Format
    from monitors.exports.records import What

Record = dict[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)


def export(
    what: Annotated[str, typer.Argument(help="articles, developments, alerts or meetings.")],
    archive: ArchiveOption = None,
    monitor: MonitorOption = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, jsonl or atom; articles also as ris, meetings as ics, developments as plover-tsv. Without it: "
            "what FILE ends in, or csv.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="From this day on (UTC).")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Up to this day, included (UTC).")] = None,
    situation: Annotated[str | None, typer.Option(help="Only of this situation.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Only of this publisher.")] = None,
    language: Annotated[str | None, typer.Option(help="Only in this language, as en or ko.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write here, whole or not at all. Without it: to stdout."),
    ] = None,
    excel: Annotated[bool, typer.Option("--excel", help="Begin csv with a mark by which Excel sees UTF-8.")] = False,
) -> None:
    """Write the archive down for other programs.

    The days bound the publication of articles and developments, the decision of alerts, the event of meetings. Titles
    and parties of situations come from the monitor file.
    """
    from monitors.archive.connection import open_reader
    from monitors.archive.export import Wanted
    from monitors.definition.load import load_monitor
    from monitors.exports.formats import Format, render
    from monitors.exports.formats import check as check_pair
    from monitors.exports.names import names_of
    from monitors.exports.records import What, latest, records
    from monitors.exports.whole_file import write_pieces

    subject = _one_of(what, What, "export")
    chosen = _one_of(form, Format, "export: --format") if form is not None else _format_of(out)
    check_pair(subject, chosen)
    wanted = Wanted(_day("--since", since), _day("--until", until), situation, publisher, language)
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise InputError(f"export: --until {until} lies before --since {since}")
    names = names_of(load_monitor(monitor_path(monitor)))
    with open_reader(archive_path(archive)) as opened:
        tally = Tally(records(opened, subject, wanted, names))
        pieces = render(
            subject,
            chosen,
            tally,
            names,
            updated=latest(opened, subject, wanted, names) if chosen is Format.ATOM else None,
            scope=_scope(since=since, until=until, situation=situation, publisher=publisher, language=language),
            excel=excel,
        )
        if out is None:
            _print(pieces)
        else:
            write_pieces(out, pieces)
    _report(subject, chosen, tally, names.monitor, out)


COMMANDS: tuple[Callable[..., None], ...] = (export,)


@dataclass(slots=True)
class Tally:
    """Hands records on and remembers how many there were, and of which monitors."""

    records: Iterable[Record]
    count: int = 0
    monitors: set[str] = field(default_factory=set)
    without_a_day: int = 0
    """Meetings that are known to the month or year only."""

    def __iter__(self) -> Iterator[Record]:
        from monitors.exports.calendar import has_days

        for record in self.records:
            self.count += 1
            self.monitors.add(record["monitor"])
            if "standing" in record and not has_days(record["event_date"]):
                self.without_a_day += 1
            yield record


def _one_of(given: str, choices: type[Choice], where: str) -> Choice:
    try:
        return choices(given)
    except ValueError:
        raise InputError(f"{where} {given}: expected one of {', '.join(choices)}") from None


def _format_of(out: Path | None) -> Format:
    from monitors.exports.formats import SUFFIXES, Format

    if out is None or not out.suffix:
        return Format.CSV
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"export: {out} does not say its format; name it with --format")
    return SUFFIXES[out.suffix.lower()]


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text}: expected a day such as 2025-08-25") from None


def _scope(**options: str | None) -> str:
    """The part of the archive that is asked for, in words; empty: all of it."""
    return ", ".join(f"{name} {value}" for name, value in options.items() if value is not None)


def _print(pieces: Iterable[str]) -> None:
    """Pieces on stdout: to a file or pipe as UTF-8 whatever the machine's encoding, line ends as they are."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    for piece in pieces:
        sys.stdout.write(piece)


def _report(what: What, form: Format, tally: Tally, monitor: str, out: Path | None) -> None:
    """On stderr: what was written, and what a reader may miss in it."""
    from monitors.exports.formats import Format

    written = tally.count
    if form is Format.ICS:
        written -= tally.without_a_day
        if tally.without_a_day:
            note(
                f"{_counted(tally.without_a_day, what)} left out: the day is not known (csv, jsonl and atom have them)"
            )
    if not written:
        note(f"no {what} to export")
    elif out is not None:
        note(f"{out}: {_counted(written, what)}")
    strangers = sorted(tally.monitors - {monitor})
    if strangers and form in (Format.ATOM, Format.ICS, Format.PLOVER_TSV) and what != "articles":
        note(
            f"situations of {', '.join(strangers)} go by their ids: the monitor file is that of {monitor}; "
            "name another one with --monitor"
        )


def _counted(number: int, what: What) -> str:
    return f"{number:,} {what.value[:-1] if number == 1 else what}"
