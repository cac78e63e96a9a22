"""Ends a fetch at its deadline, whatever the server does.

A read timeout bounds one read only, so a server that drips bytes can hold a reader for ever. At the deadline the
watchdog shuts down a duplicate of each of the fetch's sockets, which wakes whatever is blocked on them: headers,
body, TLS. One thread watches over all fetches of a process: a thread for each would cost as much as connecting.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self


class _Alarms:
    """Calls functions at their time, in a thread that is started with the first and lives on."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as in a forked child: it has none of its parent's threads, and may have got the lock locked."""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._calls: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count(1)
        self._thread: threading.Thread | None = None

    def set(self, moment: float, call: Callable[[], None]) -> int:
        """Call `call`, which must not block, at a time of `time.monotonic`, unless the number returned is cancelled."""
        with self._changed:
            number = next(self._numbers)
            self._calls[number] = call
            heapq.heappush(self._due, (moment, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif self._due[0][1] == number:
                self._changed.notify()
        return number

    def cancel(self, number: int) -> None:
        """Nothing is called; one that was called already, or never set, is passed over."""
        with self._changed:
            self._calls.pop(number, None)
            while self._due and self._due[0][1] not in self._calls:
                heapq.heappop(self._due)

    def _run(self) -> None:
        while True:
            with self._changed:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                call = self._calls.pop(heapq.heappop(self._due)[1], None)
            if call is not None:
                call()


_ALARMS = _Alarms()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ALARMS.forget)


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
        self._alarm = 0

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
        self._alarm = _ALARMS.set(self._end, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ALARMS.cancel(self._alarm)
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
