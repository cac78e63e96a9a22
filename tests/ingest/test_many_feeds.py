"""Two thousand feeds, one in ten of them broken: the pass ends, and the healthy ones lose and repeat nothing."""

from __future__ import annotations

import io
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitors.archive.connection import open_reader
from monitors.clock import utc_now
from monitors.definition.model import Monitor
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

FEEDS = 2000
ENTRIES = 2
DEADLINE = 1.0
FAULTS = ("reset", "error", "page", "slow", "missing")
OUTCOMES = {
    "reset": "connection-broken",
    "error": "server-error",
    "page": "not-a-feed",
    "slow": "deadline",
    "missing": "not-found",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def fault_of(number: int) -> str | None:
    """Every tenth feed is broken, each kind of fault as often as the others."""
    return FAULTS[number // 10 % len(FAULTS)] if number % 10 == 0 else None


def document(number: int) -> bytes:
    items = "".join(
        f"<item><title>Ada Lund meets Bo Dahl, round {number} of talks {entry}</title>"
        f"<link>https://n{number}.example/{entry}</link><guid>n{number}-{entry}</guid>"
        f"<pubDate>Mon, 25 Aug 2025 06:{entry:02d}:00 GMT</pubDate></item>"
        for entry in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>News {number}</title>{items}</channel></rss>'.encode()


class _Answers(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        request = self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        number = int(request.split()[1].strip(b"/"))
        match fault_of(number):
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            case "error":
                self.answer("500 Internal Server Error", b"")
            case "page":
                self.answer("200 OK", b"<!doctype html><html><body>Welcome</body></html>")
            case "slow":
                time.sleep(2 * DEADLINE)
            case "missing":
                self.answer("404 Not Found", b"")
            case _:
                self.answer("200 OK", document(number))

    def answer(self, status: str, body: bytes) -> None:
        self.wfile.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def serving() -> Iterator[int]:
    with _Server(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def monitor(port: int) -> Monitor:
    people = {"ada": "Ada Lund", "bo": "Bo Dahl"}
    return Monitor.model_validate(
        {
            "version": 1,
            "id": "many",
            "title": "Many feeds",
            "languages": ["en"],
            "polling": {
                "deadline": DEADLINE,
                "per_host_delay": 0,
                "workers": 16,
                "max_pages": 0,
                "allow_private": ["127.0.0.1"],
            },
            "feeds": [
                {
                    "publisher": f"News {n}",
                    "family": f"n{n}",
                    "url": f"http://127.0.0.1:{port}/{n}",
                    "language": "en",
                    "full_text": False,
                }
                for n in range(FEEDS)
            ],
            "entities": [{"id": i, "name": n, "kind": "person", "names": {"en": [n]}} for i, n in people.items()],
            "topic": {"any_of": [["ada", "bo"]]},
            "situations": [
                {"id": "match", "kind": "meeting", "title": "Chess match", "names": {"en": ["Lorvik chess match"]}}
            ],
            "policy": {"rules": [{"channels": []}]},
            "channels": [{"id": "here", "type": "terminal"}],
        }
    )


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> tuple[PassSummary, Path]:
    archive = tmp_path_factory.mktemp("many") / "many.db"
    with serving() as port:
        return run_pass(monitor(port), archive, clock=utc_now, alert_stream=io.StringIO()), archive


def test_every_entry_of_the_healthy_feeds_is_stored_once(passed: tuple[PassSummary, Path]) -> None:
    summary, path = passed
    expected = sorted(
        f"https://n{number}.example/{entry}"
        for number in range(FEEDS)
        if fault_of(number) is None
        for entry in range(ENTRIES)
    )
    with open_reader(path) as archive:
        stored = sorted(row[0] for row in archive.values("select url from articles"))
        remembered = archive.values("select count(*), count(article_id) from entries")
    assert stored == expected
    assert remembered == [(len(expected), len(expected))]
    assert (summary.entries_seen, summary.entries_new) == (len(expected), len(expected))


def test_every_broken_feed_ends_in_the_outcome_of_its_fault(passed: tuple[PassSummary, Path]) -> None:
    summary, _ = passed
    expected = Counter(OUTCOMES[fault] for number in range(FEEDS) if (fault := fault_of(number)))
    assert summary.feeds_polled == FEEDS
    assert not summary.offline
    assert Counter(outcome for _, _, outcome, _ in summary.feeds_failed) == expected


def test_run_is_closed_within_the_time_of_a_run(passed: tuple[PassSummary, Path]) -> None:
    summary, path = passed
    with open_reader(path) as archive:
        assert archive.values("select outcome from runs") == [("ok",)]
        assert archive.values("select count(*) from polls") == [(FEEDS,)]
    assert (summary.finished - summary.started).total_seconds() < 300
