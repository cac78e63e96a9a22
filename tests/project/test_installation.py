"""What is built from the checkout carries its data, and works away from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DATA = [
    "seeds/us-korea.yaml",
    "seeds/seed-article.txt",
    "seeds/monitor.schema.json",
    "seeds/demo/stream.jsonl",
]


def call(*command: object, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    call(*pip, "--wheel-dir", folder, ROOT, folder=folder)
    (built,) = folder.glob("wirewatch-*.whl")
    return built


def test_wheel_has_the_seeds_and_the_language_packs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packs = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("monitors/developments/languages/*.toml")}
    modules = {
        path.relative_to(ROOT).as_posix() for room in ("monitors", "flows") for path in ROOT.glob(f"{room}/**/*.py")
    }
    assert packs
    assert packs | modules | set(DATA) <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/")) or name.endswith(".pyc")]


def test_installed_command_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    call(*pip, target, wheel, folder=tmp_path)
    variables = {"PYTHONPATH": str(target), "WIREWATCH_ARCHIVE": str(tmp_path / "w.db")}
    wirewatch = [sys.executable, "-m", "monitors.cli"]

    assert call(*wirewatch, "--version", folder=tmp_path, **variables).startswith("wirewatch 0.")
    checked = call(*wirewatch, "check", folder=tmp_path, **variables)
    assert str(target) in checked, "the shipped monitor is the installed one"
    call(*wirewatch, "demo", "--seconds", "0", "--archive", tmp_path / "demo.db", folder=tmp_path, **variables)
    listed = call(*wirewatch, "developments", "--json", "--archive", tmp_path / "demo.db", folder=tmp_path, **variables)
    assert listed.count("\n") >= 5
