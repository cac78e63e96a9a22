"""A publisher whose feed leads to pages, and the desk that reads them."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from monitors.archive import articles, pages
from monitors.archive.connection import open_archive
from monitors.archive.pages import Page
from monitors.archive.records import Article
from monitors.definition.model import Monitor
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUMMARY = "Ada Smith met with Bo Jones on Thursday."
LINES = (
    "Ada Smith met with Bo Jones on Thursday in the old customs house, the harbour office said.",
    "They spoke for four hours about the three northern quays, from which no ferry has left in two weeks.",
    "Neither wished to say afterwards what had been decided, but both were seen to smile on the stairs.",
)


def article_page(*lines: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines or LINES)
    return f"<!doctype html><html><head><title>x</title></head><body><article>{body}</article></body></html>".encode()


@dataclass
class Site:
    """A publisher with a feed, a robots.txt and pages; what it was asked for stands in `asked`, as what in `accepts`.

    `away` has the pages that lie elsewhere, and where.
    """

    port: int = 0
    items: list[str] = field(default_factory=list)
    robots: bytes | None = None
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    hold: float = 0.0
    away: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)
    accepts: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def offer(self, path: str, title: str, summary: str = SUMMARY) -> None:
        self.items.append(
            f"<item><title>{title}</title><link>{self.root}/{path}</link><description>{summary}</description>"
            "<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>"
        )

    def count(self, path: str) -> int:
        return Counter(asked for asked, _ in self.asked)[f"/{path}"]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path == "/rss":
            feed = f'<rss version="2.0"><channel><title>Post</title>{"".join(self.items)}</channel></rss>'
            return 200, "application/rss+xml", feed.encode()
        if path == "/robots.txt":
            return (404, "text/plain", b"") if self.robots is None else (200, "text/plain", self.robots)
        if self.hold:
            time.sleep(self.hold)
        status, body = self.pages.get(path.removeprefix("/"), (404, b"<html><body>nothing here</body></html>"))
        return status, "text/html; charset=utf-8", body


@contextmanager
def publishing() -> Iterator[Site]:
    """A publisher on loopback."""
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, time.monotonic()))
            served.accepts[self.path] = self.headers["Accept"]
            target = served.away.get(self.path.removeprefix("/"))
            status, kind, body = (302, "text/html", b"") if target else served.answer(self.path)
            self.send_response(status)
            if target:
                self.send_header("Location", target)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join(5)


def watching(site: Site, polling: dict[str, Any] | None = None, **feed: Any) -> Monitor:
    usual = {"url": f"{site.root}/rss", "publisher": "Harbour Post", "family": "post", "language": "en"}
    return Monitor.model_validate(
        {
            "version": 1,
            "id": "harbour",
            "title": "Harbour",
            "languages": ["en"],
            "polling": {"allow_private": ["127.0.0.1"], "per_host_delay": 0, "deadline": 5, **(polling or {})},
            "feeds": [usual | feed],
            "entities": [
                {"id": "smith", "name": "Ada Smith", "kind": "person", "names": {"en": ["Ada Smith"]}},
                {"id": "jones", "name": "Bo Jones", "kind": "person", "names": {"en": ["Bo Jones"]}},
            ],
            "topic": {"any_of": [["smith", "jones"]]},
            "situations": [
                {
                    "id": "smith-jones",
                    "kind": "meeting",
                    "title": "Smith meets Jones",
                    "parties": [["smith"], ["jones"]],
                }
            ],
            "policy": {"rules": [{"channels": ["screen"]}]},
            "channels": [{"id": "screen", "type": "terminal"}],
        }
    )


@dataclass
class Desk:
    """A monitor with its archive and a clock that a test moves."""

    monitor: Monitor
    path: Path
    now: datetime = NOW
    stream: io.StringIO = field(default_factory=io.StringIO)

    def run(self) -> PassSummary:
        return run_pass(self.monitor, self.path, clock=lambda: self.now, alert_stream=self.stream)

    def page(self, path: str) -> Page:
        with open_archive(self.path) as archive:
            found = pages.get(archive, self.article(path).id)
        assert found is not None
        return found

    def article(self, path: str) -> Article:
        with open_archive(self.path) as archive:
            found = [
                articles.get(archive, row["id"]) for row in articles.listing(archive) if row["url"].endswith(f"/{path}")
            ]
        assert len(found) == 1
        return found[0]
