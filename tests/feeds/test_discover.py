"""The feeds of a site are found by reading what may be one, in a bounded number of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from documents import NOW, healthy, item, polling, rss
from fault_server import FaultServer, Script, answer, redirect, says
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.feeds.discover import COMMON_PATHS, MAX_REQUESTS, FoundFeed, candidates_in, discover
from monitors.feeds.failure import FetchError
from monitors.feeds.fetch import Fetcher

ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Talks</title>'
    b"<entry><id>a</id><title>One</title><updated>2025-08-20T10:00:00Z</updated></entry></feed>"
)
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": [{"id": "1", "title": "One"}]}'


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def html(text: bytes) -> Script:
    return says(answer(text, kind="text/html"))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer({}) as running:
        yield running


def look(server: FaultServer, path: str = "/") -> tuple[FoundFeed, ...]:
    return discover(server.url(path), Fetcher(polling()), lambda: NOW)


def test_declared_feeds_of_every_format_are_read(server: FaultServer) -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/news.rss">'
        "<link href=talks.atom type='application/atom+xml; charset=utf-8' rel='alternate home'>"
        '<link rel="alternate" type="application/feed+json" href="/notes?a=1&amp;b=2">'
        '<link rel="alternate" type="application/rss+xml" href="/gone">'
        '<link rel="alternate" hreflang="ko" href="/ko/"><link rel="stylesheet" href="/feed.css">'
    )
    server.scripts |= {
        "/": html(page(head)),
        "/news.rss": says(answer(healthy())),
        "/talks.atom": says(answer(ATOM)),
        "/notes": says(answer(JSON, kind="application/json")),
    }
    assert look(server) == (
        FoundFeed(server.url("/news.rss"), "Example News", "rss20", 3, datetime(2025, 8, 25, 1, 2, tzinfo=UTC)),
        FoundFeed(server.url("/talks.atom"), "Talks", "atom10", 1, datetime(2025, 8, 20, 10, tzinfo=UTC)),
        FoundFeed(server.url("/notes?a=1&b=2"), "Notes", "json11", 1, None),
    )
    assert server.seen == ["/", "/news.rss", "/talks.atom", "/notes", "/gone"]


def test_an_address_that_is_a_feed_is_the_answer(server: FaultServer) -> None:
    server.scripts["/rss"] = says(answer(healthy(2)))
    (found,) = look(server, "/rss")
    assert (found.url, found.entries) == (server.url("/rss"), 2)
    assert server.seen == ["/rss"]


def test_links_whose_address_looks_like_a_feed_are_tried(server: FaultServer) -> None:
    hrefs = ("/about", "/en/rss/politics.xml", "/feedback", "mailto:rss@b.example")
    links = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    server.scripts |= {"/": html(page(body=links)), "/en/rss/politics.xml": says(answer(healthy()))}
    assert [found.url for found in look(server)] == [server.url("/en/rss/politics.xml")]
    assert server.seen == ["/", "/en/rss/politics.xml"]


def test_usual_places_are_tried_where_the_page_leads_nowhere_or_is_refused(server: FaultServer) -> None:
    server.scripts |= {"/atom.xml": says(answer(ATOM)), "/feed": redirect("/atom.xml")}
    for script in (html(page()), says(answer(status="403 Forbidden"))):
        server.seen.clear()
        server.scripts["/"] = script
        (found,) = look(server)
        assert found.url == server.url("/atom.xml")
        assert set(server.seen) <= {"/", *COMMON_PATHS}
        assert server.seen[1] == "/feed"


def test_a_page_of_links_does_not_make_us_ask_without_end(server: FaultServer) -> None:
    links = "".join(f'<a href="/rss/{n}">x</a>' for n in range(500))
    server.scripts["/"] = html(page(body=links))
    waits: list[float] = []
    fetcher = Fetcher(polling(per_host_delay=0.25))
    assert discover(server.url("/"), fetcher, lambda: NOW, wait=waits.append) == ()
    assert len(server.seen) == MAX_REQUESTS
    assert waits == [0.25] * (MAX_REQUESTS - 1)


def test_a_site_that_cannot_be_reached_is_an_error_with_its_reason() -> None:
    with pytest.raises(FetchError) as refused:
        discover("http://127.0.0.1:9/", Fetcher(polling()), lambda: NOW)
    assert refused.value.outcome == "unreachable"
    with pytest.raises(FetchError) as private:
        discover("http://127.0.0.1:9/", Fetcher(polling(allow_private=())), lambda: NOW)
    assert private.value.outcome == "refused-address"


def test_links_out_of_the_web_are_no_candidates() -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{href}">'
        for href in (
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://",
            "ftp://x.example/rss",
            "//cdn.example/rss#top",
        )
    )
    assert candidates_in(f'<base href="https://b.example/deep/">{head}<a href="feed/">x</a>', "https://a.example/") == [
        "https://cdn.example/rss",
        "https://b.example/deep/feed/",
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<link ",
                "<a ",
                "<base ",
                "href=",
                '"',
                "'",
                "rel=alternate ",
                "type=application/rss+xml ",
                ">",
                "/rss",
                "&#x",
                "\x00",
                "http://[",
                "한",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_page_yields_web_addresses_or_none(text: str) -> None:
    assert all(url.startswith(("http://", "https://")) for url in candidates_in(text, "https://a.example/"))


def test_a_newest_date_is_the_latest_of_the_entries(server: FaultServer) -> None:
    dates = ("Mon, 18 Aug 2025 10:00:00 GMT", "Sun, 24 Aug 2025 10:00:00 GMT", "Tue, 19 Aug 2025 10:00:00 GMT")
    server.scripts["/feed"] = says(answer(rss(item(n, date=date) for n, date in enumerate(dates))))
    (found,) = look(server, "/feed")
    assert found.newest == datetime(2025, 8, 24, 10, tzinfo=UTC)
