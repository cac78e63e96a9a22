"""Prefect's settings as Wirewatch wants them. Prefect reads its environment once, when it is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from platformdirs import user_data_path

from monitors.log import ASKED_FOR


def prefect_home() -> Path:
    """Where Prefect keeps its own database: beside our data, and never in the archive."""
    return user_data_path("wirewatch", appauthor=False) / "prefect"


def settle(environment: MutableMapping[str, str], *, verbose: bool) -> None:
    """Fill in what the user has not set: a home of our own, no telemetry, and few log lines unless `verbose`."""
    defaults = {
        "PREFECT_HOME": str(prefect_home()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Prefect logs an exception of a flow with its traceback, as an error; the command tells it in a line.
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "ERROR" if verbose else "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING" if verbose else "CRITICAL",
        # Alerts and failures are in the archive; sending log lines to the server costs a second and says nothing more.
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        # The first start makes the server's database, which is slow on a small machine.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    }
    if environment.get(ASKED_FOR) == "json":
        defaults |= {"PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json", "PREFECT_LOGGING_COLORS": "false"}
    for name, value in defaults.items():
        environment.setdefault(name, value)


def settle_here(*, verbose: bool) -> None:
    """`settle` for this process, and make the home: the temporary server fails without it. Raises OSError."""
    settle(os.environ, verbose=verbose)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)


def schedule_home(monitor: str) -> Path:
    """Where `wirewatch schedule` keeps Prefect's database for a monitor, unless PREFECT_HOME says otherwise."""
    return prefect_home().parent / "schedule" / monitor


def settle_schedule(environment: MutableMapping[str, str], *, monitor: str, verbose: bool) -> None:
    """As `settle`, for a server of our own that is on for months, and for the runs that it starts."""
    environment.setdefault("PREFECT_HOME", str(schedule_home(monitor)))
    defaults = {
        # Slots ahead are kept few: after a night asleep they are what is late. Prefect plans for an hour by default.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT3M",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "30",
        # Prefect by itself forgets events and no runs, and its database grows until schedules stop (Prefect #16906).
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "604800",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    settle(environment, verbose=verbose)
    # A proxy for the world is no way to this machine.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in environment.get(name, "").split(",") if host]
        environment[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))
