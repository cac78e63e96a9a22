"""What is new since the last visit, kept by the reader's browser and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from monitors.browse.settings import Limits
from monitors.browse.visits import Visit, look, read

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)


def test_the_first_look_finds_nothing_new() -> None:
    assert look(None, 7, NOW) == Visit(7, 7, int(NOW.timestamp()))


def test_looks_within_half_an_hour_are_one_visit() -> None:
    later = look(look(None, 7, NOW), 9, NOW + timedelta(minutes=20))
    assert (later.base, later.latest) == (7, 9)


def test_after_half_an_hour_what_was_seen_is_old() -> None:
    seen = look(look(None, 7, NOW), 9, NOW + timedelta(minutes=20))
    assert look(seen, 12, NOW + timedelta(hours=2)).base == 9


def test_a_cookie_of_somebody_else_is_none() -> None:
    assert [read(text) for text in (None, "", "1.2", "a.b.c", "1.2.3; x", "9" * 99)] == [None] * 6
    assert read("1.2.3") == Visit(1, 2, 3)


def test_now_tells_what_is_new(client: TestClient) -> None:
    assert "Latest developments" in client.get("/now").text
    again = client.get("/now").text
    assert "<p>Nothing.</p>\n<h2>Latest developments</h2>" in again
    assert again.count('<article class="item">') == 2
    client.cookies.set("visit", f"1.1.{int(NOW.timestamp())}", path="/now")
    html = client.get("/now", headers={"Cookie": f"visit=1.1.{int(NOW.timestamp())}"}).text
    assert "New since your last visit" in html
    assert html.count('<article class="item">') == 1


def test_more_that_is_new_than_a_page_has_is_told(browsing: Any) -> None:
    small = browsing(limits=Limits(page=1))
    assert "The latest 1; there are more." in small.get("/now?since=0").text
    assert small.get("/now.json?since=9").json()["developments"] == []


def test_the_cookie_is_for_this_site_only(client: TestClient) -> None:
    cookie = client.get("/now").headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    for address in ("/developments", "/now.json", "/search"):
        assert "set-cookie" not in client.get(address).headers


def test_a_link_from_elsewhere_does_not_forget_the_last_visit(client: Any) -> None:
    """With SameSite=Strict the browser sends no cookie then, which is not the same as having none."""
    assert "set-cookie" not in client.get("/now", headers={"Sec-Fetch-Site": "cross-site"}).headers
