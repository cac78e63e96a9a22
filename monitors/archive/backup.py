"""Backups of the archive: made while it is in use, rotated, and put back."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitors.archive.connection import APPLICATION_ID
from monitors.archive.faults import explain
from monitors.archive.snapshot import Counts, check_sound, reading, snapshot, unsound
from monitors.archive.tables import VERSION
from monitors.errors import ArchiveBusy, ArchiveError, InputError

KEPT = 7
"""Backups that stay when nobody says otherwise."""

_STAMP = "%Y%m%dT%H%M%SZ"

LONGEST = timedelta(days=1)
"""A backup that is not finished after this long was abandoned."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: its rows by table, its size in bytes, and the older ones that made room for it."""

    path: Path
    rows: Counts
    size: int
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """An archive that was put back; `aside` is where the one it replaced lies now, None when there was none."""

    path: Path
    rows: Counts
    aside: Path | None


def default_folder(path: Path) -> Path:
    """Where backups of the archive at `path` lie when nobody says otherwise: a folder beside it."""
    return path.absolute().parent / "backups"


def backup(path: Path, folder: Path, *, keep: int = KEPT, now: datetime) -> Backup:
    """Copy the archive to a file in `folder` that is named after it and the time; keep the newest `keep` such files.

    Others may read and write meanwhile. Raises ArchiveError when there is no archive, or no sound copy of it.
    """
    inspect(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"backup folder {folder} cannot be made: {error.strerror or error}") from error
    target = folder / f"{path.stem}-{now.strftime(_STAMP)}.db"
    rows = snapshot(path, target)
    return Backup(target, rows, target.stat().st_size, _rotate(path.stem, folder, keep, now))


def backups(path: Path, folder: Path) -> list[Path]:
    """The backups of the archive at `path` that lie in `folder`, oldest first."""
    return _named(path.stem, folder)


def inspect(path: Path) -> int:
    """The version of the tables of the archive at `path`, which this Wirewatch can use.

    Raises ArchiveError when there is no such file, or it is damaged, no archive, or of a newer Wirewatch.
    """
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no such file")
    try:
        with reading(path) as connection:
            owner = connection.execute("pragma application_id").fetchone()[0]
            version = int(connection.execute("pragma user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise unsound(error, path) from error
        owner = version = 0
    if owner != APPLICATION_ID or not version:
        raise ArchiveError(f"{path} is no archive of Wirewatch; name another file")
    if version > VERSION:
        raise ArchiveError(
            f"{path}: a newer Wirewatch wrote it (tables of version {version}, this one knows {VERSION}); "
            "upgrade Wirewatch"
        )
    return version


def restore(file: Path, path: Path, *, force: bool, now: datetime) -> Restored:
    """Put the backup `file` in the place of the archive at `path`.

    What lies there is kept under another name beside it, and only replaced with `force`. Raises InputError without,
    ArchiveBusy while somebody has the archive open, and ArchiveError when the backup cannot be used.
    """
    path = path.resolve()
    inspect(file)
    if path.exists() and path.samefile(file):
        raise InputError(f"{file} is the archive itself; name a backup of it")
    with reading(file) as connection:
        check_sound(connection, file)
        _check_references(connection, file)
    if path.exists() and not force:
        raise InputError(f"archive {path} exists; restore --force puts the backup in its place and keeps it aside")
    incoming = path.with_name(f"{path.name}-{now.strftime(_STAMP)}.incoming")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = snapshot(file, incoming)
        aside = _set_aside(path, now)
        incoming.rename(path)
    except OSError as error:
        raise ArchiveError(f"archive {path} cannot be replaced: {error.strerror or error}") from error
    finally:
        incoming.unlink(missing_ok=True)
    return Restored(path, rows, aside)


def _check_references(connection: sqlite3.Connection, file: Path) -> None:
    broken = connection.execute("pragma foreign_key_check").fetchall()
    if broken:
        raise ArchiveError(f"{file}: {len(broken)} rows refer to rows that are missing; take an earlier backup")


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Move the archive and its log to another name; a log that stayed would be read into the file that comes."""
    aside = path.with_name(f"{path.stem}-replaced-{now.strftime(_STAMP)}.db")
    if path.exists():
        _close_log(path)
    moved = None
    for ending in ("", "-wal", "-shm"):
        part = Path(f"{path}{ending}")
        if part.exists():
            part.rename(f"{aside}{ending}")
            moved = aside
    return moved


def _close_log(path: Path) -> None:
    """Fold the log into the file, which SQLite does only for the last who has it open."""
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("pragma journal_mode=delete")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ArchiveBusy(
                f"archive {path}: another process has it open; end runs, servers and viewers, then restore again"
            ) from error
        raise explain(error, path) from error
    except sqlite3.DatabaseError:
        return  # damaged, or no database: a restore is how one gets rid of it
    finally:
        connection.close()


def _rotate(stem: str, folder: Path, keep: int, now: datetime) -> tuple[Path, ...]:
    """Remove the oldest backups, and what a backup that was killed has left; the backups that went."""
    surplus = tuple(_named(stem, folder)[: -max(keep, 1)])
    abandoned = [
        file
        for file in folder.iterdir()
        if file.name.startswith(f".{stem}-")
        and file.name.endswith(".partial")
        and file.stat().st_mtime < (now - LONGEST).timestamp()
    ]
    for file in (*surplus, *abandoned):
        file.unlink(missing_ok=True)
    return surplus


def _named(stem: str, folder: Path) -> list[Path]:
    pattern = re.compile(re.escape(stem) + r"-\d{8}T\d{6}Z\.db")
    return sorted(file for file in folder.iterdir() if pattern.fullmatch(file.name)) if folder.is_dir() else []
