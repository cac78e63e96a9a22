"""`wirewatch silence`: what nobody is told of for a time, with who said so and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitors.cli.options import (
    ArchiveOption,
    AuthorOption,
    JsonOption,
    LimitOption,
    MonitorOption,
    archive_path,
    author_name,
    monitor_path,
)
from monitors.cli.output import Column, note, print_json_lines, print_table
from monitors.errors import InputError

if TYPE_CHECKING:
    from monitors.definition.model import Monitor

silence_app = typer.Typer(
    help="Keep back alerts for a time: add, list and end silences.", no_args_is_help=True, rich_markup_mode=None
)


@silence_app.command()
def add(
    subject: Annotated[
        str, typer.Argument(metavar="SITUATION", help="A situation; or a feed's address, network, or all.")
    ],
    until: Annotated[
        str,
        typer.Option(metavar="TIME", help="Its end: 2h, 3d, a day, or 2025-08-25T18:00, by the policy's timezone."),
    ],
    comment: Annotated[str, typer.Option(help="Why, for those who miss the alerts.")],
    author: AuthorOption = None,
    archive: ArchiveOption = None,
    monitor: MonitorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell nobody of a situation until a time.

    Its developments are recorded as ever, each alert with the silence as its reason. It ends by itself.
    """
    from zoneinfo import ZoneInfo

    from monitors.archive import silences
    from monitors.archive.connection import open_archive
    from monitors.archive.records import Silence
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor

    watched = load_monitor(monitor_path(monitor))
    _check_subject(watched, subject)
    if not comment.strip():
        raise InputError("--comment: say why, for those who miss the alerts")
    now = utc_now()
    ends = _end(until, watched.policy.timezone, now)
    silence = Silence(watched.id, subject, author_name(author), comment.strip(), now, ends)
    with open_archive(archive_path(archive)) as opened:
        stored = silences.add(opened, silence)
        rows = [row for row in silences.listing(opened, watched.id) if row["id"] == stored.id]
    if as_json:
        print_json_lines(rows)
    else:
        local = ends.astimezone(ZoneInfo(watched.policy.timezone))
        print(f"silence {stored.id}: {subject} until {local:%Y-%m-%d %H:%M %Z}, by {stored.author}")


@silence_app.command(name="list")
def list_silences(archive: ArchiveOption = None, as_json: JsonOption = False, limit: LimitOption = 100) -> None:
    """The silences, those that ended too."""
    from monitors.archive import silences
    from monitors.archive.connection import open_reader
    from monitors.clock import iso, utc_now

    with open_reader(archive_path(archive)) as opened:
        rows = silences.listing(opened, limit=limit)
    now = iso(utc_now())
    if not rows:
        note("no silences; wirewatch silence add makes one")
    elif as_json:
        print_json_lines(row | {"state": _state(row, now)} for row in rows)
    else:
        columns = [Column("id"), Column("of"), Column("state"), Column("until"), Column("why", takes_rest=True)]
        cells = [
            (
                row["id"],
                (row["subject"], row["monitor"]),
                _state(row, now),
                (row["ended"] or row["ends"])[:16].replace("T", " "),
                (row["comment"], row["author"]),
            )
            for row in rows
        ]
        print_table(columns, cells)


@silence_app.command()
def end(
    number: Annotated[int, typer.Argument(metavar="ID", help="The silence, as the list numbers it.")],
    archive: ArchiveOption = None,
) -> None:
    """End a silence before its time.

    What it kept back is not sent any more; it stays in the archive.
    """
    from monitors.archive import silences
    from monitors.archive.connection import open_archive
    from monitors.clock import utc_now

    with open_archive(archive_path(archive), create=False) as opened:
        if not silences.end(opened, number, utc_now()):
            raise InputError(f"silence {number}: there is none that still holds; wirewatch silence list shows them")
    print(f"silence {number} has ended")


def _state(row: Mapping[str, Any], now: str) -> str:
    if row["ended"]:
        return "ended"
    return "over" if row["ends"] <= now else "holds"


def _check_subject(monitor: Monitor, subject: str) -> None:
    from monitors.alerts.health import NETWORK
    from monitors.alerts.silences import ALL
    from monitors.alerts.troubles import DISK, PASSES
    from monitors.archive.troubles import CHANNEL
    from monitors.definition.problems import not_one_of

    own = [NETWORK, PASSES, DISK, *(f"{CHANNEL}{channel.id}" for channel in monitor.channels)]
    known = [*(situation.id for situation in monitor.situations), *own, ALL]
    if subject not in known and subject not in {feed.url for feed in monitor.feeds}:
        raise InputError(not_one_of(subject, known, f"a situation of {monitor.id}"))


def _end(text: str, zone: str, now: datetime) -> datetime:
    """The end that a person gave, in UTC. A day means its end."""
    import re
    from datetime import UTC, date, timedelta
    from zoneinfo import ZoneInfo

    from monitors.definition.model import duration

    try:
        if re.fullmatch(r"[1-9][0-9]{0,3}[mhd]", text):
            ends = now + duration(text)
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            ends = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(text)
            ends = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
        ends = ends.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"--until {text}: expected 2h, 3d, a day such as 2025-08-25, or 2025-08-25T18:00") from None
    if ends <= now:
        raise InputError(f"--until {text}: that is over already")
    return ends
