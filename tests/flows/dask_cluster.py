"""A Dask cluster on loopback: a scheduler and workers, each a process of its own, as Dask's commands start them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 90.0
LIVES = "600"
"""Seconds without work after which a scheduler ends, and workers with it, should a test not come to end them."""


class DaskCluster:
    """Started without workers by `with`; `work` starts one more. `address` is the scheduler's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        address: str = json.loads(self._file.read_text("utf-8"))["address"]
        return address

    def __enter__(self) -> Self:
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file), "--no-dashboard",
            "--idle-timeout", f"{LIVES}s",
        )  # fmt: skip
        self._wait(lambda: self._file.exists() and self._file.stat().st_size > 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in [*self.workers, self.scheduler]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(10)

    def work(self) -> subprocess.Popen[bytes]:
        """Start one more worker, of one thread, and wait until the scheduler knows it."""
        worker = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "30",
            "--local-directory", str(self._folder), "--host", "127.0.0.1",
        )  # fmt: skip
        self.workers.append(worker)
        alive = sum(process.poll() is None for process in self.workers)
        self._wait(lambda: len(self._known()) >= alive)
        return worker

    def warm(self, module: str) -> None:
        """Have every worker import a module, so that its first task does not begin with that."""
        from distributed import Client

        with Client(self.address, set_as_default=False, timeout=STARTS_WITHIN) as client:
            client.run(importlib.import_module, module)

    def _known(self) -> dict[str, Any]:
        from distributed import Client

        with Client(self.address, set_as_default=False, timeout=STARTS_WITHIN) as client:
            known: dict[str, Any] = client.nthreads()
        return known

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with (self._folder / f"{command[0]}-{len(self.workers)}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command], env=environment, cwd=self._folder, stdout=log, stderr=log
            )

    def _wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not until():
            assert time.monotonic() < deadline, "".join(f.read_text() for f in self._folder.glob("*.log"))
            time.sleep(0.2)
