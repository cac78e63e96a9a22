"""Deployments served by this process: Prefect's runner in a thread, each run in a process of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import multiprocessing
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.states import Crashed

from flows.deliver import deliver
from flows.digest import digest
from flows.health import health
from flows.ingest import ingest
from flows.maintain import maintain
from flows.replay import replay
from monitors.clock import utc_now
from monitors.definition.model import Monitor

LOOKS_EVERY, LOOKS_AHEAD = 5.0, 12.0
"""Seconds between two looks for runs, and how far ahead: a process needs some seconds to be ready at its time."""

AT_ONCE = 4
"""Runs at once: a pass, a delivery, the maintenance, and one more."""

DELIVERS_EVERY, EXAMINES_EVERY = 60, 6 * 3600
ANCHOR = datetime(2020, 1, 1, tzinfo=UTC)
"""Slots are counted from here, so that a restart does not move them."""

MAINTAINS_AT = "15 3 * * *"

RUNS_END_WITHIN, RUNNER_ENDS_WITHIN, LAST_WORDS = 15.0, 15.0, 5.0
"""Seconds for the runs under way to end, all together; then for Prefect's runner; then for what is left of either."""

MISSED_AFTER = timedelta(seconds=2)
NOT_READY_AFTER, STUCK_AFTER = timedelta(seconds=20), timedelta(minutes=5)
"""A run whose process is not ready so long after its slot says that the machine is too busy; later on, nothing more."""

PAGE = 200


@dataclass(frozen=True, slots=True)
class Served:
    """A flow that is served: when it runs, None for on demand, and both in words."""

    flow: Flow[..., Any]
    when: IntervalSchedule | CronSchedule | None
    time: str
    does: str


def served(monitor: Monitor, interval: int) -> list[Served]:
    """What is served for a monitor whose passes are `interval` seconds apart; the first begins with the server."""
    policy = monitor.policy
    digests: tuple[CronSchedule | None, str] = (None, "never (the monitor has no policy.digest)")
    if policy.digest:
        hour, _, minute = policy.digest.at.partition(":")
        digests = (
            CronSchedule(cron=f"{int(minute)} {int(hour)} * * *", timezone=policy.timezone),
            f"every day at {policy.digest.at} {policy.timezone}",
        )
    return [
        Served(ingest, _every(interval), f"now, then every {interval} s", "feeds, developments, alerts"),
        Served(deliver, _every(DELIVERS_EVERY), f"every {DELIVERS_EVERY} s", "what still waits in the outbox"),
        Served(digest, *digests, "what happened, what did not, what lies ahead"),
        Served(health, _every(EXAMINES_EVERY), "every six hours", "what wirewatch doctor looks at"),
        Served(
            maintain,
            CronSchedule(cron=MAINTAINS_AT, timezone="UTC"),
            "every day at 03:15 UTC",
            "backup, texts that are kept no longer, Prefect's history",
        ),
        Served(replay, None, "on demand, from Prefect's page", "what another monitor file would have raised"),
    ]


class Serving:
    """Serves the flows of one monitor on the server that PREFECT_API_URL names."""

    def __init__(self, monitor: Monitor, file: Path, archive: Path, interval: int) -> None:
        """`file` is the monitor's."""
        self._parameters = {"monitor_file": str(file), "archive_file": str(archive)}
        self._served = served(monitor, interval)
        # No limits of Prefect's: it counts a run from ten seconds before its time, and a run that is killed keeps its
        # place. The lease in the archive holds passes apart, and deliveries have leases of their own.
        self._runner = Runner(
            name="wirewatch",
            query_seconds=LOOKS_EVERY,
            prefetch_seconds=LOOKS_AHEAD,
            pause_on_shutdown=False,
            limit=AT_ONCE,
        )
        self._thread = Thread(target=self._run, name="serves deployments", daemon=True)
        self._fault: BaseException | None = None

    def start(self) -> None:
        """Forget what an earlier process left, set the deployments up, and begin with a pass at once."""
        with get_client(sync_client=True) as client:
            for run in _planned(client):
                _forget(client, run)
            for run in _runs(client, [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING, StateType.PAUSED]):
                client.set_flow_run_state(run.id, Crashed(message="its scheduler ended without a word"), force=True)
            deployed = [self._deploy(one) for one in self._served]
            client.create_flow_run_from_deployment(deployed[0])
        self._thread.start()

    def lines(self) -> list[str]:
        """What runs when, for the person who started it."""
        return [f"{one.flow.name:<9} {one.time}: {one.does}" for one in self._served]

    def fault(self) -> str | None:
        """Why nothing is served any longer; None while all is well."""
        return None if self._thread.is_alive() else f"Prefect's runner ended ({self._fault})"

    def forget_missed(self) -> None:
        """Of the slots that have passed, leave each deployment the newest: one run catches up for all.

        After a night asleep, or while the machine is too busy, Prefect would replay every one. Where a run is not ready
        long after its slot, those that are due do not even start: processes that start together make each other late.
        """
        now = utc_now()
        missed: dict[UUID | None, list[FlowRun]] = {}
        try:
            with get_client(sync_client=True) as client:
                late = {
                    run.deployment_id
                    for run in _runs(client, [StateType.PENDING], before=now - NOT_READY_AFTER)
                    if _slot(run) > now - STUCK_AFTER
                }
                for run in _planned(client, before=now + timedelta(seconds=LOOKS_AHEAD)):
                    if run.deployment_id in late:
                        _forget(client, run)
                    elif _slot(run) < now - MISSED_AFTER:
                        missed.setdefault(run.deployment_id, []).append(run)
                for runs in missed.values():
                    for run in sorted(runs, key=_slot)[:-1]:
                        _forget(client, run)
        except httpx.HTTPError:
            return  # the server is busy; there is another look soon

    def stop(self) -> None:
        """End the runs under way; each marks its own end. Serving ends with them, within a minute at the worst."""
        if self._thread.is_alive():
            if poller := getattr(self._runner, "_scheduled_run_poller", None):
                poller.stopping = True  # `astop` does so too, and then waits for one run after the other
            _end_processes(RUNS_END_WITHIN)
            stopped: concurrent.futures.Future[Any] = self._runner.execute_in_background(self._runner.astop)
            concurrent.futures.wait([stopped], timeout=RUNNER_ENDS_WITHIN)
            self._thread.join(LAST_WORDS)
        self.abandon()

    def abandon(self) -> None:
        """End what still runs, without the server: it may be dead, or a run was on its way to its start.

        Python does not exit while one of them lives, and each would ask a dead server again for minutes.
        """
        for process in _end_processes(LAST_WORDS):
            process.kill()

    def _deploy(self, one: Served) -> UUID:
        added: UUID = asyncio.run(
            self._runner.aadd_flow(
                one.flow,
                name="wirewatch",
                schedules=[one.when] if one.when else [],
                parameters=self._parameters,
                description=f"{one.does[0].upper()}{one.does[1:]}.",
                tags=["wirewatch", one.flow.name],
            )
        )
        return added

    def _run(self) -> None:
        # Ctrl-C at a terminal goes to every process of the group. Runs inherit from here that they do not hear it:
        # `stop` ends them, in order. Starting its tracker, multiprocessing unblocks the signal, so that comes first.
        resource_tracker.ensure_running()
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            asyncio.run(self._runner.start())
        except BaseException as error:  # told by `fault`, in the thread that waits
            self._fault = error


def _end_processes(within: float) -> list[BaseProcess]:
    """Tell all runs to end at once, Prefect would give each half a minute; those that are still there after that."""
    running: list[BaseProcess] = list(multiprocessing.active_children())
    for process in running:
        process.terminate()
    deadline = time.monotonic() + within
    while running and (left := deadline - time.monotonic()) > 0:
        # Waits and does not ask for their exit status, which is Prefect's to take.
        ended = wait([process.sentinel for process in running], left)
        running = [process for process in running if process.sentinel not in ended]
    return running


def _every(seconds: int) -> IntervalSchedule:
    return IntervalSchedule(interval=timedelta(seconds=seconds), anchor_date=ANCHOR)


def _slot(run: FlowRun) -> datetime:
    return run.expected_start_time or ANCHOR


def _runs(client: Any, types: Sequence[StateType], before: datetime | None = None) -> list[FlowRun]:
    wanted = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))),
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": before}) if before else None,
    )
    out: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=len(out)):
        out += page
    return out


def _planned(client: Any, before: datetime | None = None) -> list[FlowRun]:
    """Slots that no process has taken yet; what a person or an event asked for is none."""
    return [run for run in _runs(client, [StateType.SCHEDULED], before) if run.auto_scheduled]


def _forget(client: Any, run: FlowRun) -> None:
    try:
        client.delete_flow_run(run.id)
    except ObjectNotFound:
        return
