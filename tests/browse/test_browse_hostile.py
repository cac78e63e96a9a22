"""Nothing that a publisher writes comes alive on a page, and nothing that a visitor asks for does harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from monitors.archive.connection import open_reader
from monitors.browse.pages import PAGES, Page
from monitors.browse.settings import Limits

OURS = {
    "html", "head", "meta", "title", "link", "body", "a", "header", "p", "span", "nav", "ul", "li", "form", "label",
    "input", "button", "main", "footer", "h1", "h2", "h3", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "time", "bdi", "mark", "svg", "rect", "section", "article", "details", "summary", "select", "option", "blockquote",
    "dl", "div", "dt", "dd", "ol", "code", "figure", "figcaption", "line", "text", "path", "circle", "g", "aside",
    "del", "ins", "strong",
}  # fmt: skip
VALUES = (
    "q", "situation", "status", "since", "until", "before", "after", "order", "fold", "decision", "state", "outcome",
)  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "action", "formaction", "xlink:href"):
                self.links.add(value or "")


@pytest.fixture
def hostile(browsing: Any, hostile_file: Path) -> TestClient:
    client: TestClient = browsing(archive=hostile_file, actions=True)
    return client


def addresses(path: Path) -> Iterator[str]:
    with open_reader(path) as archive:
        for page in PAGES:
            if "{id:number}" in page.path:
                table = {"article": "articles", "development": "developments", "source": "feeds"}[page.name]
                for (id_,) in archive.values(f"select id from {table}"):
                    yield page.path.replace("{id:number}", str(id_))
            elif "{monitor}" in page.path:
                yield "/situations/glacier-talks/brunnick-saal-meeting"
            else:
                yield page.path
    yield "/search?q=summit"


def test_nothing_that_a_publisher_wrote_is_alive(hostile: TestClient, hostile_file: Path) -> None:
    for address in addresses(hostile_file):
        answer = hostile.get(address)
        assert answer.status_code == 200, address
        reader = Reader()
        reader.feed(answer.text)
        assert reader.tags <= OURS, address
        assert not [name for name in reader.attributes if name.startswith("on") or name in ("style", "srcset")], address
        outside = {link for link in reader.links if not link.startswith(("/", "#"))}
        assert not [link for link in outside if not re.match(r"https?://[^@]+$", link)], address
        assert not [link for link in reader.links if link.startswith("//")], address
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", answer.text), (
            address
        )
        assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|>49<", answer.text)


def test_its_twins_are_sound(hostile: TestClient, hostile_file: Path) -> None:
    for address in addresses(hostile_file):
        path = address.partition("?")[0]
        page = next(one for one in PAGES if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", one.path), path))
        for suffix in page.twins:
            answer = hostile.get(f"{path}.{suffix}")
            assert answer.status_code == 200, (path, suffix)
            assert "set-cookie" not in answer.headers
            if suffix == "json":
                answer.json()
            elif suffix == "atom":
                links = [
                    one.get("href", "")
                    for one in ElementTree.fromstring(answer.text).iter()
                    if one.tag.endswith("}link")
                ]
                assert [link for link in links if not link.startswith(("http://", "https://"))] == []
            elif suffix == "csv":
                assert not re.search(r'(^|,)"?[=+@]', answer.text, re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if "{" not in page.path], ids=lambda page: page.name)
def test_what_a_visitor_asks_for_is_harmless(client: TestClient, hostile_strings: list[str], page: Page) -> None:
    for number, text in enumerate(hostile_strings):
        value = text.encode("utf-8", "replace").decode()
        for name in {"q", "situation", VALUES[number % len(VALUES)]}:
            answer = client.get(page.path, params={name: value})
            assert answer.status_code in (200, 400), (name, text)
            reader = Reader()
            reader.feed(answer.text)
            assert reader.tags <= OURS
            assert not [header for header in answer.headers.values() if "evil" in header]


@pytest.mark.parametrize(
    "query",
    ["' or 1=1 --", '" OR "', "title:", "NEAR(a b)", "a* b*", '"', "lang:' or ''='", "((((", "* *", "x AND AND y"],
)
def test_queries_are_words_and_not_sql(client: TestClient, query: str) -> None:
    assert client.get("/search", params={"q": query}).status_code in (200, 400)


def test_a_query_of_ten_thousand_characters_is_refused_in_words(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "x" * 10_000})
    assert answer.status_code == 400
    assert "q: has 10,000 characters, 1,000 are read" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/developments/1%00", "/developments/-1", "/articles/1e9",
    ],
)  # fmt: skip
def test_paths_lead_nowhere_else(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_numbers_that_no_table_can_have_are_refused(client: TestClient) -> None:
    assert client.get("/runs", params={"before": "9" * 30}).status_code == 400
    assert client.get(f"/developments/{'9' * 30}").status_code == 404


def test_a_page_that_takes_too_long_says_what_to_do(browsing: Any) -> None:
    answer = browsing(limits=Limits(seconds=0, steps=1)).get("/search?q=summit")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "narrow the dates" in answer.text


def test_pages_cannot_write(settings: Any) -> None:
    from monitors.browse.reading import opened
    from monitors.errors import ArchiveError

    with opened(settings) as archive, pytest.raises(ArchiveError):
        archive.change("delete from runs")
