"""Whether a run has anything to do, and how one that has not, or that failed, says so."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect import Flow, State, runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterId,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Completed

from monitors.alerts.message import one_line
from monitors.clock import utc_now
from monitors.log import tell

LATE = timedelta(seconds=30)
"""A run that starts so long after its slot asks whether another has caught up; the others are spared the question."""

SKIPPED = "Skipped"


def skipped(message: str) -> State[Any]:
    """The state of a run that had nothing to do: done, and no failure, with its reason."""
    return Completed(name=SKIPPED, message=message)


def superseded(now: datetime | None = None) -> str | None:
    """Why this run need not do anything, or None.

    Prefect replays every slot that was missed while nothing ran, and has no setting against it (Prefect #15886). One
    run catches up for all of them: a late one leaves it to whoever began after its slot.
    """
    now = now or utc_now()
    slot: datetime | None = runtime.flow_run.scheduled_start_time
    deployment, own = runtime.deployment.id, runtime.flow_run.id
    if slot is None or deployment is None or own is None or now - slot < LATE:
        return None
    with get_client(sync_client=True) as client:
        if not caught_up(client, UUID(str(deployment)), UUID(str(own)), slot):
            return None
    return f"missed its time, {slot:%Y-%m-%d %H:%M} UTC, and another run has caught up since"


def caught_up(client: SyncPrefectClient, deployment: UUID, own: UUID, slot: datetime) -> bool:
    """Whether another run of the deployment that began after `slot` has done the work, or is doing it for a newer slot.

    A newer slot that is merely due does not count: on a machine that is always late, each run would leave it to the
    next, and nothing would ever be done. Of two that run at once the one for the newer slot does the work.
    """
    began = FlowRunFilterStartTime.model_validate({"after_": slot})
    others = FlowRunFilterId(not_any_=[own])
    of_it = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    done = FlowRunFilterState(
        type=FlowRunFilterStateType(any_=[StateType.COMPLETED]), name=FlowRunFilterStateName(not_any_=[SKIPPED])
    )
    under_way = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING]))
    newer = FlowRunFilterExpectedStartTime.model_validate({"after_": slot + timedelta(seconds=1)})
    return any(
        client.count_flow_runs(deployment_filter=of_it, flow_run_filter=wanted) > 0
        for wanted in (
            FlowRunFilter(id=others, start_time=began, state=done),
            FlowRunFilter(id=others, start_time=began, state=under_way, expected_start_time=newer),
        )
    )


def tell_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """One line on standard error for a scheduled run that failed or crashed; others raise to who started them."""
    ended_on_purpose = any(words in (state.message or "") for words in ("SIGTERM", "termination signal"))
    if flow_run.deployment_id is None or ended_on_purpose:
        return
    said = one_line(f"wirewatch: {flow.name}, run {flow_run.name}: {state.message}", 400)
    facts = {"flow": flow.name, "run": flow_run.name, "state": state.name}
    tell(said, facts, level=logging.ERROR, plain=sys.stderr)
