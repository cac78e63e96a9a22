"""Opening: whose file it is, which version, and what is said when it cannot be opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from monitors.archive.connection import APPLICATION_ID, Archive, open_archive, open_reader
from monitors.archive.tables import VERSION
from monitors.errors import ArchiveError

Opening = Callable[[Path], Archive]


def pragma(path: Path, name: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"pragma {name}").fetchone()[0]
    finally:
        connection.close()


def test_a_new_archive_says_whose_it_is_and_keeps_a_log_beside_it(archive: Archive, archive_path: Path) -> None:
    assert pragma(archive_path, "application_id") == APPLICATION_ID
    assert pragma(archive_path, "user_version") == VERSION
    assert pragma(archive_path, "page_size") == 8192
    assert pragma(archive_path, "journal_mode") == "wal"
    assert archive.values("pragma foreign_keys") == [(1,)]
    assert archive.values("pragma synchronous") == [(1,)]


def test_the_missing_folder_of_a_new_archive_is_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "news" / "wirewatch.db"
    open_archive(path).close()
    assert path.is_file()


def test_opening_twice_migrates_once(archive_path: Path) -> None:
    for _ in range(2):
        with open_archive(archive_path) as archive:
            assert archive.values("select count(*) from _sqlite_migrations") == [(VERSION,)]


def test_an_absent_archive_is_not_created_unasked(archive_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no such file"):
        open_archive(archive_path, create=False)
    with pytest.raises(ArchiveError, match="no such file"):
        open_reader(archive_path)
    assert not archive_path.exists()


@pytest.mark.parametrize("opening", [open_archive, open_reader])
def test_a_file_that_is_no_database_is_refused_and_left_alone(archive_path: Path, opening: Opening) -> None:
    archive_path.write_text("Minutes of the harbour board. " * 400, encoding="utf-8")
    before = archive_path.read_bytes()
    with pytest.raises(ArchiveError, match="no SQLite database"):
        opening(archive_path)
    assert archive_path.read_bytes() == before


@pytest.mark.parametrize("opening", [open_archive, open_reader])
def test_another_programs_database_is_refused_and_left_alone(archive_path: Path, opening: Opening) -> None:
    connection = sqlite3.connect(archive_path)
    connection.execute("create table ships (name text)")
    connection.close()
    before = archive_path.read_bytes()
    with pytest.raises(ArchiveError, match="belongs to another program"):
        opening(archive_path)
    assert archive_path.read_bytes() == before


@pytest.mark.parametrize("opening", [open_archive, open_reader])
def test_an_archive_of_a_newer_version_is_refused(archive_path: Path, opening: Opening) -> None:
    open_archive(archive_path).close()
    connection = sqlite3.connect(archive_path)
    connection.execute(f"pragma user_version={VERSION + 1}")
    connection.close()
    with pytest.raises(ArchiveError, match=r"newer Wirewatch.*upgrade"):
        opening(archive_path)


def test_a_reader_asks_for_an_upgrade_of_older_tables(archive_path: Path) -> None:
    open_archive(archive_path).close()
    connection = sqlite3.connect(archive_path)
    connection.execute("pragma user_version=0")
    connection.close()
    with pytest.raises(ArchiveError, match="brings it up to date"):
        open_reader(archive_path)


def test_a_folder_cannot_be_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be opened"):
        open_archive(tmp_path)


def test_a_file_cannot_be_the_folder_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ArchiveError, match="folder cannot be created"):
        open_archive(tmp_path / "file" / "wirewatch.db")


@pytest.mark.skipif(os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="may this user"):
            open_archive(tmp_path / "wirewatch.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_damaged_archive_is_reported_as_such(archive: Archive, archive_path: Path) -> None:
    archive.change("insert into monitors (id) values ('harbour')")
    archive.close()
    damaged = bytearray(archive_path.read_bytes())
    damaged[8192:] = b"\xff" * (len(damaged) - 8192)
    archive_path.write_bytes(damaged)
    with pytest.raises(ArchiveError, match="damaged"), open_archive(archive_path) as opened:
        opened.rows("select * from monitors")


def test_a_reader_cannot_write_and_sees_what_the_writer_commits(archive: Archive, archive_path: Path) -> None:
    with open_reader(archive_path) as reader:
        archive.change("insert into monitors (id) values ('harbour')")
        assert reader.rows("select id from monitors") == [{"id": "harbour"}]
        with pytest.raises(ArchiveError, match="read-only"):
            reader.change("delete from monitors")


@pytest.mark.parametrize("round_", range(10))
def test_several_may_create_the_same_archive_at_once(archive_path: Path, round_: int) -> None:
    del round_  # each is another chance for them to meet while the journal mode changes
    together = Barrier(6)

    def create(number: int) -> int:
        together.wait(timeout=10)
        with open_archive(archive_path) as archive:
            archive.change("insert into monitors (id) values (?)", [f"harbour-{number}"])
            return len(archive.rows("select * from _sqlite_migrations"))

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(create, range(6))) == {VERSION}
    with open_reader(archive_path) as reader:
        assert len(reader.rows("select * from monitors")) == 6
