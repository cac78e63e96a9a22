"""The command as a whole: fast help, clear errors, exit statuses, no traceback."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_help_costs_little_more_than_importing_typer() -> None:
    def seconds(*arguments: str) -> float:
        best = 60.0
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True, timeout=60)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds("-m", "monitors.cli", "--help") < 2.5 * seconds("-c", "import typer")


def test_help_loads_nothing_heavy() -> None:
    probe = "import sys, monitors.cli; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    heavy = {"prefect", "pydantic", "sqlite_utils", "sqlite3", "feedparser", "requests", "yaml", "rich", "platformdirs"}
    assert not heavy & set(loaded)


def test_every_command_has_help(wirewatch) -> None:
    shown = wirewatch("--help").stdout
    names = [line.split()[0] for line in shown.split("Commands:")[1].splitlines() if line.startswith("  ")]
    commands = [name for name in names if name.isalpha() and name.islower()]
    assert {"situations", "developments", "alerts", "search", "feeds", "runs", "check", "doctor"} <= set(commands)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frobnicate"], "frobnicate"),
        (["situations", "--frobnicate"], "--frobnicate"),
        (["developments", "--limit", "none"], "--limit"),
        (["developments", "--limit", "0"], "--limit"),
        (["search"], "QUERY"),
        (["search", "--", "-only", "-minus"], "names no word"),
        (["developments", "--since", "yesterday"], "expected a day"),
    ],
)
def test_wrong_use_ends_with_2_and_a_line_that_names_it(wirewatch, filled, arguments: list[str], named: str) -> None:
    done = wirewatch(*arguments, WIREWATCH_ARCHIVE=str(filled))
    assert (done.returncode, done.stdout) == (2, "")
    assert named.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_version_is_told(wirewatch) -> None:
    done = wirewatch("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("wirewatch ")


def test_missing_archive_is_named(wirewatch, tmp_path: Path) -> None:
    done = wirewatch("situations", "--archive", tmp_path / "gone.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("wirewatch: ")
    assert "gone.db" in done.stderr


def test_file_that_is_no_archive_is_named(wirewatch, tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("not a database, but long enough to be looked at " * 50, encoding="utf-8")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("create table other (x)")
    for path in (text, other):
        done = wirewatch("developments", "--archive", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert path.name in done.stderr
        assert "Traceback" not in done.stderr


def test_damaged_archive_is_a_line_and_not_a_traceback(wirewatch, filled: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    content = bytearray(filled.read_bytes())
    content[200:] = os.urandom(len(content) - 200)
    damaged.write_bytes(bytes(content))
    done = wirewatch("developments", "--archive", damaged)
    assert done.returncode == 1
    assert "damaged.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_has_enough_is_no_noise(filled: Path) -> None:
    script = f'"{sys.executable}" -m monitors.cli developments --archive "{filled}" --json | head -c 1 > /dev/null'
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_closed_stdout_is_no_traceback(filled: Path) -> None:
    script = f'"{sys.executable}" -m monitors.cli runs --archive "{filled}" >&-'
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_behind_stdout_is_a_line(filled: Path) -> None:
    script = f'"{sys.executable}" -m monitors.cli runs --archive "{filled}" > /dev/full'
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "space" in done.stderr.lower()
