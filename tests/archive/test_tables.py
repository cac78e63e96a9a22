"""The tables as the migrations leave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlite_utils

from monitors.archive import articles, migrations
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article
from monitors.archive.search import search
from monitors.archive.tables import VERSION

TRIGGERS = ["search_index_delete", "search_index_insert", "search_index_update"]


def test_the_triggers_of_the_search_index_are_there_after_every_migration(tmp_path: Path) -> None:
    db = sqlite_utils.Database(tmp_path / "steps.db")
    names = [step.name for step in migrations.steps.pending(db)]
    for number in range(1, len(names) + 1):
        migrations.steps.apply(db, stop_before=names[number : number + 1])
        assert sorted(trigger.name for trigger in db.triggers) == TRIGGERS, names[number - 1]
    assert len(names) == VERSION
    db.close()


def test_every_table_says_what_it_holds(archive: Archive) -> None:
    statements = archive.values("select name, sql from sqlite_master where type = 'table' and sql like 'create table%'")
    own = {name: sql for name, sql in statements if not name.startswith(("search_index", "_sqlite"))}
    silent = [name for name, sql in own.items() if "--" not in sql.splitlines()[0]]
    assert len(own) > 15
    assert not silent


def test_every_reference_to_an_article_has_an_index(archive: Archive) -> None:
    missing = []
    for name in archive.db.table_names():
        table = archive.db.table(name)
        first = {index.columns[0] for index in table.indexes} | set(table.pks[:1])
        missing += [
            f"{name}.{key.column}"
            for key in table.foreign_keys
            if key.other_table == "articles" and key.column not in first
        ]
    assert missing == []


def test_the_views_answer(archive: Archive, making: Callable[..., Article]) -> None:
    articles.insert(archive, making())
    assert [row["publisher"] for row in archive.rows("select * from articles_readable")] == ["Harbour Post"]
    assert [row["articles"] for row in archive.rows("select * from copy_groups")] == [1]
    for view in archive.db.view_names():
        assert archive.rows(f"select count(*) as n from {view}")[0]["n"] >= 0


def test_the_index_is_filled_anew_when_the_cutting_of_words_changed(
    archive_path: Path, making: Callable[..., Article]
) -> None:
    with open_archive(archive_path) as archive:
        articles.insert(archive, making())
        with archive.writing():
            archive.change("insert into search_index (search_index) values ('delete-all')")
            archive.change("update settings set value = '0' where name = 'seg_version'")
        assert search(archive, "dockers") == []
    with open_archive(archive_path) as archive:
        assert len(search(archive, "dockers")) == 1


def test_text_that_is_changed_or_removed_leaves_the_index(archive: Archive, making: Callable[..., Article]) -> None:
    article_id = articles.insert(archive, making(text="The crane stood still."))
    archive.change("update article_texts set text = 'The lock was opened.' where article_id = ?", [article_id])
    assert (len(search(archive, "crane")), len(search(archive, "lock"))) == (0, 1)
    archive.change("delete from article_texts where article_id = ?", [article_id])
    assert search(archive, "lock") == []
    archive.change("insert into search_index (search_index) values ('integrity-check')")
