"""A whole copy of a database at one moment, made while others write to it, and looked at before it counts.

VACUUM INTO reads one state of the file however long it takes (https://www.sqlite.org/lang_vacuum.html, "VACUUM with an
INTO clause"); the online backup by steps begins anew at every commit of another process and may never end.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from monitors.archive.faults import BUSY_TIMEOUT, explain
from monitors.errors import ArchiveError

GROWING = ("monitors", "polls", "publishers", "articles", "article_texts", "revisions", "developments", "evidence")
"""Tables from which nothing is ever deleted: what a copy holds of them lies between two counts of the original."""

Counts = dict[str, int]


def snapshot(path: Path, target: Path) -> Counts:
    """Copy the database at `path` to the new file `target`; the rows of each of its tables.

    The target appears whole and checked, or not at all. Raises ArchiveError when there is no room for it, when it
    exists, when the copy is not sound, or when it lacks rows of the original.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file")
    _check_room(path, target)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with reading(path) as original:
            before, changes = row_counts(original), _data_version(original)
            original.execute("vacuum into ?", [str(partial)])
            untouched = _data_version(original) == changes
            after = before if untouched else row_counts(original)
        with reading(partial) as copy:
            check_sound(copy, partial)
            counts = row_counts(copy)
        _compare(counts, before, after, path, untouched=untouched)
        _flush(partial)
        partial.rename(target)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection that can change nothing, whatever database this is. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)) as connection:
        yield connection


def row_counts(connection: sqlite3.Connection) -> Counts:
    """The rows of every table, those of one moment."""
    connection.execute("begin")
    names = connection.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
    ).fetchall()
    counts = {
        name: int(connection.execute(f'select count(*) from "{name}"').fetchone()[0])
        for (name,) in names
        if name != "search_index"  # its rows are those of search_index_docsize
    }
    connection.execute("commit")
    return counts


def check_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveError when SQLite finds a page of the file unsound."""
    try:
        found = [str(row[0]) for row in connection.execute("pragma quick_check(3)")]
    except sqlite3.DatabaseError as error:
        raise unsound(error, path) from error
    if found != ["ok"]:
        raise ArchiveError(f"{path} is damaged ({'; '.join(found)}); take an earlier backup")


def unsound(error: sqlite3.DatabaseError, path: Path) -> ArchiveError:
    """The error of ours for what SQLite says of a file that may be a backup."""
    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
        return explain(error, path)
    return ArchiveError(f"{path} is damaged ({error}); take an earlier backup")


def _compare(copy: Counts, before: Counts, after: Counts, path: Path, *, untouched: bool) -> None:
    names = set(before) if untouched else set(GROWING) & set(before)
    lacking = [name for name in sorted(names) if not before[name] <= copy.get(name, -1) <= after.get(name, 0)]
    if lacking:
        raise ArchiveError(
            f"archive {path}: the copy differs from it in {', '.join(lacking)} and was thrown away; "
            "look at the disk, then try again"
        )


def _check_room(path: Path, target: Path) -> None:
    try:
        needed = sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())
        free = shutil.disk_usage(target.parent).free
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}") from error
    if free < needed:
        raise ArchiveError(
            f"{target}: the disk has {free / 1e6:.0f} MB left and the copy may need {needed / 1e6:.0f} MB; "
            "free some space or name another folder"
        )


def _data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection commits."""
    return int(connection.execute("pragma data_version").fetchone()[0])


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
