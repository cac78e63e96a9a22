"""An article that tells an earlier one again says so, and the earlier one names its updates."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitors.archive import copies
from monitors.archive.connection import open_archive


@pytest.fixture
def updated(archive_file: Path, tmp_path: Path, browsing: Any) -> TestClient:
    """The second article updates the first, and the third the second."""
    path = tmp_path / "updated.db"
    shutil.copyfile(archive_file, path)
    with open_archive(path) as archive:
        copies.set_updates(archive, {2: 1, 3: 2})
    client: TestClient = browsing(archive=path)
    return client


def test_an_update_links_what_it_updates(updated: TestClient) -> None:
    html = updated.get("/articles/2").text
    assert '<dt>Update of</dt><dd><a href="/articles/1">' in html
    first = updated.get("/articles/1").text
    assert "Update of" not in first


def test_the_earlier_article_lists_its_updates(updated: TestClient) -> None:
    html = updated.get("/articles/1").text
    section = html.split("Its publisher's updates", 1)[1].split("</section>", 1)[0]
    assert '<a href="/articles/2">' in section
    assert "/articles/3" not in section
    assert "Its publisher's updates" not in updated.get("/articles/3").text


def test_the_twins_have_both_directions(updated: TestClient) -> None:
    second = updated.get("/articles/2.json").json()
    assert (second["update_of"], second["updated"]["id"]) == (1, 1)
    assert [one["id"] for one in second["updates"]] == [3]
    found = updated.get("/search.json", params={"q": "", "fold": "no"}).json()["articles"]
    assert {row["id"]: row["update_of"] for row in found} == {1: None, 2: 1, 3: 2}
    assert "update_of" in updated.get("/search.csv", params={"q": "summit"}).text.splitlines()[0].split(",")
