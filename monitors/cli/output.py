"""How commands print and write: tables, JSON Lines, notes, whole files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from monitors.exports.json_lines import json_line
from monitors.log import tell

if TYPE_CHECKING:
    from rich.text import Text

CELL_CHARACTERS = 300
PIPE_WIDTH = 1000
"""Columns when stdout is no terminal: a row stays on one line, as wide as its cells."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing. The one that `takes_rest` gets the room that the others leave, and breaks its lines."""

    title: str
    takes_rest: bool = False
    justify: Literal["left", "right"] = "left"


Cell = str | int | None | tuple[str | int | None, ...]
"""What stands in a column: one text, or several that are stacked on a terminal and joined in a pipe."""


def note(line: str) -> None:
    """A message to the person, on stderr."""
    tell(line, plain=sys.stderr)


def print_json_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows as JSON Lines on stdout, and nothing else."""
    for row in rows:
        print(json_line(row))


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Rows as a table on stdout: fitted to the terminal, or one line a row when piped. Cells are plain text."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    on_terminal = sys.stdout.isatty()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            column.title,
            justify=column.justify,
            ratio=1 if column.takes_rest else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_text(cell, on_terminal) for cell in row))
    if on_terminal:
        Console(highlight=False).print(table)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=PIPE_WIDTH).print(table)
    print("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()))


def _text(cell: Cell, on_terminal: bool) -> Text:
    from rich.text import Text

    from monitors.alerts.message import one_line

    parts = cell if isinstance(cell, tuple) else (cell,)
    lines = [one_line(str(part), CELL_CHARACTERS) for part in parts if part is not None and part != ""]
    first, *rest = lines or ["–"]
    separator = "\n" if on_terminal else " · "
    text = Text(first)
    for line in rest:
        text.append(f"{separator}{line}", style="dim")
    return text
