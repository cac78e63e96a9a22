"""Prefect's settings as Wirewatch wants them. Prefect reads its environment once, when it is imported."""

from __future__ import annotations

import json
import os
from collections.abc import MutableMapping
from pathlib import Path

from platformdirs import user_data_path

from monitors.log import ASKED_FOR

PASSES_KEPT = 1000
"""Passes that Prefect remembers. With what is delivered beside them one takes about 0.2 MB of its database."""

SHORTEST_HISTORY, LONGEST_HISTORY, LONGEST_EVENTS = 3601, 7 * 86400, 86400
"""Seconds. Prefect takes nothing shorter than an hour; it may be asked about events for a day."""


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


def history_kept(interval: int) -> int:
    """For how many seconds Prefect keeps a run that ended: for PASSES_KEPT of them, but from an hour to a week."""
    return min(max(PASSES_KEPT * interval, SHORTEST_HISTORY), LONGEST_HISTORY)


def settle_schedule(environment: MutableMapping[str, str], *, monitor: str, interval: int, verbose: bool) -> None:
    """As `settle`, for a server of our own that is on for months, and for the runs that it starts.

    `interval`: seconds between passes; from it follows how long Prefect's records are kept.
    """
    kept = history_kept(interval)
    events = min(kept, LONGEST_EVENTS)
    environment.setdefault("PREFECT_HOME", str(schedule_home(monitor)))
    defaults = {
        # Slots ahead are kept few: after a night asleep they are what is late. Prefect plans for an hour by default.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT3M",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "30",
        # Prefect by itself forgets events and no runs, and its database grows until schedules stop (Prefect #16906).
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(kept),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "600",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"PT{events}S",
        # Prefect keeps these for a week, whatever is said of the others.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": json.dumps(
            {"prefect.flow-run.heartbeat": events}
        ),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    settle(environment, verbose=verbose)
    # A proxy for the world is no way to this machine.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in environment.get(name, "").split(",") if host]
        environment[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))
