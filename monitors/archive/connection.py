"""Opening the archive, and its one transaction."""

from __future__ import annotations

import contextlib
import itertools
import operator
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from monitors.archive.faults import BUSY_TIMEOUT, Parameters, encodable, explain
from monitors.archive.index import rebuild_index
from monitors.archive.segment import SEG_VERSION, seg
from monitors.archive.snapshot import snapshot
from monitors.archive.tables import VERSION
from monitors.errors import ArchiveError

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x57697265
"""The four bytes `Wire` in SQLite's header, which say whose file this is."""

IN_MEMORY = ":memory:"

_ROWS_AT_ONCE = 250
"""Rows of one statement; it may hold 32,766 values."""

Row = dict[str, Any]

_READER_CACHE = 4096
"""Kibibytes of the archive that a reader keeps: several read at once, and a larger cache saves no processor time."""


class Archive:
    """One connection to the archive. Use it from the thread that opened it; close it, or use it in a `with`.

    Every method raises ArchiveError, or ArchiveBusy when another process held the lock for too long; sqlite3's own
    errors do not leave this class.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | str, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.connection = connection
        self.path = path
        self.busy_timeout = busy_timeout
        self._depth = 0
        self._spoiled = False

    @cached_property
    def db(self) -> Database:
        """The same connection in the hands of sqlite-utils, which changes tables.

        Imported here, since it brings pluggy, click and, where it is there, numpy: 15 MiB that no poll needs.
        """
        from sqlite_utils import Database

        return Database(self.connection, execute_plugins=False)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as dictionaries in column order."""
        cursor = self._run(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in self._fetched(cursor)]

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def values(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as tuples: for the inner loops, where dictionaries cost."""
        return self._fetched(self._run(sql, parameters))

    def change(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement; the number of rows it touched."""
        return self._write(sql, parameters).rowcount

    def change_many(self, sql: str, parameters: Iterable[Parameters]) -> None:
        """Run one writing statement for each set of parameters, in one transaction."""
        rows = list(parameters)
        left = iter(rows)
        with self.writing(part=True):
            try:
                self.connection.executemany(sql, left)
            except UnicodeEncodeError:
                refused = len(rows) - operator.length_hint(left) - 1
                self.connection.executemany(sql, [encodable(row) for row in rows[refused:]])

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert one row and return its rowid."""
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"insert into {table} ({names}) values ({marks})"
        return self._write(sql, tuple(row.values())).lastrowid or 0

    def insert_many(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that have the same columns, in one transaction."""
        if rows:
            names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
            self.change_many(f"insert into {table} ({names}) values ({marks})", [tuple(row.values()) for row in rows])

    def insert_at_once(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same in statements of many rows each, for a table whose triggers feed a search index.

        Each statement that may fail halfway has FTS5 write down what it holds (its xSavepoint), so that a row in a
        statement of its own costs a segment of the index of its own, and the merging of all these.
        """
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            names, marks = ", ".join(some[0]), ", ".join(["?"] * len(some[0]))
            values = ", ".join([f"({marks})"] * len(some))
            self.change(f"insert into {table} ({names}) values {values}", [v for row in some for v in row.values()])

    def _write(self, sql: str, parameters: Parameters) -> sqlite3.Cursor:
        """One statement needs no savepoint: it is done wholly or not at all."""
        if self._depth:
            return self._run(sql, parameters)
        with self.writing():
            return self._run(sql, parameters)

    def _run(self, sql: str, parameters: Parameters) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql, parameters)
        except UnicodeEncodeError:
            return self.connection.execute(sql, encodable(parameters))
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error

    def _fetched(self, cursor: sqlite3.Cursor) -> list[tuple[Any, ...]]:
        try:
            return cursor.fetchall()
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error

    @contextlib.contextmanager
    def writing(self, *, full: bool = False, part: bool = False) -> Iterator[Archive]:
        """One transaction: all of it is stored or nothing.

        It takes the write lock at once (BEGIN IMMEDIATE): a deferred transaction that reads first fails at its first
        write when somebody else has committed meanwhile, whatever the timeout. A block inside a block is a savepoint
        of the outer transaction, or, with `part`, no more than a part of it: an error in it spoils the block around,
        which then cannot end well. A savepoint costs a copy of each page that is changed in it, and a segment of the
        search index. `full` makes the outermost commit wait for the disk (synchronous=FULL), for what must survive a
        power cut; asked for by an inner block it has no effect.
        """
        if part and self._depth:
            with self._spoiling():
                yield self
            return
        outermost = self._depth == 0
        savepoint = f"inner{self._depth}"
        try:
            if outermost:
                if full:
                    self.connection.execute("pragma synchronous=full")
                self.connection.execute("begin immediate")
            else:
                self.connection.execute(f"savepoint {savepoint}")
        except sqlite3.DatabaseError as error:
            if outermost and full:
                self.connection.execute("pragma synchronous=normal")
            raise self._explain(error) from error
        self._depth += 1
        try:
            yield self
            self._refuse_if_spoiled()
            self.connection.execute("commit" if outermost else f"release {savepoint}")
        except BaseException as error:
            self._undo(None if outermost else savepoint)
            if isinstance(error, sqlite3.DatabaseError):
                raise self._explain(error) from error
            raise
        finally:
            self._depth -= 1
            if outermost and full:
                self.connection.execute("pragma synchronous=normal")

    @contextlib.contextmanager
    def _spoiling(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._spoiled = True
            if isinstance(error, sqlite3.DatabaseError):
                raise self._explain(error) from error
            raise

    def _refuse_if_spoiled(self) -> None:
        if self._spoiled:
            raise ArchiveError(f"archive {self.path}: a part of this change failed, so nothing of it was stored")

    def _undo(self, savepoint: str | None) -> None:
        """Roll back what is still open; a full disk has rolled everything back already."""
        self._spoiled = False
        if not self.connection.in_transaction:
            return
        if savepoint is None:
            self.connection.rollback()
        else:
            self.connection.execute(f"rollback to {savepoint}")
            self.connection.execute(f"release {savepoint}")

    def _explain(self, error: sqlite3.DatabaseError) -> ArchiveError:
        return explain(error, self.path, self.busy_timeout)

    def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file; for the writer, between runs."""
        try:
            self.connection.execute("pragma wal_checkpoint(truncate)")
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_archive(path: Path | str, *, create: bool = True, busy_timeout: float = BUSY_TIMEOUT) -> Archive:
    """Open the archive for writing, create it if need be, and bring its tables up to date.

    `path` may be ":memory:". `busy_timeout` is in seconds. Raises ArchiveError when the file cannot be opened, is not
    an archive of ours, was written by a newer version, or is absent and `create` is false.
    """
    target = str(path)
    if target != IN_MEMORY:
        if not create and not Path(target).is_file():
            raise ArchiveError(f"archive {path}: there is no such file; `wirewatch run` creates it")
        try:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"archive {path}: its folder cannot be created: {error.strerror}") from error
    try:
        connection = sqlite3.connect(target, timeout=busy_timeout)
    except sqlite3.Error as error:
        raise explain(error, path, busy_timeout) from error
    try:
        archive = Archive(_prepared(connection), path, busy_timeout=busy_timeout)
        _check_owner(archive, may_be_empty=True)
        _use_wal(connection, busy_timeout)
        _set_up_writer(connection)
        _migrate(archive)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path, busy_timeout) from error
    except BaseException:
        connection.close()
        raise
    return archive


def open_reader(path: Path | str, *, busy_timeout: float = BUSY_TIMEOUT) -> Archive:
    """Open an existing archive read-only: it can change nothing, and a writer at work does not disturb it.

    Raises ArchiveError when there is no such file, or it is not an archive of this version.
    """
    if not Path(path).is_file():
        raise ArchiveError(f"archive {path}: there is no such file; `wirewatch run` creates it")
    uri = f"{Path(path).absolute().as_uri()}?mode=ro"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout)
    except sqlite3.Error as error:
        raise explain(error, path, busy_timeout) from error
    try:
        # What is mapped into memory counts as the reader's own, and the system keeps the file's pages anyway.
        for pragma in ("query_only=1", "mmap_size=0", f"cache_size=-{_READER_CACHE}"):
            connection.execute(f"pragma {pragma}")
        archive = Archive(_prepared(connection), path, busy_timeout=busy_timeout)
        _check_up_to_date(archive, _check_owner(archive, may_be_empty=False))
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path, busy_timeout) from error
    except BaseException:
        connection.close()
        raise
    return archive


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("pragma recursive_triggers=on")
    connection.create_function("seg", 1, seg, deterministic=True)
    return connection


def _check_owner(archive: Archive, *, may_be_empty: bool) -> int:
    """The version of the archive's tables; ArchiveError if the file is somebody else's or from the future."""
    connection = archive.connection
    owner = connection.execute("pragma application_id").fetchone()[0]
    version = _version(connection)
    empty = connection.execute("select count(*) from sqlite_master").fetchone()[0] == 0
    if owner != APPLICATION_ID and not (may_be_empty and empty and owner == 0):
        raise ArchiveError(
            f"archive {archive.path}: this database belongs to another program; name another file with --archive"
        )
    if version > VERSION:
        raise ArchiveError(
            f"archive {archive.path}: a newer Wirewatch wrote it (tables of version {version}, this one knows "
            f"{VERSION}); upgrade Wirewatch"
        )
    return version


def _check_up_to_date(archive: Archive, version: int) -> None:
    if version < VERSION:
        raise ArchiveError(
            f"archive {archive.path}: its tables are of version {version}, this Wirewatch reads {VERSION}; "
            "`wirewatch run` brings it up to date"
        )


def _use_wal(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """Set the journal mode, and the page size, which counts only before the first table exists.

    A change of the mode does not wait for others by itself: where several open a new archive at once, SQLite refuses it
    at once whatever its timeout (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    """
    connection.execute("pragma page_size=8192")
    patience = time.monotonic() + busy_timeout
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.02)
        else:
            return


def _set_up_writer(connection: sqlite3.Connection) -> None:
    """Pragmas of the writer."""
    for pragma in (
        "synchronous=normal",
        "foreign_keys=on",
        "cache_size=-4096",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"pragma {pragma}")


def _migrate(archive: Archive) -> None:
    """Apply pending migrations under the write lock, so that two processes may open a new archive at once."""
    connection = archive.connection
    if _version(connection) != VERSION:
        from monitors.archive import migrations

        with archive.writing():
            version = _version(connection)  # again: another process may have been first
            if 0 < version < VERSION:
                snapshot(Path(archive.path), _older_copy(Path(archive.path), version))
            migrations.apply(archive.db)
            connection.execute(f"pragma application_id={APPLICATION_ID}")
            connection.execute(f"pragma user_version={VERSION}")
    _follow_seg(archive)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _older_copy(path: Path, version: int) -> Path:
    """A free name beside the archive for what it was before its tables change."""
    endings = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    names = (f"{path.stem}-version-{version}{ending}.db" for ending in endings)
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _follow_seg(archive: Archive) -> None:
    """Rebuild the search index when the cutting of words has changed since it was filled."""
    stored = archive.row("select value from settings where name = 'seg_version'")
    if stored is None or stored["value"] != str(SEG_VERSION):
        rebuild_index(archive.connection, archive.writing)
        archive.change(
            "insert into settings (name, value) values ('seg_version', ?) "
            "on conflict (name) do update set value = excluded.value",
            [str(SEG_VERSION)],
        )
