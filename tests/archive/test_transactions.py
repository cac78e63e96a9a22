"""One transaction is stored wholly or not at all, whatever goes wrong in it."""

from __future__ import annotations

import inspect
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from storing import FEED, MODULES, STORING, fill

from monitors.archive import articles, developments
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.records import Article
from monitors.errors import ArchiveBusy, ArchiveError


class FaultError(Exception):
    """Something that goes wrong in the middle."""


def monitors(archive: Archive) -> list[str]:
    return [row["id"] for row in archive.rows("select id from monitors order by id")]


def add(archive: Archive, name: str) -> None:
    archive.change("insert into monitors (id) values (?)", [name])


def failing(archive: Archive, change: Callable[[], object]) -> None:
    """Make a change in a block that fails afterwards."""
    with archive.writing():
        change()
        raise FaultError


def test_an_error_undoes_the_whole_block(archive: Archive) -> None:
    with pytest.raises(FaultError):
        failing(archive, lambda: add(archive, "one"))
    assert monitors(archive) == []
    add(archive, "two")
    assert monitors(archive) == ["two"]


def test_an_error_in_an_inner_block_undoes_that_block_alone(archive: Archive) -> None:
    with archive.writing():
        add(archive, "one")
        with pytest.raises(FaultError):
            failing(archive, lambda: add(archive, "two"))
        add(archive, "three")
    assert monitors(archive) == ["one", "three"]


def test_an_error_in_a_part_spoils_the_block_around_it_even_if_caught(archive: Archive) -> None:
    def part() -> None:
        with archive.writing(part=True):
            add(archive, "two")
            raise FaultError

    def outer() -> None:
        with archive.writing():
            add(archive, "one")
            with pytest.raises(FaultError):
                part()

    with pytest.raises(ArchiveError, match="a part of this change failed"):
        outer()
    assert monitors(archive) == []
    with archive.writing():
        with pytest.raises(ArchiveError, match="a part of this change failed"):
            outer()
        add(archive, "three")
    assert monitors(archive) == ["three"]


def test_a_part_without_a_block_around_it_is_a_transaction(archive: Archive) -> None:
    def part() -> None:
        with archive.writing(part=True):
            add(archive, "one")
            raise FaultError

    with pytest.raises(FaultError):
        part()
    assert monitors(archive) == []
    with archive.writing(part=True), archive.writing(part=True):
        add(archive, "two")
    assert monitors(archive) == ["two"]
    assert not archive.db.conn.in_transaction


def test_a_row_that_is_refused_among_many_stores_none_of_them(archive: Archive) -> None:
    def three() -> None:
        archive.change_many("insert into monitors (id) values (?)", [["one"], ["one"], ["two"]])

    with pytest.raises(ArchiveError, match="does not fit"):
        three()
    assert monitors(archive) == []

    def four() -> None:
        with archive.writing():
            add(archive, "three")
            with pytest.raises(ArchiveError, match="does not fit"):
                three()

    with pytest.raises(ArchiveError, match="a part of this change failed"):
        four()
    assert monitors(archive) == []


def test_half_a_surrogate_pair_among_many_rows_is_replaced_and_the_others_stored_once(archive: Archive) -> None:
    rows = [["one"], ["two\ud83d"], ["three"], ["four\udc00"]]
    archive.change_many("insert into monitors (id) values (?)", rows)
    with archive.writing():
        archive.change_many("insert into settings (name, value) values (?, 'x')", rows)
    assert monitors(archive) == ["four\ufffd", "one", "three", "two\ufffd"]
    assert archive.values("select count(*) from settings where value = 'x'") == [(4,)]


def test_articles_that_are_stored_together_are_one_segment_of_the_search_index(
    archive: Archive, making: Callable[..., Article]
) -> None:
    with archive.writing():
        for start in (0, 300):
            new = [(making(f"{number}", text=f"Cranes stood still, {number}."), None) for number in range(300)]
            articles.insert_many(archive, [(replace(one, canonical_url=f"{one.url}-{start}"), x) for one, x in new])
    assert archive.values("select count(distinct segid) from search_index_idx")[0][0] <= 4
    assert archive.values("select count(*) from search_index('cranes')") == [(600,)]


def test_an_outer_error_undoes_what_an_inner_block_finished(archive: Archive) -> None:
    def inner() -> None:
        with archive.writing():
            add(archive, "one")

    with pytest.raises(FaultError):
        failing(archive, inner)
    assert monitors(archive) == []


def test_sqlite_utils_own_writes_stay_in_the_block(archive: Archive) -> None:
    def change() -> None:
        archive.db.table("monitors").insert({"id": "one"})
        archive.db.table("monitors").upsert({"id": "two"}, pk="id")

    with pytest.raises(FaultError):
        failing(archive, change)
    assert monitors(archive) == []


def test_a_full_commit_waits_for_the_disk_and_the_next_one_does_not(archive: Archive) -> None:
    with archive.writing(full=True):
        assert archive.values("pragma synchronous") == [(2,)]
        add(archive, "one")
    assert archive.values("pragma synchronous") == [(1,)]


def test_nothing_is_seen_by_others_before_the_commit(archive: Archive, archive_path: Path) -> None:
    with open_reader(archive_path) as reader:
        with archive.writing():
            add(archive, "one")
            assert monitors(reader) == []
        assert monitors(reader) == ["one"]


def test_a_row_that_does_not_fit_is_an_archive_error(archive: Archive) -> None:
    add(archive, "one")
    with pytest.raises(ArchiveError, match="does not fit"):
        add(archive, "one")
    with pytest.raises(ArchiveError, match="does not fit"):
        archive.insert("feeds", {"monitor": "unknown", "url": FEED})


def test_wrong_sql_is_an_archive_error_too(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="no such table"):
        archive.rows("select * from ghosts")
    with pytest.raises(ArchiveError, match="no such table"):
        archive.values("select * from ghosts")


def insert_many(archive: Archive, new: list[Article]) -> None:
    with archive.writing():
        for article in new:
            articles.insert(archive, article)


def test_a_full_disk_leaves_nothing_half_written(archive: Archive, making: Callable[..., Article]) -> None:
    articles.insert(archive, making("before"))
    pages = archive.values("pragma page_count")[0][0]
    archive.db.execute(f"pragma max_page_count={pages + 2}")
    with pytest.raises(ArchiveError, match=r"disk is full; free some space"):
        insert_many(archive, [making(f"{number}", text="word " * 4000) for number in range(50)])
    assert articles.count(archive) == 1
    archive.db.execute("pragma max_page_count=1000000")
    articles.insert(archive, making("after"))
    assert articles.count(archive) == 2
    assert archive.values("pragma quick_check") == [("ok",)]


@pytest.fixture
def filled(archive: Archive, making: Callable[..., Article]) -> Archive:
    """An archive in which each storing function finds what it refers to."""
    fill(archive, [making("first"), making("second"), making("spare")])
    return archive


@pytest.fixture
def other_process(archive_path: Path, filled: Archive) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(archive_path, isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize("name", STORING)
def test_storing_waits_no_longer_than_told_for_a_locked_archive_and_works_once_it_is_free(
    name: str, filled: Archive, other_process: sqlite3.Connection, making: Callable[..., Article]
) -> None:
    other_process.execute("begin immediate")
    with pytest.raises(ArchiveBusy, match="another process has held its lock for more than"):
        STORING[name](filled, making("third"))
    other_process.execute("rollback")
    STORING[name](filled, making("third"))
    assert not filled.connection.in_transaction


def test_every_storing_function_is_in_the_table() -> None:
    writes = ("archive.change", "archive.writing", "writing()", "archive.insert")
    storing = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and any(sign in inspect.getsource(function) for sign in writes)
    }
    inner = {"feeds.know_monitor", "copies.forget_signature", "index.rebuild_index"}
    through = {"articles.insert", "alerts.mark_sent", "alerts.mark_retry", "alerts.mark_dead"}
    assert storing - inner == set(STORING) - through


def test_a_reader_goes_on_while_another_process_writes(archive_path: Path, other_process: sqlite3.Connection) -> None:
    other_process.execute("begin immediate")
    with open_reader(archive_path, busy_timeout=0.05) as reader:
        assert articles.count(reader) == 3
        assert len(developments.listing(reader)) == 2
    other_process.execute("rollback")


def test_opening_a_locked_new_archive_says_so(archive_path: Path) -> None:
    connection = sqlite3.connect(archive_path, isolation_level=None)
    connection.execute("begin exclusive")
    with pytest.raises(ArchiveBusy):
        open_archive(archive_path, busy_timeout=0.05)
    connection.close()


WRITER = """
import itertools, sys
from monitors.archive import runs
from monitors.archive.connection import open_archive
from monitors.clock import from_iso
with open_archive(sys.argv[1]) as archive:
    for number in itertools.count():
        with archive.writing():
            run = runs.start(archive, "harbour", from_iso("2026-03-01T12:00:00Z"))
            runs.finish(archive, run.id, from_iso("2026-03-01T12:00:01Z"), "ok", {"number": number})
        print(run.id, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process outright")
def test_a_writer_killed_at_work_loses_nothing_it_had_committed(archive_path: Path) -> None:
    root = Path(__file__).parents[2]
    for lines in (1, 7):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(archive_path)], stdout=subprocess.PIPE, text=True, cwd=root
        ) as writer:
            assert writer.stdout is not None
            committed = [int(writer.stdout.readline()) for _ in range(lines)]
            writer.kill()
            committed += [int(line) for line in writer.stdout.read().splitlines() if line.isdigit()]
        with open_archive(archive_path) as archive:
            rows = archive.values("select id, outcome from runs order by id")
            assert set(committed) <= {number for number, _ in rows}
            assert {outcome for _, outcome in rows} == {"ok"}
            assert archive.values("pragma integrity_check") == [("ok",)]
