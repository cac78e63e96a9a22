"""The bench's feed server: one process, many ports (each a host of its own), documents made before it says it is ready.

    python tests/bench/server.py FEEDS ENTRIES PORTS SECONDS

It prints the addresses of its feeds as one JSON line and ends when its input is closed, or after SECONDS.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import sys

from news import feed_document

MODIFIED = "Mon, 25 Aug 2025 06:00:00 GMT"


class Feeds(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and conditional requests over documents that lie ready."""

    def __init__(self, answers: dict[bytes, tuple[bytes, bytes, bytes]]) -> None:
        self._answers = answers
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            request, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1]
            whole, unchanged, etag = self._answers[path]
            known = etag in request or MODIFIED.encode() in request
            self._transport.write(unchanged if known else whole)
            if b"connection: close" in request.lower():
                self._transport.close()


def answers_for(number: int, entries: int) -> tuple[bytes, bytes, bytes]:
    """(answer to a plain request, answer to one that knows the document, its ETag)."""
    body = feed_document(number, entries)
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    validators = f"ETag: {etag}\r\nLast-Modified: {MODIFIED}\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n{validators}\r\n"
    return head.encode() + body, f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode(), etag.encode()


async def serve(feeds: int, entries: int, ports: int, seconds: float) -> None:
    answers = {f"/{number}".encode(): answers_for(number, entries) for number in range(feeds)}
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Feeds(answers), "127.0.0.1", 0, backlog=256) for _ in range(ports)]
    bound = [server.sockets[0].getsockname()[1] for server in servers]
    print(json.dumps([f"http://127.0.0.1:{bound[n % ports]}/{n}" for n in range(feeds)]), flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: closed.set() if not sys.stdin.readline() else None)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), seconds)


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:5])))
