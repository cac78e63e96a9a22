"""Prefect's settings as Wirewatch wants them. Import this before Prefect: it reads its environment once, on import."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from platformdirs import user_data_path


def settle(environment: MutableMapping[str, str], *, verbose: bool) -> None:
    """Fill in what the user has not set: no telemetry, few log lines, a home of our own beside the archive's default.

    With `verbose`, Prefect's own log lines are shown.
    """
    home = Path(user_data_path("wirewatch", appauthor=False)) / "prefect"
    defaults = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)


def settle_here(*, verbose: bool) -> None:
    """`settle` for this process."""
    settle(os.environ, verbose=verbose)
