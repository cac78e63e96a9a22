"""The Prefect server of `wirewatch schedule`, in a process that ends with the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import nullcontext
from pathlib import Path
from threading import Thread

from monitors.errors import WirewatchError

HOST = "127.0.0.1"
STARTS_WITHIN = 120.0
"""Seconds for the first start, which makes the database; 11 to 17 were measured on two shared cores."""

_LAST_WORDS = 10.0


class OwnServer:
    """A server on loopback at `port`. It hears no Ctrl-C, so that runs that end can still tell it how."""

    def __init__(self, port: int, log: Path | None) -> None:
        """`log` is a file for what it says, written anew; None shows it on standard error."""
        self.page = f"http://{HOST}:{port}"
        self._log = log
        # Its standard input is the cord: when we end, however we end, it reads the end of it.
        command = [sys.executable, "-m", "flows.own_server", str(port)]
        with log.open("wb") if log else nullcontext() as words:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=words or subprocess.DEVNULL, stderr=words
            )

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
        if self._process.stdin:
            self._process.stdin.close()
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


def _serve(port: int) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    Thread(target=_end_with_the_one_who_started_us, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(
        create_app(final=True),
        host=HOST,
        port=port,
        log_level=os.environ.get("PREFECT_SERVER_LOGGING_LEVEL", "critical").lower(),
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
