"""Feeds whose servers take their time: many hosts (ports of loopback), each answer after a fixed delay."""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType
from typing import Self

import yaml

ITEM = (
    "<item><title>{title}</title><link>https://n{number}.example/{edition}</link><guid>n{number}-{edition}</guid>"
    "<pubDate>{day} Aug 2025 06:00:00 GMT</pubDate></item>"
)
EDITIONS = (
    {"title": "Ada Lund in dispute with Bo Dahl, report {number}", "day": "Mon, 25"},
    {"title": "Ada Lund met with Bo Dahl on Thursday, report {number}", "day": "Fri, 29"},
)
"""The second is news: it raises one alert, whatever feed it comes from first."""
MONITOR = """\
version: 1
id: lund
title: Lund
languages: [en]
entities:
  - {id: lund, name: Ada Lund, kind: person, names: {en: [Ada Lund]}, short: {en: [Lund]}}
  - {id: dahl, name: Bo Dahl, kind: person, names: {en: [Bo Dahl]}, short: {en: [Dahl]}}
topic: {any_of: [[lund, dahl]]}
situations: [{id: lund-dahl, kind: meeting, title: Lund meets Dahl, parties: [[lund], [dahl]]}]
channels: [{id: log, type: file, path: alerts.jsonl}]
policy: {rules: [{channels: [log]}]}
"""


class SlowFeeds:
    """`feeds` feeds on `hosts` ports, each answer `delay` seconds after its request, until the `with` ends.

    `editions` is how many of EDITIONS they have. `asked` counts requests; `took` is the time from the first of them to
    the last answer, in seconds.
    """

    def __init__(self, feeds: int, hosts: int, delay: float) -> None:
        self._count, self._hosts, self._delay = feeds, hosts, delay
        self.asked, self.editions = 0, 1
        self._first = self._last = 0.0
        self.urls: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def took(self) -> float:
        return self._last - self._first

    def forget(self) -> None:
        """Count and measure anew."""
        self.asked = 0

    def monitor(self, workers: int) -> str:
        """A monitor file with these feeds, that polls `workers` at once."""
        document = yaml.safe_load(MONITOR) | {
            "polling": {"allow_private": ["127.0.0.1"], "per_host_delay": 0, "workers": workers, "max_pages": 0},
            "feeds": [
                {"url": url, "publisher": f"News {number}", "family": f"news-{number}", "language": "en"}
                for number, url in enumerate(self.urls)
            ],
        }
        return yaml.safe_dump(document)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        async def start() -> None:
            for _ in range(self._hosts):
                server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=256)
                port = server.sockets[0].getsockname()[1]
                first = len(self.urls)
                self.urls += [f"http://127.0.0.1:{port}/{first + n}" for n in range(self._count // self._hosts)]
            self._ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        under_way = asyncio.all_tasks(self._loop)  # answers to clients that were killed
        if under_way:
            self._loop.run_until_complete(asyncio.wait(under_way, timeout=5))

    def _document(self, number: str) -> str:
        items = "".join(
            ITEM.format(title=edition["title"].format(number=number), number=number, edition=place, day=edition["day"])
            for place, edition in enumerate(EDITIONS[: self.editions])
        )
        return f'<rss version="2.0"><channel><title>News {number}</title>{items}</channel></rss>'

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            if not self.asked:
                self._first = time.monotonic()
            self.asked += 1
            await asyncio.sleep(self._delay)
            body = self._document(request.split(b" ", 2)[1].strip(b"/").decode()).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
            self._last = time.monotonic()
        except (OSError, asyncio.IncompleteReadError):
            pass  # its client was killed
        finally:
            writer.close()
