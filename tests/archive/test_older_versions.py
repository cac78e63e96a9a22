"""An archive of every released version is opened, brought up to date, and whole; so is the copy made before."""

from __future__ import annotations

import json
import lzma
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitors.archive import articles, migrations
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.integrity import index_in_step, pages_sound, references_sound
from monitors.archive.search import search
from monitors.archive.tables import VERSION
from monitors.errors import ArchiveError

FIXTURES = Path(__file__).with_name("fixtures")
VERSIONS = range(1, VERSION)
"""Each has `version-<n>.db.xz`, an archive as that version left it, and what is in it."""

TRIGGERS = [("search_index_delete",), ("search_index_insert",), ("search_index_update",)]


@dataclass(frozen=True, slots=True)
class Older:
    """An archive of an earlier version, and what is in it."""

    path: Path
    version: int
    expected: dict[str, Any]


@pytest.fixture(params=VERSIONS, ids=lambda version: f"version-{version}")
def older(request: pytest.FixtureRequest, archive_path: Path) -> Older:
    version: int = request.param
    archive_path.write_bytes(lzma.decompress((FIXTURES / f"version-{version}.db.xz").read_bytes()))
    expected = json.loads((FIXTURES / f"version-{version}.expected.json").read_text("utf-8"))
    return Older(archive_path, version, expected)


def in_it(archive: Archive, expected: dict[str, Any]) -> dict[str, Any]:
    """What the archive has of the things that the expectation names."""
    return {
        "counts": {name: archive.values(f"select count(*) from {name}")[0][0] for name in expected["counts"]},
        "search": {
            query: sorted(hit.article_id for hit in search(archive, query, limit=500, fold=False))
            for query in expected["search"]
        },
        "developments": [
            list(row)
            for row in archive.values(
                "select situation, status, published, article_id from developments order by id limit ?",
                [len(expected["developments"])],
            )
        ],
    }


def test_its_data_its_triggers_and_its_search_are_whole(older: Older) -> None:
    with open_archive(older.path) as archive:
        assert in_it(archive, older.expected) == older.expected
        assert archive.values("select name from sqlite_master where type = 'trigger' order by 1") == TRIGGERS
        assert {check(archive).state for check in (pages_sound, references_sound, index_in_step)} == {"good"}
        assert archive.values("pragma user_version") == [(VERSION,)]


def test_its_tables_are_those_of_a_new_archive(older: Older) -> None:
    statement = "select type, name, sql from sqlite_master where name not like 'sqlite_%' order by 1, 2"
    with open_archive(older.path) as archive, open_archive(":memory:") as new:
        assert archive.values(statement) == new.values(statement)


def test_what_comes_afterwards_is_found(older: Older) -> None:
    with open_archive(older.path) as archive:
        article = articles.get(archive, 1)
        articles.revise(
            archive, article, title=article.title, text="quokka", title_hash=None, replaced=article.published
        )
        assert [hit.article_id for hit in search(archive, "quokka")] == [1]


def test_it_is_copied_before_it_is_changed(older: Older) -> None:
    open_archive(older.path).close()
    kept = older.path.with_name(f"wirewatch-version-{older.version}.db")
    connection = sqlite3.connect(kept)
    counts = {
        name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in older.expected["counts"]
    }
    assert counts == older.expected["counts"]
    assert connection.execute("pragma user_version").fetchone() == (older.version,)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
    open_archive(older.path).close()
    assert len(list(older.path.parent.glob("wirewatch-version-*"))) == 1


def test_an_older_copy_is_never_overwritten(older: Older) -> None:
    kept = older.path.with_name(f"wirewatch-version-{older.version}.db")
    kept.write_text("mine", encoding="utf-8")
    open_archive(older.path).close()
    assert kept.read_text("utf-8") == "mine"
    assert older.path.with_name(f"wirewatch-version-{older.version}-2.db").is_file()


def test_several_may_bring_it_up_to_date_at_once(older: Older) -> None:
    def opened(_: int) -> int:
        with open_archive(older.path) as archive:
            return int(archive.values("select count(*) from _sqlite_migrations")[0][0])

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(opened, range(4))) == {VERSION}
    assert len(list(older.path.parent.glob("wirewatch-version-*"))) == 1


def test_a_migration_that_fails_leaves_the_archive_as_it_was(older: Older, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(db: object) -> None:
        migrations.steps.apply(db)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(migrations, "apply", fails)
    with pytest.raises(ArchiveError, match="disk failed"):
        open_archive(older.path)
    monkeypatch.undo()
    connection = sqlite3.connect(older.path)
    assert connection.execute("pragma user_version").fetchone() == (older.version,)
    assert connection.execute("select count(*) from _sqlite_migrations").fetchone() == (older.version,)
    connection.close()
    with open_archive(older.path) as archive:
        assert in_it(archive, older.expected) == older.expected


def test_a_reader_changes_nothing_and_says_what_does(older: Older) -> None:
    with pytest.raises(ArchiveError, match="brings it up to date"):
        open_reader(older.path)
    assert list(older.path.parent.glob("wirewatch-version-*")) == []


def test_fixtures_are_small_and_none_is_missing() -> None:
    assert {path.name for path in FIXTURES.glob("*.db.xz")} == {f"version-{n}.db.xz" for n in VERSIONS}
    assert all(path.stat().st_size < 200_000 for path in FIXTURES.iterdir())
