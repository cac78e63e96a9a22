"""The Prefect server of `wirewatch schedule`, in a process that ends with the one that started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from threading import Thread

from monitors.errors import InputError, WirewatchError

HOST = "127.0.0.1"
STARTS_WITHIN = 120.0
"""Seconds for the first start, which makes the database; 11 to 17 were measured on two shared cores."""

_LAST_WORDS = 10.0


class OwnServer:
    """A server on loopback. It hears no Ctrl-C, so that runs that end can still tell it how."""

    def __init__(self, ports: Sequence[int], log: Path | None) -> None:
        """It takes the first of `ports` that is free; 0 is any. `log` is a file for what it says, written anew; None
        shows it on standard error. Raises InputError when every port is taken.
        """
        self._log = log
        # Its standard input is the cord: when we end, however we end, it reads the end of it.
        command = [sys.executable, "-m", "flows.own_server", *map(str, ports)]
        with log.open("wb") if log else nullcontext() as words:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
                # glibc keeps an arena of freed memory for each of the server's threads, which looks like a leak.
                env={"MALLOC_ARENA_MAX": "2", **os.environ},
            )
        port = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not port:
            self.stop()
            raise InputError(f"port {ports[0]} on {HOST} is taken; name another one with --port")
        self.page = f"http://{HOST}:{port}"

    def wait_until_healthy(self) -> None:
        """Return once it answers. Raises WirewatchError when it ended, or does not answer within STARTS_WITHIN."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        begun = time.monotonic()
        while time.monotonic() - begun < STARTS_WITHIN:
            if not self.alive():
                break
            try:
                with opener.open(f"{self.page}/api/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.2)
        self.stop()
        raise WirewatchError(f"Prefect's server at {self.page} did not start; {self._log or 'above'} says why")

    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it, and wait for that. Ending it twice does nothing."""
        for end in (self._process.stdin, self._process.stdout):
            if end:
                end.close()
        try:
            self._process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _end_with_the_one_who_started_us() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_WORDS / 2)
    os._exit(1)


def _listening(ports: Sequence[str]) -> socket.socket | None:
    """A socket that listens at the first port that is free.

    At once, before Prefect is imported: a port that was only looked at is another's fifteen seconds later, and whoever
    lost it would take the other's server for its own.
    """
    for port in ports:
        listener = socket.socket()
        if os.name == "posix":  # elsewhere it would let us take a port from under another
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, int(port)))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    return None


def _serve(listener: socket.socket) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    Thread(target=_end_with_the_one_who_started_us, daemon=True).start()
    port = listener.getsockname()[1]
    os.environ["PREFECT_API_URL"] = f"http://{HOST}:{port}/api"
    print(port, flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads on
    import uvicorn
    from prefect.server.api.server import create_app

    level = os.environ.get("PREFECT_SERVER_LOGGING_LEVEL", "critical").lower()
    config = uvicorn.Config(create_app(final=True), host=HOST, port=port, log_level=level, timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    if taken := _listening(sys.argv[1:]):
        _serve(taken)
    else:
        sys.exit(1)
