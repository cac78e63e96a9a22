"""Rounds of deciding, releasing and delivering in processes of their own, killed at a chosen moment."""

from __future__ import annotations

import random
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from monitors.alerts.deliver import deliver_due
from monitors.alerts.message import AlertMessage, BulletinMessage, Message, to_lines
from monitors.alerts.outbox import enqueue
from monitors.alerts.release import release
from monitors.archive import articles, developments
from monitors.archive.connection import open_archive
from monitors.archive.records import Article, Development, Evidence
from monitors.definition.model import Monitor
from monitors.errors import ChannelError


class Receiver:
    """A receiver on loopback that fails at random and honours ids: what it has taken once has no effect again."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.faulty = True
        self.taken: Counter[str] = Counter()
        self.effects: dict[str, str] = {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender died before it had said everything, so nothing was said
                    self.close_connection = True
                    return
                receiver.take(self, self.headers["webhook-id"], body.decode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def doubles(self) -> int:
        """How often a message was taken again: so many would a receiver that knows no ids have shown twice."""
        return sum(times - 1 for times in self.taken.values())

    def take(self, request: BaseHTTPRequestHandler, key: str, body: str) -> None:
        """Refuse (503), take and never answer, or take; slowly or at once."""
        with self._lock:
            lot = self.chance.random() if self.faulty else 1.0
            pause = self.chance.uniform(0, 0.02) if self.faulty else 0.0
            if lot >= 0.15:
                self.taken[key] += 1
                self.effects.setdefault(key, body)
        time.sleep(pause)
        if 0.15 <= lot < 0.25:
            request.close_connection = True  # accepted, and the answer is lost
            return
        request.send_response(503 if lot < 0.15 else 200)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class Hook:
    """A channel that posts what a message says."""

    url: str

    def send(self, key: str, message: Message) -> None:
        assert isinstance(message, AlertMessage | BulletinMessage)
        body = "\n".join(to_lines(message, UTC)).encode()
        request = urllib.request.Request(self.url, body, {"webhook-id": key})
        try:
            with urllib.request.urlopen(request, timeout=5):
                pass
        except OSError as error:
            raise ChannelError("hook", type(error).__name__, retry=True) from error


def round_of(archive_path: str, monitor: Monitor, url: str, number: int, now: datetime) -> None:
    """Decide on development `number` unless that was done, look at what waits, and send what is due."""
    with open_archive(archive_path) as archive:
        if not archive.values("select 1 from developments where novelty = ?", [f"report {number:04}"]):
            with archive.writing(full=True):
                situation = monitor.situations[number % len(monitor.situations)]
                address = f"https://post.example/{number}"
                article = Article(
                    monitor=monitor.id, url=address, canonical_url=address, title=f"Report {number:04}.", text="",
                    language="en", publisher="Post", family="post", published=now, discovered=now,
                )  # fmt: skip
                article = replace(article, id=articles.insert(archive, article))
                development = Development(
                    monitor=monitor.id, situation=situation.id, status="scheduled", previous_status=None,
                    article_id=article.id, published=now, raised=now, novelty=f"report {number:04}", reason="",
                    evidence=(Evidence(article.id, article.title, "title", 0, 12),),
                )  # fmt: skip
                enqueue(archive, monitor, developments.insert(archive, development), article, now)
        release(archive, monitor, now)
        deliver_due(archive, {"hook": Hook(url)}, lambda: now, owner="me", monitor=monitor.id, spread=lambda: 0.0)


def rounds(archive: str, monitor: Monitor, url: str) -> Callable[[int, datetime], object]:
    """What makes the round of a number, at the time it is given."""
    return partial(round_of, archive, monitor, url)
