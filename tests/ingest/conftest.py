"""A newsroom for the tests: feeds on loopback, a monitor that polls them, and an archive."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from newsroom import Newsroom

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor
from monitors.developments.engine import Engine


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """Three feeds that publish nothing yet, and an archive that does not exist yet."""
    with Newsroom(tmp_path / "wirewatch.db") as room:
        yield room


@pytest.fixture(scope="session")
def shipped() -> Monitor:
    """The monitor that comes with Wirewatch."""
    return load_monitor(shipped_monitor_path())


@pytest.fixture(scope="session")
def shipped_engine(shipped: Monitor) -> Engine:
    """Its words, compiled once for all tests."""
    return Engine(shipped)
