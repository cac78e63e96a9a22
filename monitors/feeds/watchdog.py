"""Ends a fetch at its deadline, whatever the server does.

A read timeout bounds one read only, so a server that drips bytes can hold a reader for ever. At the deadline the
watchdog shuts down a duplicate of each of the fetch's sockets, which wakes whatever is blocked on them: headers,
body, TLS.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Watchdog:
    """Guards one fetch. Use it as a context manager; `watch` each socket as soon as it exists.

    `expired` is to be looked at after reading: a shut down socket can look like an ordinary end of the body.
    """

    def __init__(self, seconds: float, *, trusted_hosts: frozenset[str] = frozenset()) -> None:
        self.expired = False
        self.seconds = seconds
        self.trusted_hosts = trusted_hosts
        """Hosts (lower case) that may lie at private addresses."""
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(seconds, 0.0), self._expire)
        self._timer.daemon = True

    def remaining(self) -> float:
        """Seconds left, at least a millisecond so that it can serve as a socket timeout."""
        return max(self._end - time.monotonic(), 0.001)

    def watch(self, sock: socket.socket) -> None:
        """Keep a duplicate of `sock`: it stays valid when TLS takes the original over."""
        copy = sock.dup()
        with self._lock:
            self._sockets.append(copy)
            late = self.expired
        if late:
            _shut(copy)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for copy in self._sockets:
                copy.close()
            self._sockets.clear()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for copy in self._sockets:
                _shut(copy)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the peer may have closed it already
        sock.shutdown(socket.SHUT_RDWR)
