"""A PostgreSQL of our own on loopback: a cluster in a temporary folder, with a password, ended by its process id."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

STARTS_WITHIN = 60.0
DEBIAN = Path("/usr/lib/postgresql")
USER = "prefect"


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, None where PostgreSQL is not installed."""
    found = [Path(path).resolve().parent for name in ("initdb",) if (path := shutil.which(name))]
    found += sorted(DEBIAN.glob("*/bin"), reverse=True)  # Debian keeps them out of PATH
    return next((place for place in found if (place / "initdb").exists() and (place / "postgres").exists()), None)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class PostgreSQL:
    """Runs while the `with` lasts. `url` is what Prefect's server is given."""

    def __init__(self) -> None:
        place = programs()
        assert place is not None
        self._programs = place
        self._folder = Path(tempfile.mkdtemp(prefix="wirewatch-postgres-"))
        self._password = secrets.token_hex(12)
        self._port = free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = _unprivileged()
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{USER}:{self._password}@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password)
        secret.chmod(0o644)  # the folder is closed to others
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, "-p", str(self._port), "-k", self._folder,
                 "-c", "listen_addresses=127.0.0.1"],
                stdout=log, stderr=log, cwd=self._folder, **self._as,
            )  # fmt: skip
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            said = (self._folder / "log").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.2)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder, check=False, **self._as)
        assert done.returncode == 0, done.stderr

    def _answers(self) -> bool:
        command = [self._programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self._port)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # a fast shutdown
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("no user that PostgreSQL could run as")
