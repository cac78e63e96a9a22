"""The health flow: what `wirewatch doctor` finds, where Prefect's page and its automations can see it."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed

from flows.given import archive_of, monitor_of, run_name
from flows.standing import skipped, superseded, tell_failure
from monitors.archive.integrity import Finding
from monitors.ingest.doctor import examine


@task(name="examine", cache_policy=NO_CACHE, persist_result=False)
def examine_task(archive_file: str | None) -> list[Finding]:
    """Look at everything that the doctor looks at."""
    return examine(archive_of(archive_file))


@flow(
    name="health",
    flow_run_name=run_name,
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
    timeout_seconds=3600,
)
def health(monitor_file: str | None = None, archive_file: str | None = None) -> State[Any]:
    """Examine archive, feeds, runs, scheduler, clock and versions; the run fails when something is broken.

    Args:
        monitor_file: the monitor file, for the name of the run; without it the one that is shipped.
        archive_file: the archive; without it WIREWATCH_ARCHIVE, or the usual place.
    """
    if reason := superseded():
        return skipped(reason)
    monitor = monitor_of(monitor_file)
    findings = examine_task(archive_file)
    create_table_artifact(
        [{"state": one.state, "subject": one.subject, "detail": one.detail} for one in findings],
        key=f"wirewatch-health-{monitor.id}",
        description=f"What the doctor found for the archive of {monitor.id}",
    )
    return verdict(findings)


def verdict(findings: list[Finding]) -> State[Any]:
    """The state of a run that found this: failed when something is broken, which its message names."""
    broken = [f"{one.subject}: {one.detail}" for one in findings if one.state == "broken"]
    if broken:
        return Failed(name="Broken", message="; ".join(broken))
    look = [one.subject for one in findings if one.state == "look"]
    return Completed(message=f"nothing is broken; worth a look: {', '.join(look)}" if look else "all is well")
