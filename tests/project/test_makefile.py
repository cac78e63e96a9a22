"""`make` on its own: it explains itself, and says what is wrong with a Python that is too old."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "-f", str(ROOT / "Makefile"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_what_it_can_do() -> None:
    done = make()
    assert done.returncode == 0
    assert "make run" in done.stdout
    assert "make test" in done.stdout


def test_an_old_python_is_named(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo "Python 3.8.1"; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    done = make("run", f"PYTHON={old}", folder=tmp_path)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.8.1" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_lock_names_versions_and_no_place() -> None:
    lines = (ROOT / "requirements-dev.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if "==" not in line or "://" in line or line.startswith("-")] == []
