"""The first poll of many full feeds tells nobody, and the summary says why; the next news is told."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent))

from storytelling import glacier

from monitors.archive.connection import open_reader
from monitors.cli.summary import render_summary
from monitors.definition.model import Feed, Monitor, Polling
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

NOW = datetime(2032, 4, 20, 12, tzinfo=UTC)
NEWS = "Tarnland and Velmora ratify the glacier treaty"
TITLES = (
    "Ada Brunnick invites Joren Saal to talks in Ostrava",
    "Joren Saal agrees to meet Ada Brunnick",
    "Tarnland and Velmora sign glacier treaty",
    "Tarnland opens a parade of tugboats",
)


def feed(number: int, items_each: int, *, with_news: bool) -> bytes:
    """One item an hour, the latest first; with the news on top, if this is the feed that has it."""
    titles = [
        TITLES[item % 4] if item % 10 == number % 10 else f"Weather {number}-{item}" for item in range(items_each)
    ]
    dated = [(title, NOW - timedelta(hours=1 + item)) for item, title in enumerate(titles)]
    if with_news and number == 0:
        dated.insert(0, (NEWS, NOW + timedelta(minutes=30)))
    items = "".join(
        f"<item><title>{title}</title><link>https://n{number}.example/{when:%d%H%M}</link>"
        f"<guid>n{number}-{when:%d%H%M}</guid><pubDate>{format_datetime(when)}</pubDate></item>"
        for title, when in dated
    )
    return f'<rss version="2.0"><channel><title>News {number}</title>{items}</channel></rss>'.encode()


class Feeds(ThreadingHTTPServer):
    with_news = False


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    """Feeds on loopback, /NUMBER/ITEMS; `with_news` says whether the first of them has the news yet."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert isinstance(self.server, Feeds)
            body = feed(*map(int, self.path.strip("/").split("/")), with_news=self.server.with_news)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = Feeds(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def polling(port: int, count: int, items: int) -> Monitor:
    plain, _ = glacier()
    watched = tuple(
        Feed(
            url=f"http://127.0.0.1:{port}/{number}/{items}",
            publisher=f"News {number}",
            family=f"news-{number}",
            language="en",
            full_text=False,
        )
        for number in range(count)
    )
    manners = Polling(deadline=20, run_deadline=60, per_host_delay=0, allow_private=("127.0.0.1",))
    return plain.model_copy(update={"feeds": watched, "polling": manners, "seeds": ()})


def shown(summary: PassSummary) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(render_summary(summary))
    return text.getvalue()


@pytest.mark.parametrize(("count", "items"), [(8, 40), pytest.param(50, 100, marks=pytest.mark.slow)])
def test_full_feeds_tell_nobody_at_their_first_poll(feeds: Feeds, archive_path: Path, count: int, items: int) -> None:
    monitor, screen = polling(feeds.server_port, count, items), io.StringIO()
    first = run_pass(monitor, archive_path, clock=lambda: NOW, alert_stream=screen)
    assert (first.feeds_polled, first.entries_seen, first.alerts, first.delivered) == (count, count * items, 0, 0)
    assert first.baseline > 0
    assert first.muted == first.baseline
    assert screen.getvalue() == ""
    assert "baseline (the state of things at the start, recorded; alerts nobody)" in shown(first)
    with open_reader(archive_path) as archive:
        assert {row["reason"] for row in archive.rows("select reason from alerts")} == {"baseline"}
        assert archive.rows("select 1 from deliveries") == []

    feeds.with_news = True
    second = run_pass(monitor, archive_path, clock=lambda: NOW + timedelta(hours=1), alert_stream=screen)
    assert (second.entries_new, second.alerts) == (1, 1)
    assert NEWS in screen.getvalue()
