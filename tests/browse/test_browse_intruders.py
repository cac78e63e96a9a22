"""Every address against every trick: foreign names, forms from elsewhere, split headers, SQL, and very long values."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitors.archive.connection import open_archive, open_reader
from monitors.browse.actions import ACTIONS
from monitors.browse.pages import PAGES, Page
from monitors.browse.settings import Limits

FROM_HERE = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}
LISTS = [page for page in PAGES if "{" not in page.path]
PARAMETERS = (
    "q", "situation", "status", "since", "until", "before", "after", "order", "fold", "decision", "state", "outcome",
)  # fmt: skip
FIELDS = ("delivery", "silence", "development", "into", "verdict", "comment", "monitor", "subject", "hours")
SQL = "1' or 1=1; drop table articles; update runs set outcome = 'evil' --"
TABLES = ("articles", "developments", "runs", "alerts", "deliveries", "silences", "marks", "situations")


def _addresses(page: Page) -> list[str]:
    path = page.path.replace("{id:number}", "1").replace("{monitor}", "glacier-talks")
    path = path.replace("{situation}", "brunnick-saal-meeting")
    return [path, *(f"{path}.{suffix}" for suffix in page.twins)]


ADDRESSES = [address for page in PAGES for address in _addresses(page)]


def _all_rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with open_reader(path) as archive:
        return {table: archive.values(f"select * from {table}") for table in TABLES}


@pytest.fixture
def own_archive(filling: Callable[[Path], None], tmp_path: Path) -> Path:
    path = tmp_path / "wirewatch.db"
    filling(path)
    return path


@pytest.mark.parametrize("address", ["/", *ADDRESSES, "/metrics", "/static/style.css", "/nothing"])
def test_no_address_answers_under_a_foreign_name(client: TestClient, address: str) -> None:
    assert client.get(address, headers={"Host": "evil.example"}).status_code == 421
    assert client.get(address, headers={"Host": f"{'a' * 10_000}.example"}).status_code == 421
    assert client.get(address).status_code != 421


@pytest.mark.parametrize("name", ACTIONS)
def test_no_action_takes_a_form_from_elsewhere(browsing: Any, own_archive: Path, name: str) -> None:
    form = {
        "delivery": "1", "silence": "1", "development": "2", "verdict": "wrong", "comment": "no", "hours": "4",
        "monitor": "glacier-talks", "subject": "brunnick-saal-meeting",
    }  # fmt: skip
    acting = browsing(archive=own_archive, actions=True)
    before = _all_rows(own_archive)
    for headers in (
        {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        FROM_HERE | {"Sec-Fetch-Site": "same-site"}, FROM_HERE | {"Sec-Fetch-Site": "cross-site"},
    ):  # fmt: skip
        assert acting.post(f"/actions/{name}", data=form, headers=headers).status_code == 403
    assert acting.post(f"/actions/{name}", data=form, headers=FROM_HERE | {"Host": "evil.example"}).status_code == 421
    assert _all_rows(own_archive) == before
    assert acting.post(f"/actions/{name}", data=form, headers=FROM_HERE).status_code == 303
    assert _all_rows(own_archive) != before


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.name)
def test_no_value_splits_a_header(browsing: Any, page: Page) -> None:
    small = browsing(limits=Limits(page=1))
    split = itertools.cycle(
        ("summit\r\nX-Evil: 1\r\n\r\n<b>", "summit OR a\nSet-Cookie: evil=1", "summit\x85X-Evil: 1")
    )
    for address in _addresses(page):
        plain = {*small.get(address).headers} | {"link", "set-cookie", "content-disposition"}
        for name in PARAMETERS:
            answer = small.get(address, params={name: next(split)})
            assert answer.status_code in (200, 400), (address, name)
            assert {*answer.headers} <= plain, (address, name)
            assert "evil" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sql_in_any_value_is_a_word(browsing: Any, own_archive: Path, page: Page) -> None:
    before = _all_rows(own_archive)
    client = browsing(archive=own_archive)
    for address in _addresses(page)[:2]:
        for name in PARAMETERS:
            answer = client.get(address, params={name: SQL})
            assert answer.status_code in (200, 400), (address, name)
            assert "syntax error" not in answer.text
    assert client.get(f"/situations/glacier-talks/{SQL}").status_code == 404
    assert client.get(f"/situations/{SQL}/brunnick-saal-meeting.json").status_code == 404
    assert client.get(f"/developments/1 {SQL}").status_code == 404
    assert _all_rows(own_archive) == before


@pytest.mark.parametrize("name", ACTIONS)
def test_sql_in_a_form_is_a_word(browsing: Any, own_archive: Path, name: str) -> None:
    before = _all_rows(own_archive)
    acting = browsing(archive=own_archive, actions=True)
    answer = acting.post(f"/actions/{name}", data=dict.fromkeys(FIELDS, SQL), headers=FROM_HERE)
    assert answer.status_code == 400
    assert "syntax error" not in answer.text
    assert _all_rows(own_archive) == before


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_ten_thousand_characters_in_any_value_are_refused_or_not_read(client: TestClient, page: Page) -> None:
    long = itertools.cycle(("x" * 10_000, "9" * 10_000, "회" * 3_400, '"a b" ' * 1_700, "-" * 10_000))
    for address in _addresses(page)[:2]:
        for name in PARAMETERS:
            answer = client.get(address, params={name: next(long)})
            assert answer.status_code in (200, 400), (address, name)
            if answer.status_code == 400:
                assert len(answer.text) < 5_000


@pytest.mark.parametrize(
    "address",
    [
        f"/situations/{'x' * 10_000}/y", f"/situations/glacier-talks/{'x' * 10_000}.json",
        f"/developments/{'9' * 10_000}", f"/articles/{'9' * 10_000}.json",
        f"/{'x' * 10_000}", f"/static/{'x' * 10_000}", f"/static/{'../' * 3_000}etc/passwd",
    ],
    ids=range(7),
)  # fmt: skip
def test_ten_thousand_characters_of_a_path_lead_nowhere(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert len(answer.text) < 15_000


def test_a_long_word_of_a_reader_is_cut_or_refused(browsing: Any, own_archive: Path) -> None:
    acting = browsing(archive=own_archive, actions=True)
    form = {"development": "2", "verdict": "wrong", "comment": "x" * 9_000}
    assert acting.post("/actions/mark", data=form, headers=FROM_HERE).status_code == 303
    form["comment"] = "x" * 10_000
    assert acting.post("/actions/mark", data=form, headers=FROM_HERE).status_code == 400
    with open_archive(own_archive) as archive:
        assert archive.values("select length(comment) from marks") == [(500,)]


@pytest.mark.parametrize(
    "address",
    [
        "/static/%252e%252e/app.py", "/static/..%5c..%5capp.py", "/static/....//app.py", "/static/%c0%ae%c0%ae/app.py",
        "/static/style.css%00.py", "/static/", "/static", "/..%2f..%2fetc/passwd", "/developments/../../app.py",
        "/static/../templates/base.html", "//etc/passwd", "/actions/../static/../app.py",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_pages(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (307, 404)
    assert "import" not in answer.text
    assert "{%" not in answer.text
    assert "evil" not in answer.headers.get("location", "")
