"""How the runs of an archive stand: schedulers, the last good run of each monitor, the clock, the packages."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import InvalidRequirement, Requirement

from monitors.archive import leases, runs
from monitors.archive.connection import Archive
from monitors.archive.integrity import Finding
from monitors.archive.leases import Lease
from monitors.clock import from_iso
from monitors.ingest.turn import is_gone

SCHEDULE = "schedule "
"""How the leases of schedulers begin; the monitor's id follows."""

STALE = timedelta(days=1)
"""A monitor without a good run for so long wants an eye."""

AHEAD = timedelta(minutes=2)
"""So far the archive may be ahead of the clock: another machine that writes to it has a clock of its own."""

RUNS_LOOKED_AT = 200
"""So many runs back it is looked for one that had a question for the adjudicator."""

NAMED = ("wirewatch", "prefect", "feedparser", "requests", "sqlite-utils")


def schedulers(archive: Archive, now: datetime, gone: Callable[[str], bool] = is_gone) -> list[Finding]:
    """For each monitor that is scheduled, whether its scheduler is alive."""
    found = [_scheduler(lease, now, gone) for lease in leases.listing(archive) if lease.name.startswith(SCHEDULE)]
    return found or [Finding("good", "scheduler", "none is on; wirewatch schedule leaves one running")]


def _scheduler(lease: Lease, now: datetime, gone: Callable[[str], bool]) -> Finding:
    subject = f"scheduler of {lease.name.removeprefix(SCHEDULE)}"
    if lease.until > now and not gone(lease.owner):
        return Finding("good", subject, f"{lease.detail}, since {_minute(lease.taken)}")
    return Finding(
        "look",
        subject,
        f"ended without a word ({lease.owner}, last heard of before {_minute(lease.until)}); "
        "start wirewatch schedule again",
    )


def last_runs(archive: Archive, now: datetime) -> list[Finding]:
    """For each monitor how its last run ended, and when the last good one was. A skipped run says nothing."""
    rows = archive.rows(
        "select monitor, max(case when outcome = 'ok' then coalesce(finished, started) end) as good, "
        "max(id) as last from runs where outcome <> 'skipped' group by monitor order by monitor"
    )
    if not rows:
        return [Finding("look", "last run", "none yet; wirewatch run makes one")]
    outcomes = dict(
        archive.values(
            "select id, outcome from runs where id in (select max(id) from runs "
            "where outcome <> 'skipped' group by monitor)"
        )
    )
    return [_last_run(row["monitor"], outcomes[row["last"]], row["good"], now) for row in rows]


def _last_run(monitor: str, outcome: str, good: str | None, now: datetime) -> Finding:
    subject = f"last run of {monitor}"
    if good is None:
        return Finding("look", subject, f"{outcome}; none was good yet")
    detail = f"{outcome}; the last good one ended {_minute(from_iso(good))}"
    if now - from_iso(good) > STALE:
        return Finding("look", subject, f"{detail}, {(now - from_iso(good)).days} days ago; is anything started?")
    return Finding("good" if outcome in ("ok", "running") else "look", subject, detail)


def adjudicators(archive: Archive) -> list[Finding]:
    """For each monitor whose adjudicator had a question in one of the last runs, what became of it the last time."""
    latest: dict[str, dict[str, int]] = {}
    for run in runs.listing(archive, limit=RUNS_LOOKED_AT):
        if "adjudicator_asked" in run["counts"]:
            latest.setdefault(run["monitor"], run["counts"])
    return [_adjudicator(monitor, counts) for monitor, counts in sorted(latest.items())]


def _adjudicator(monitor: str, counts: dict[str, int]) -> Finding:
    asked, failed, unasked = (counts[f"adjudicator_{name}"] for name in ("asked", "failed", "unasked"))
    detail = f"{asked} asked when it was last needed, {counts['adjudicator_lowered']} lowered"
    if failed:
        detail += f", {failed} without an answer that counts"
    if unasked:
        detail += f", {unasked} for which there was no time"
    return Finding("look" if failed and failed == asked else "good", f"adjudicator of {monitor}", detail)


def clock(archive: Archive, now: datetime) -> Finding:
    """Whether the clock agrees with what was written: one that was set back makes feeds wait and news look old."""
    written = archive.values(
        "select max(moment) from (select max(started) as moment from runs union all select max(last_polled) from feeds "
        "union all select max(decided) from alerts)"
    )[0][0]
    if written is not None and from_iso(written) > now + AHEAD:
        return Finding(
            "look",
            "clock",
            f"it says {_minute(now)}, and the archive was written to at {_minute(from_iso(written))}: it is wrong, "
            "or was then; feeds are polled again once it has passed that",
        )
    return Finding("good", "clock", f"{_minute(now)} ({now.astimezone():%H:%M %Z} here), not behind the archive")


def versions(own: str = "wirewatch") -> Finding:
    """What is installed, and whether that is what the package `own` asks for: some newer packages fail in silence."""
    names, wrong = [], []
    for name in NAMED:
        try:
            names.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            wrong.append(f"{name} is not installed")
    wrong += _unfit(own)
    detail = ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *names])
    return Finding("look" if wrong else "good", "versions", "; ".join([detail, *wrong]))


def _unfit(own: str) -> list[str]:
    try:
        asked = [Requirement(text) for text in requires(own) or ()]
    except (PackageNotFoundError, InvalidRequirement):
        return []
    wrong = []
    for one in asked:
        if one.marker is not None and not one.marker.evaluate():
            continue
        try:
            there = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is not installed")
            continue
        if not one.specifier.contains(there, prereleases=True):
            wrong.append(f"{one.name} is {there}, and {own} needs {one.specifier}: pip install '{one}'")
    return wrong


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
