"""Lists go on where they stopped: nothing twice, nothing missing."""

from __future__ import annotations

from typing import Any

import pytest

from monitors.browse.settings import Limits


@pytest.mark.parametrize(
    ("address", "items"),
    [
        ("/developments.json", "developments"), ("/alerts.json", "alerts"), ("/runs.json", "runs"),
        ("/search.json?fold=no", "articles"), ("/search.json?q=summit&fold=no&order=relevance", "articles"),
        ("/search.json", "articles"),
    ],
)  # fmt: skip
def test_pages_together_are_the_list(browsing: Any, address: str, items: str) -> None:
    whole = [row["id"] for row in browsing().get(address).json()[items]]
    small = browsing(limits=Limits(page=1))
    found, at = [], address
    while at is not None:
        data = small.get(at).json()
        found += [row["id"] for row in data[items]]
        at = data["next"]
    assert found == whole
    assert len(whole) > 1


@pytest.mark.parametrize("query", ["", "?q=summit&fold=no", "?q=lang:ko&fold=no"])
def test_a_search_goes_on_behind_the_hits_that_are_counted(browsing: Any, query: str) -> None:
    whole = [row["id"] for row in browsing().get(f"/search.json{query}").json()["articles"]]
    small = browsing(limits=Limits(hits=1))
    found, at = [], f"/search.json{query}"
    while at is not None:
        data = small.get(at).json()
        assert (data["found"], data["is_more"], data["next"] is not None) == (1, data["is_more"], data["is_more"])
        found += [row["id"] for row in data["articles"]]
        at = data["next"]
    assert set(found) >= set(whole)
    assert len(found) == len(set(found)) > 1
    page = small.get(f"/search{query}").text
    assert "Only the latest 1 are counted and shown." in page
    assert "Look among earlier ones" in page


def test_the_next_page_is_linked(browsing: Any) -> None:
    small = browsing(limits=Limits(page=1))
    assert '<a rel="next" href="/runs?before=3">' in small.get("/runs").text
    assert small.get("/runs.csv").headers["link"] == '</runs.csv?before=3>; rel="next"'
    assert "link" not in small.get("/runs.csv?before=2").headers
