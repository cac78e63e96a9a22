"""A receiver over HTTP on the loopback: answers by script and keeps what it was sent.

As a program it prints its port and runs until its standard input ends: `python http_sink.py`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `drop`: the request is read and the connection ended; `hang`: nothing comes while the sink runs."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    drop: bool = False
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Sink:
    """`replies` are used in turn, the last one for all that follow."""

    replies: Sequence[Reply] = (Reply(),)
    got: list[Got] = field(default_factory=list)
    url: str = ""
    ending: threading.Event = field(default_factory=threading.Event)

    def take(self, request: Got) -> Reply:
        self.got.append(request)
        return self.replies[min(len(self.got), len(self.replies)) - 1]


@contextmanager
def http_sink(*replies: Reply) -> Iterator[Sink]:
    sink = Sink(replies or (Reply(),))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            reply = sink.take(Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if reply.hang:
                sink.ending.wait(60)
            if reply.hang or reply.drop:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """The sink says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.ending.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


if __name__ == "__main__":
    with http_sink(*(Reply(hang=True) for _ in sys.argv[1:])) as running:
        print(running.url, flush=True)
        sys.stdin.read()
        print(len(running.got), flush=True)
