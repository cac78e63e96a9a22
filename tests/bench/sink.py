"""A receiver for the bench: takes every POST at once, and never answers one below /stall.

    python tests/bench/sink.py SECONDS

It prints its address and ends when its input is closed, or after SECONDS.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Receiver(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, just enough to say yes."""

    def __init__(self) -> None:
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, rest = self._waiting.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._waiting = rest[length:]
            if head.split(b" ", 2)[1].startswith(b"/stall"):
                return
            self._transport.write(ANSWER)
            if b"connection: close" in head.lower():
                self._transport.close()


async def serve(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: closed.set() if not sys.stdin.readline() else None)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), seconds)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
