"""Every table, view and column is described, and reads well in other tools."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlite_utils.cli import cli

from monitors.archive import articles, developments
from monitors.archive.connection import Archive
from monitors.archive.described import EVERYWHERE, LABELS, OWN, VIEWS, Described, datasette_metadata, describe
from monitors.archive.records import Article, Development, Evidence


def columns(every: list[Described]) -> dict[str, str]:
    return {f"{one.name}.{name}": text for one in every for name, (_, text) in one.columns.items()}


def test_every_table_view_and_column_says_what_it_holds(archive: Archive) -> None:
    every = describe(archive)
    assert len(every) >= 30
    assert [one.name for one in every if not one.holds] == []
    assert [name for name, text in columns(every).items() if not text] == []


def test_no_description_is_left_of_what_is_gone(archive: Archive) -> None:
    every = describe(archive)
    named = columns(every)
    assert set(OWN) <= set(named)
    assert set(EVERYWHERE) <= {name.partition(".")[2] for name in named}
    assert set(VIEWS) == {one.name for one in every if one.kind == "view"}
    assert {f"{table}.{column}" for table, column in LABELS.items()} <= set(named)


def test_tables_that_others_refer_to_have_a_label(archive: Archive) -> None:
    targets = {other for one in describe(archive) for other in one.refers.values()}
    assert targets <= set(LABELS)


def test_datasette_gets_a_description_of_every_table_and_no_free_sql(archive: Archive) -> None:
    database = datasette_metadata(archive)["databases"]["wirewatch"]
    assert database["allow_sql"] is False
    assert set(database["tables"]) == {one.name for one in describe(archive)}
    assert database["tables"]["articles"]["label_column"] == "title"
    json.dumps(database)


def test_a_development_is_shown_with_each_sentence_and_its_publisher(
    archive: Archive, making: Callable[..., Article]
) -> None:
    first = articles.insert(archive, making("first"))
    second = articles.insert(archive, making("second", publisher="Dock Radio", family="radio"))
    noon = making().published
    developments.insert(
        archive,
        Development(
            monitor="harbour",
            situation="port-talks",
            status="scheduled",
            previous_status=None,
            article_id=first,
            published=noon,
            raised=noon,
            novelty="a date",
            reason="said so",
            evidence=(Evidence(first, "One.", "title", 0, 4), Evidence(second, "Two.", "text", 0, 4)),
        ),
    )
    rows = archive.rows("select sentence, publisher, first from developments_with_evidence order by article_id")
    assert rows == [
        {"sentence": "One.", "publisher": "Harbour Post", "first": 1},
        {"sentence": "Two.", "publisher": "Dock Radio", "first": 0},
    ]
    (situation,) = archive.rows("select * from situations_readable")
    assert (situation["situation"], situation["last_report"]) == ("port-talks", making().title)


def test_sqlite_utils_lists_the_tables_and_views(archive: Archive, archive_path: object) -> None:
    from click.testing import CliRunner

    archive.change("insert into monitors (id) values ('harbour')")
    for what, expected in (("tables", "articles"), ("views", "developments_with_evidence")):
        done = CliRunner().invoke(cli, [what, str(archive_path), "--counts" if what == "tables" else "--columns"])
        assert done.exit_code == 0, done.output
        assert expected in {row.get("table") or row.get("view") for row in json.loads(done.output)}
