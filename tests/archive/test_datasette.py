"""Datasette as an inspector: the shipped descriptions load, the pages answer, and visitors run no SQL of their own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from monitors.archive.connection import open_archive
from monitors.archive.records import Article
from monitors.clock import from_iso

METADATA = Path(__file__).parents[2] / "docs" / "reference" / "datasette.json"
NOON = from_iso("2026-03-01T12:00:00Z")
PAGES = (
    "/", "/wirewatch", "/wirewatch/articles", "/wirewatch/articles/1", "/wirewatch/developments_readable",
    "/wirewatch/situations_readable", "/wirewatch/feeds_readable", "/wirewatch/marks", "/wirewatch/articles.json",
    "/wirewatch/articles.csv", "/wirewatch/articles?language=ko&_sort_desc=id",
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Datasette answers over a small archive, by address."""
    app = pytest.importorskip("datasette.app", reason="Datasette is not installed: pip install 'datasette<1'")
    path = tmp_path_factory.mktemp("datasette") / "wirewatch.db"
    _fill(path)
    metadata = json.loads(METADATA.read_text("utf-8"))

    async def ask() -> dict[str, Any]:
        served = app.Datasette([str(path)], metadata=metadata, settings={"suggest_facets": False})
        asked = [*PAGES, "/wirewatch?sql=select+1"]
        try:
            return {address: await served.client.get(address) for address in asked}
        finally:
            for database in served.databases.values():
                database.close()

    return asyncio.run(ask())


def _fill(path: Path) -> None:
    from monitors.archive import articles

    with open_archive(path) as archive:
        for number, (language, title) in enumerate((("en", "A <b>summit</b>"), ("ko", "정상 회담")), 1):
            url = f"https://post.example/{number}"
            articles.insert(
                archive, Article("harbour", url, url, title, "It is cold.", language, "Post", "post", NOON, NOON)
            )


@pytest.mark.parametrize("address", PAGES)
def test_pages_answer(answers: dict[str, Any], address: str) -> None:
    assert answers[address].status_code == 200


def test_columns_are_described_and_rows_shown_newest_first(answers: dict[str, Any]) -> None:
    html = answers["/wirewatch/articles"].text
    assert "one text at one canonical URL" in html
    assert "who published it" in html
    assert "A &lt;b&gt;summit&lt;/b&gt;" in html
    assert html.index("정상 회담") < html.index("A &lt;b&gt;")
    assert [row[0] for row in answers["/wirewatch/articles.json"].json()["rows"]] == [2, 1]


def test_visitors_run_no_sql(answers: dict[str, Any]) -> None:
    assert answers["/wirewatch?sql=select+1"].status_code == 403


def test_inner_tables_are_hidden_but_there(answers: dict[str, Any]) -> None:
    described = json.loads(METADATA.read_text("utf-8"))["databases"]["wirewatch"]["tables"]
    hidden = [name for name, one in described.items() if one.get("hidden")]
    assert {"fingerprints", "signatures"} <= set(hidden)
    html = answers["/wirewatch"].text
    assert '<h3><a href="/wirewatch/articles">' in html
    assert not [name for name in hidden if f'<h3><a href="/wirewatch/{name}">' in html]


def test_the_archive_is_opened_for_reading_only(answers: dict[str, Any], tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app")
    path = tmp_path / "wirewatch.db"
    _fill(path)
    served = app.Datasette([str(path)])

    async def write() -> None:
        await served.get_database("wirewatch").execute("delete from articles")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        asyncio.run(write())
