"""The real command and a real server on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "monitors.cli"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@contextmanager
def serving(*arguments: object) -> Iterator[str]:
    """The address of the command's server while it runs."""
    process = subprocess.Popen(
        [*COMMAND, "browse", "--port", "0", *map(str, arguments)], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found is not None, line + process.stderr.read()
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


def status(address: str, **headers: str) -> int:
    try:
        with urlopen(
            Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
        ) as got:
            return int(got.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_it_serves_on_loopback_while_a_pass_writes(archive_file: Path) -> None:
    from monitors.archive.connection import open_archive

    with serving("--archive", archive_file) as address:
        assert address.startswith("http://127.0.0.1:")
        with open_archive(archive_file) as archive, archive.writing():
            assert status(f"{address}now") == 200
            assert status(f"{address}search?q=summit") == 200
        assert status(f"{address}now", Host="evil.example") == 421
        with urlopen(f"{address}now") as got:
            assert "server" not in {name.lower() for name in got.headers}


def test_more_readers_than_pages_are_made_at_once_all_get_theirs(archive_file: Path) -> None:
    with serving("--archive", archive_file) as address, ThreadPoolExecutor(12) as readers:
        asked = [f"{address}search?q=summit", f"{address}now", f"{address}developments.atom"] * 8
        assert list(readers.map(status, asked)) == [200] * len(asked)


def test_a_password_file_is_made_and_asked_for(archive_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "password"
    made = subprocess.run(
        [*COMMAND, "password", str(file)], env=ENVIRONMENT, input="correct horse\n", capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert "correct horse" not in file.read_text("utf-8")
    with serving("--archive", archive_file, "--password-file", file) as address:
        assert status(f"{address}now") == 401
        assert status(f"{address}now", Authorization="Basic ZGVzazpjb3JyZWN0IGhvcnNl") == 200


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--host", "0.0.0.0"], 2, "--password-file"),
        (["--timezone", "Mars/Olympus"], 2, "--timezone"),
        (["--archive", "none.db"], 1, "there is no such file"),
    ],
)
def test_what_cannot_be_served_is_told(archive_file: Path, arguments: list[str], code: int, said: str) -> None:
    ended = subprocess.run(
        [*COMMAND, "browse", "--archive", str(archive_file), *arguments], env=ENVIRONMENT, capture_output=True,
        text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (ended.returncode, said in ended.stderr) == (code, True)
    assert "Traceback" not in ended.stderr


def test_it_answers_under_the_name_that_the_monitor_file_gives(archive_file: Path, tmp_path: Path) -> None:
    monitor = tmp_path / "monitor.yaml"
    shipped = ROOT / "tests" / "monitors_for_tests" / "glacier-talks.yaml"
    monitor.write_text(f"{shipped.read_text('utf-8')}\nbrowse:\n  url: https://archive.example\n", "utf-8")
    with serving("--archive", archive_file, "--monitor", monitor) as address:
        assert status(f"{address}developments/2", Host="archive.example") == 200
        assert status(f"{address}developments/2", Host="other.example") == 421
