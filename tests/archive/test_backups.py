"""Backups hold one moment of an archive in use, are rotated, and are put back without losing what they replace."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitors.archive import articles, snapshot
from monitors.archive.backup import backup, backups, default_folder, inspect, restore
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.integrity import examine
from monitors.archive.records import Article
from monitors.archive.search import search
from monitors.archive.tables import VERSION
from monitors.clock import from_iso
from monitors.errors import ArchiveBusy, ArchiveError, InputError

NOON = from_iso("2026-03-01T12:00:00Z")
Making = Callable[..., Article]

WRITER = """
import itertools, sys
from monitors.archive import articles, entries
from monitors.archive.connection import open_archive
from monitors.archive.records import Article
from monitors.clock import from_iso
noon = from_iso("2026-03-01T12:00:00Z")
with open_archive(sys.argv[1]) as archive:
    for n in itertools.count():
        with archive.writing():
            url = f"https://post.example/live/{n}"
            article = Article("harbour", url, url, f"Report {n}", f"The ferry number{n} came in. " * 40, "en", "Post",
                              "post", noon, noon)
            id_ = articles.insert(archive, article)
            entries.remember(archive, "harbour", "https://post.example/rss", [(url, "h", url, id_)], noon)
        print(n, flush=True)
"""


@contextmanager
def writer_at_work(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that stores one article with its entry in each transaction, until the `with` ends."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        yield process
        process.kill()


def texts(path: Path) -> list[str]:
    with open_reader(path) as archive:
        return [row[0] for row in archive.values("select title from articles order by id")]


@pytest.fixture
def filled(archive: Archive, making: Making, archive_path: Path) -> Path:
    articles.insert(archive, making("first", title="Crane stands still"))
    articles.insert(archive, making("second", title="Lock is opened"))
    archive.close()
    return archive_path


def test_a_backup_is_an_archive_with_the_same_rows(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    assert made.path == tmp_path / "kept" / "wirewatch-20260301T120000Z.db"
    assert (made.size, made.rows["articles"]) == (made.path.stat().st_size, 2)
    assert texts(made.path) == texts(filled)
    with open_reader(made.path) as archive:
        assert {finding.state for finding in examine(archive, made.path, NOON)} == {"good"}
        assert [hit.title for hit in search(archive, "crane")] == ["Crane stands still"]


@pytest.mark.parametrize("round_", range(3))
def test_a_backup_while_another_process_writes_holds_one_moment(filled: Path, tmp_path: Path, round_: int) -> None:
    with writer_at_work(filled) as writer:
        made = backup(filled, tmp_path, now=NOON + timedelta(seconds=round_))
        assert writer.poll() is None
        assert writer.stdout is not None
        before = int(writer.stdout.readline())
    rows = made.rows
    assert rows["articles"] == rows["article_texts"] == rows["search_index_docsize"] == rows["entries"] + 2
    assert rows["articles"] > 2
    assert before >= 3
    with open_reader(made.path) as archive:
        assert archive.values("pragma integrity_check") == [("ok",)]
        assert {finding.state for finding in examine(archive, made.path, NOON)} == {"good"}
    assert len(texts(filled)) >= rows["articles"]


def test_the_newest_stay_and_other_files_are_left_alone(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    others = ["notes.txt", "wirewatch.db", "other-20260301T120000Z.db", "wirewatch-20260301T120000Z.db.txt"]
    for name in others:
        (folder / name).write_text("", encoding="utf-8")
    stale = folder / ".wirewatch-20250101T000000Z.db.abc.partial"
    stale.write_text("", encoding="utf-8")
    os.utime(stale, (0, 0))
    made = [backup(filled, folder, keep=2, now=NOON + timedelta(days=day)) for day in range(4)]
    assert backups(filled, folder) == [made[2].path, made[3].path]
    assert [one.removed for one in made] == [(), (), (made[0].path,), (made[1].path,)]
    assert sorted(path.name for path in folder.iterdir() if path not in backups(filled, folder)) == sorted(others)


def test_nothing_is_left_of_a_backup_that_fails(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "check_sound", lambda *_: (_ for _ in ()).throw(ArchiveError("damaged")))
    with pytest.raises(ArchiveError, match="damaged"):
        backup(filled, tmp_path / "kept", now=NOON)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_copy_that_lacks_rows_is_thrown_away(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([{"articles": 3}, {"articles": 2}])
    monkeypatch.setattr(snapshot, "row_counts", lambda _: next(counts))
    with pytest.raises(ArchiveError, match="differs from it in articles and was thrown away"):
        backup(filled, tmp_path / "kept", now=NOON)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_disk_without_room_is_named_before_anything_is_copied(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(ArchiveError, match="free some space or name another folder"):
        backup(filled, tmp_path / "kept", now=NOON)


def test_what_is_no_archive_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no such file"):
        backup(tmp_path / "absent.db", tmp_path, now=NOON)
    (tmp_path / "folder").write_text("", encoding="utf-8")
    with pytest.raises(ArchiveError, match="no archive of Wirewatch"):
        backup(tmp_path / "folder", tmp_path, now=NOON)


def test_a_backup_restored_into_an_empty_place_is_the_archive_again(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, default_folder(filled), now=NOON)
    place = tmp_path / "elsewhere" / "news.db"
    done = restore(made.path, place, force=False, now=NOON)
    assert (done.path, done.aside) == (place, None)
    assert done.rows == made.rows
    with open_archive(place) as archive:
        assert [hit.title for hit in search(archive, "lock")] == ["Lock is opened"]
        assert {finding.state for finding in examine(archive, place, NOON)} == {"good"}
    assert made.path.is_file()


def test_an_archive_that_is_there_is_replaced_only_when_asked_and_kept_aside(
    filled: Path, tmp_path: Path, making: Making
) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    with open_archive(filled) as archive:
        articles.insert(archive, making("third", title="Later news"))
    with pytest.raises(InputError, match="restore --force"):
        restore(made.path, filled, force=False, now=NOON)
    assert len(texts(filled)) == 3
    done = restore(made.path, filled, force=True, now=NOON)
    assert len(texts(filled)) == 2
    assert done.aside is not None
    assert len(texts(done.aside)) == 3


def test_a_log_left_by_a_killed_process_goes_aside_with_its_archive(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    with writer_at_work(filled):
        pass
    assert Path(f"{filled}-wal").stat().st_size > 0
    more = len(texts(filled))
    done = restore(made.path, filled, force=True, now=NOON)
    assert done.aside is not None
    assert (len(texts(filled)), len(texts(done.aside))) == (2, more)


def test_a_stray_log_is_not_read_into_the_restored_archive(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    place = tmp_path / "new.db"
    Path(f"{place}-wal").write_bytes(b"\x37\x7f\x06\x82" + b"x" * 5000)
    restore(made.path, place, force=False, now=NOON)
    assert len(texts(place)) == 2


def test_an_archive_in_use_is_not_replaced(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    with open_reader(filled) as reader:
        reader.values("select count(*) from articles")
        with pytest.raises(ArchiveBusy, match="end runs, servers and viewers"):
            restore(made.path, filled, force=True, now=NOON)
    assert len(texts(filled)) == 2
    assert [path.name for path in tmp_path.iterdir() if "incoming" in path.name or "replaced" in path.name] == []


def test_a_damaged_archive_can_be_replaced(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    filled.write_bytes(b"rubbish" * 4000)
    done = restore(made.path, filled, force=True, now=NOON)
    assert len(texts(filled)) == 2
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"rubbish")


def test_a_damaged_backup_is_refused_and_the_archive_stays(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    content = bytearray(made.path.read_bytes())
    content[8192 * 4 : 8192 * 12] = b"\xa5" * (8192 * 8)
    made.path.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"):
        restore(made.path, filled, force=True, now=NOON)
    assert len(texts(filled)) == 2


def test_a_backup_that_was_cut_off_is_told_as_one(filled: Path, tmp_path: Path) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    content = made.path.read_bytes()
    made.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ArchiveError, match=r"is damaged .*; take an earlier backup"):
        restore(made.path, tmp_path / "other.db", force=False, now=NOON)
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("pragma application_id=7", "no archive of Wirewatch"),
        (f"pragma user_version={VERSION + 1}", "newer Wirewatch.*upgrade"),
        ("delete from publishers", "refer to rows that are missing"),
    ],
)
def test_a_backup_that_cannot_be_used_is_refused(filled: Path, tmp_path: Path, statement: str, message: str) -> None:
    made = backup(filled, tmp_path / "kept", now=NOON)
    connection = sqlite3.connect(made.path, isolation_level=None)
    connection.execute(statement)
    connection.close()
    with pytest.raises(ArchiveError, match=message):
        restore(made.path, tmp_path / "new.db", force=False, now=NOON)
    assert not (tmp_path / "new.db").exists()


def test_the_archive_itself_is_no_backup_of_it(filled: Path) -> None:
    with pytest.raises(InputError, match="is the archive itself"):
        restore(filled, filled, force=True, now=NOON)
    assert inspect(filled) == VERSION
