"""The few things that can be done from a page, where it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

FROM_HERE = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def acting(browsing: Any, filling: Callable[[Path], None], tmp_path: Path) -> TestClient:
    path = tmp_path / "wirewatch.db"
    filling(path)
    client: TestClient = browsing(archive=path, actions=True)
    return client


def test_without_leave_there_is_nothing_to_do(client: TestClient) -> None:
    assert client.post("/actions/retry", data={"delivery": "1"}, headers=FROM_HERE).status_code == 404
    assert "/actions/" not in client.get("/alerts").text


def test_a_dead_delivery_is_tried_again_once(acting: TestClient) -> None:
    answer = acting.post("/actions/retry", data={"delivery": "1"}, headers=FROM_HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?state=pending")
    delivery = acting.get("/alerts.json?state=pending").json()["alerts"][0]["deliveries"][0]
    assert (delivery["state"], delivery["attempts"]) == ("pending", 0)
    assert acting.post("/actions/retry", data={"delivery": "1"}, headers=FROM_HERE).status_code == 400


def test_alerts_are_kept_back_and_let_go(acting: TestClient) -> None:
    form = {"monitor": "glacier-talks", "subject": "brunnick-saal-meeting", "hours": "4", "comment": "<b>tea</b>"}
    assert acting.post("/actions/silence", data=form, headers=FROM_HERE).status_code == 303
    html = acting.get("/situations/glacier-talks/brunnick-saal-meeting").text
    assert "a reader of the pages: &lt;b&gt;tea&lt;/b&gt;" in html
    assert acting.post("/actions/end-silence", data={"silence": "2"}, headers=FROM_HERE).status_code == 303
    assert "tea" not in acting.get("/situations/glacier-talks/brunnick-saal-meeting").text


@pytest.mark.parametrize(
    "changed", [{"subject": "other"}, {"hours": "5"}, {"hours": "x"}, {"comment": " "}, {"monitor": "' or 1=1"}]
)
def test_a_form_that_asks_for_nothing_is_refused(acting: TestClient, changed: dict[str, str]) -> None:
    form = {"monitor": "glacier-talks", "subject": "brunnick-saal-meeting", "hours": "4", "comment": "tea"} | changed
    assert acting.post("/actions/silence", data=form, headers=FROM_HERE).status_code == 400


def test_from_elsewhere_nothing_is_done(acting: TestClient) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}, FROM_HERE | {"Sec-Fetch-Site": "cross-site"}):
        assert acting.post("/actions/retry", data={"delivery": "1"}, headers=headers).status_code == 403
    assert acting.get("/actions/retry?delivery=1").status_code == 405
    assert acting.get("/alerts.json?state=dead").json()["alerts"]


def test_a_form_too_large_is_refused(acting: TestClient) -> None:
    assert acting.post("/actions/retry", data={"delivery": "1" * 20_000}, headers=FROM_HERE).status_code == 400


def _mark(acting: TestClient, **form: str) -> int:
    given = {"development": "2", "verdict": "wrong", "comment": "<i>it was</i> history"} | form
    return int(acting.post("/actions/mark", data=given, headers=FROM_HERE).status_code)


def test_a_development_is_marked_wrong_and_shown_so(acting: TestClient) -> None:
    assert "This is wrong" in acting.get("/developments/2").text
    assert _mark(acting) == 303
    situation = "/situations/glacier-talks/brunnick-saal-meeting"
    for page in ("/developments/2", "/developments", situation):
        assert "a reader of the pages: &lt;i&gt;it was&lt;/i&gt; history" in acting.get(page).text
    twins = [acting.get(f"{page}.json").json()["developments"] for page in ("/developments", situation)]
    assert [[one["verdict"] for one in twin] for twin in twins] == [["wrong", None]] * 2
    assert acting.get("/developments/2.json").json()["mark"]["verdict"] == "wrong"
    assert ",wrong\r\n" in acting.get("/developments.csv").text


def test_the_latest_mark_counts_and_earlier_ones_stay(acting: TestClient) -> None:
    assert (_mark(acting, verdict="merged", into="1"), _mark(acting, verdict="right", comment="no, both")) == (303, 303)
    data = acting.get("/developments/2.json").json()
    assert (data["verdict"], [one["verdict"] for one in data["marks"]]) == ("right", ["right", "merged"])
    assert "Earlier marks" in acting.get("/developments/2").text


@pytest.mark.parametrize(
    "changed",
    [
        {"development": "99"},
        {"development": "x"},
        {"verdict": "odd"},
        {"comment": " "},
        {"verdict": "merged", "into": "2"},
        {"verdict": "merged", "into": ""},
    ],
)
def test_a_mark_that_means_nothing_is_refused(acting: TestClient, changed: dict[str, str]) -> None:
    assert _mark(acting, **changed) == 400
    assert acting.get("/developments/2.json").json()["marks"] == []


def test_marks_need_leave_and_come_from_here(client: TestClient, acting: TestClient) -> None:
    form = {"development": "2", "verdict": "wrong", "comment": "no"}
    assert client.post("/actions/mark", data=form, headers=FROM_HERE).status_code == 404
    assert "This is wrong" not in client.get("/developments/2").text
    assert acting.post("/actions/mark", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
