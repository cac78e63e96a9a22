"""`wirewatch mark` and `marks`: what people say of developments, and the labelled examples that makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, AuthorOption, JsonOption, LimitOption, archive_path, author_name
from monitors.cli.output import Cell, Column, note, print_json_lines, print_table
from monitors.errors import InputError


def mark(
    development: Annotated[int, typer.Argument(metavar="ID", help="The development, as `developments --json` has it.")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="wrong, merged, or right.")],
    comment: Annotated[str, typer.Option(help="Why, for those who learn from it.")],
    into: Annotated[
        int | None, typer.Option(metavar="ID", help="Of merged: the development that it is the same as.")
    ] = None,
    author: AuthorOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of a development that it is wrong, the same as another one, or right after all.

    The latest mark counts; earlier ones stay. A mark is an example to learn from and changes nothing that was sent:
    `wirewatch correct` takes a development back from those who were told.
    """
    from monitors.archive import marks as stored
    from monitors.archive.connection import open_archive
    from monitors.archive.records import Mark
    from monitors.clock import utc_now

    if not comment.strip():
        raise InputError("--comment: say why, for those who learn from it")
    said = Mark(development, verdict, author_name(author), comment.strip(), utc_now(), into)
    with open_archive(archive_path(archive), create=False) as opened:
        added = stored.add(opened, said)
        rows = [row for row in stored.of_development(opened, development) if row["id"] == added.id]
    if as_json:
        print_json_lines(rows)
    else:
        print(f"development {development}: marked {_verdict(verdict, into)}, by {said.author}")


def marks(
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    limit: LimitOption = 100,
    examples: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write each marked development here as a labelled example (JSON Lines), all of them; - is stdout.",
        ),
    ] = None,
) -> None:
    """What people said of developments, newest first, earlier marks too.

    An example has the sentence, the situation, the status, and the verdict that counts; its `doc` is the article's
    number, as in a replay of the archive.
    """
    from monitors.archive import marks as stored
    from monitors.archive.connection import open_reader

    with open_reader(archive_path(archive)) as opened:
        if examples is not None:
            _write(list(stored.examples(opened)), examples)
            return
        rows = stored.listing(opened, limit=limit)
    if not rows:
        note("no marks; wirewatch mark makes one, and so does a development's page in wirewatch browse --allow-actions")
    elif as_json:
        print_json_lines(rows)
    else:
        columns = [Column("marked"), Column("development"), Column("verdict"), Column("why", takes_rest=True)]
        cells: list[list[Cell]] = [
            [
                row["created"][:16].replace("T", " "),
                (row["development_id"], row["situation"], row["status"].replace("_", " ")),
                (_verdict(row["verdict"], row["merged_into"]), None if row["counts"] else "replaced"),
                (row["comment"], row["author"]),
            ]
            for row in rows
        ]
        print_table(columns, cells)


COMMANDS: tuple[Callable[..., None], ...] = (mark, marks)


def _verdict(verdict: str, into: int | None) -> str:
    return verdict if into is None else f"{verdict} into {into}"


def _write(rows: list[dict[str, object]], target: Path) -> None:
    from monitors.exports.json_lines import json_line
    from monitors.exports.whole_file import write_pieces

    if str(target) == "-":
        print_json_lines(rows)
        return
    write_pieces(target, (f"{json_line(row)}\n" for row in rows))
    note(f"{target}: {len(rows):,} {'example' if len(rows) == 1 else 'examples'}")
