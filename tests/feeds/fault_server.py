"""A server on loopback that misbehaves as scripted: one path, one fault."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

Script = Callable[["Conversation"], None]


class Conversation:
    """One connection after its request was read."""

    def __init__(self, sock: socket.socket, request: bytes, server: FaultServer) -> None:
        self.sock = sock
        self.request = request
        self.server = server

    def header(self, name: str) -> str | None:
        for line in self.request.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float = 0.05) -> None:
        """One byte at a time until the client leaves or the server stops."""
        for byte in data:
            self.send(bytes([byte]))
            self.wait(pause)

    def wait(self, seconds: float) -> None:
        if self.server.stopping.wait(seconds):
            raise ConnectionAbortedError

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class FaultServer:
    """Serves `scripts` by path (without the query). `tls` makes it an https server. `seen` lists what was asked for."""

    def __init__(
        self, scripts: Mapping[str, Script], *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.scripts = dict(scripts)
        self.stopping = threading.Event()
        self.seen: list[str] = []
        self._tls = tls
        self._listener = socket.create_server((host, 0), backlog=128)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[tuple[threading.Thread, socket.socket]] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def url(self, path: str, host: str | None = None) -> str:
        return f"{'https' if self._tls else 'http'}://{host or self.host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        for thread, sock in self._threads:
            with contextlib.suppress(OSError):  # wakes what still sends to a client that has gone
                sock.shutdown(socket.SHUT_RDWR)
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads = [row for row in self._threads if row[0].is_alive()] + [(thread, sock)]
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(5)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            stack.callback(sock.close)
            if self._tls:
                sock = stack.enter_context(self._tls.wrap_socket(sock, server_side=True))
            request = b""
            while b"\r\n\r\n" not in request:
                piece = sock.recv(65536)
                if not piece:
                    return
                request += piece
            path = request.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
            self.seen.append(path)
            self.scripts.get(path, _missing)(Conversation(sock, request, self))
            with contextlib.suppress(OSError):
                sock.settimeout(0.5)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):  # so that closing does not turn into a reset
                    pass


def answer(
    body: bytes = b"",
    *,
    status: str = "200 OK",
    kind: str = "application/rss+xml",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """A whole HTTP answer. `length` lies about the body; keyword headers have `_` for `-`."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(data: bytes) -> Script:
    return lambda talk: talk.send(data)


def redirect(to: str, status: str = "302 Found") -> Script:
    return says(answer(status=status, Location=to))


def zipped(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body, 9)
    return body


def _missing(talk: Conversation) -> None:
    talk.send(answer(b"no such path", status="404 Not Found", kind="text/plain"))
