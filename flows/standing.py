"""Whether a run has anything to do, and how one that has not, or that failed, says so."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Any

from prefect import Flow, State, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
)
from prefect.client.schemas.objects import FlowRun
from prefect.states import Completed

from monitors.alerts.message import one_line
from monitors.clock import utc_now

LATE = timedelta(seconds=30)
"""A run that starts so long after its slot asks whether a newer one is due; the others are spared the question."""


def skipped(message: str) -> State[Any]:
    """The state of a run that had nothing to do: done, and no failure, with its reason."""
    return Completed(name="Skipped", message=message)


def superseded(now: datetime | None = None) -> str | None:
    """Why this run need not do anything, or None.

    Prefect replays every slot that was missed while nothing ran, and has no setting against it (Prefect #15886). One
    run catches up for all of them, so a late run leaves it to the newest that is due.
    """
    now = now or utc_now()
    slot: datetime | None = runtime.flow_run.scheduled_start_time
    deployment = runtime.deployment.id
    if slot is None or deployment is None or now - slot < LATE:
        return None
    with get_client(sync_client=True) as client:
        newer = client.count_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
            flow_run_filter=FlowRunFilter(
                expected_start_time=FlowRunFilterExpectedStartTime.model_validate(
                    {"after_": slot + timedelta(seconds=1), "before_": now}
                )
            ),
        )
    return f"missed its time, {slot:%Y-%m-%d %H:%M} UTC, and {newer} newer were due" if newer else None


def tell_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """One line on standard error for a scheduled run that failed or crashed; others raise to who started them."""
    ended_on_purpose = "SIGTERM" in (state.message or "")
    if flow_run.deployment_id is None or ended_on_purpose:
        return
    print(one_line(f"wirewatch: {flow.name}, run {flow_run.name}: {state.message}", 400), file=sys.stderr)
