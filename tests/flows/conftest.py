"""Prefect with a home and a database of its own. Tests import flows inside themselves: the settings come first."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.settings import settle

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's files go to a folder of the tests, never to the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        settled: dict[str, str] = dict(os.environ)
        settle(settled, verbose=False)
        for name in settled.keys() - os.environ.keys():
            patch.setenv(name, settled[name])
        yield


@pytest.fixture(scope="session")
def server(prefect_home: None) -> Iterator[None]:
    """A temporary Prefect server; it takes some ten seconds to start, so tests that use it share an xdist group."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=100):
        yield
