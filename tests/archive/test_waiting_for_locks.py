"""Another process may read at any time, and may hold the write lock for five seconds: every storing function waits."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from storing import STORING, fill

from monitors.archive.connection import open_archive
from monitors.archive.faults import BUSY_TIMEOUT
from monitors.archive.records import Article

HELD = 5.0
"""Seconds for which the other process holds the lock."""

pytestmark = pytest.mark.xdist_group("held lock")

HOLDER = """
import sqlite3, sys, time
held = [sqlite3.connect(path, isolation_level=None) for path in sys.argv[2:]]
for connection in held:
    connection.execute("begin immediate")
    connection.execute("insert into monitors (id) values ('theirs')")
print("held", flush=True)
time.sleep(float(sys.argv[1]))
for connection in held:
    connection.execute("commit")
"""

READER = """
import sys
from monitors.archive.connection import open_reader
from monitors.archive.search import search
readers = [open_reader(path) for path in sys.argv[1:]]
print("reading", flush=True)
while True:
    for reader in readers:
        assert len(search(reader, "dockers", limit=1)) <= 1
        assert reader.values("select count(*) from articles")[0][0] >= 2
"""


@pytest.fixture(scope="module")
def waited(tmp_path_factory: pytest.TempPathFactory, one_article: Callable[..., Article]) -> dict[str, Future[float]]:
    """Each storing function at work on an archive of its own that others read and write: when it was done, in seconds
    after the others had the lock.
    """
    folder = tmp_path_factory.mktemp("locks")
    first = folder / "filled.db"
    with open_archive(first) as archive:
        fill(archive, [one_article("first"), one_article("second"), one_article("spare")])
    paths = {name: folder / f"{name}.db" for name in STORING}
    for path in paths.values():
        shutil.copyfile(first, path)
        open_archive(path).close()
    root = Path(__file__).parents[2]
    files = [str(path) for path in paths.values()]
    with (
        subprocess.Popen([sys.executable, "-c", READER, *files], stdout=subprocess.PIPE, cwd=root) as reader,
        subprocess.Popen([sys.executable, "-c", HOLDER, str(HELD), *files], stdout=subprocess.PIPE) as holder,
    ):
        assert reader.stdout is not None
        assert holder.stdout is not None
        reader.stdout.readline()
        holder.stdout.readline()
        held = time.monotonic()

        def store(name: str) -> float:
            with open_archive(paths[name]) as archive:
                STORING[name](archive, one_article("third"))
                assert archive.values("select count(*) from monitors where id = 'theirs'") == [(1,)]
            return time.monotonic() - held

        with ThreadPoolExecutor(len(STORING)) as pool:
            done = {name: pool.submit(store, name) for name in STORING}
        assert reader.poll() is None, "the reader met an error"
        reader.kill()
    return done


def test_we_wait_longer_than_five_seconds() -> None:
    assert BUSY_TIMEOUT > HELD


@pytest.mark.parametrize("name", STORING)
def test_storing_waits_for_a_process_that_holds_the_lock_for_five_seconds(
    name: str, waited: dict[str, Future[float]]
) -> None:
    assert HELD * 0.8 < waited[name].result() < BUSY_TIMEOUT
