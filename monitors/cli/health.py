"""What `doctor` looks at, and what it makes of it."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from monitors.archive import runs
from monitors.archive.connection import Archive, open_reader
from monitors.archive.feeds import list_feeds
from monitors.errors import ArchiveError
from monitors.feeds.outcomes import OUTCOMES

LOW_DISK_BYTES = 1024**3
NO_DISK_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. "look" wants a person's eye, "broken" means that the monitor cannot do its work."""

    state: Literal["good", "look", "broken"]
    subject: str
    detail: str


def examine(path: Path) -> list[Finding]:
    """Look at the versions, the archive at `path`, and the disk it lies on. Changes nothing."""
    findings = [_versions(), _disk(path)]
    try:
        with open_reader(path) as archive:
            findings += [_opened(path), _integrity(archive), _outbox(archive), _feeds(archive), _last_run(archive)]
    except ArchiveError as error:
        findings.append(Finding("broken", "archive", str(error)))
    return findings


def is_well(outcome: str | None) -> bool:
    """Whether the outcome of a poll needs nobody's attention."""
    return outcome in OUTCOMES and OUTCOMES[outcome].severity == "good"


def _versions() -> Finding:
    names = []
    missing = []
    for package in ("wirewatch", "prefect", "feedparser", "requests", "sqlite-utils"):
        try:
            names.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    detail = ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *names])
    if missing:
        return Finding("look", "versions", f"{detail}; not installed: {', '.join(missing)}")
    return Finding("good", "versions", detail)


def _disk(path: Path) -> Finding:
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), Path.cwd())
    free = shutil.disk_usage(folder).free
    detail = f"{_size(free)} free at {folder}"
    if free < NO_DISK_BYTES:
        return Finding("broken", "disk", f"{detail}: too little to store a pass")
    return Finding("look" if free < LOW_DISK_BYTES else "good", "disk", detail)


def _opened(path: Path) -> Finding:
    size = sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists())
    return Finding("good", "archive", f"{path}, {_size(size)}")


def _integrity(archive: Archive) -> Finding:
    faults = [str(row[0]) for row in archive.values("pragma integrity_check(5)") if row[0] != "ok"]
    faults += [
        f"{row[0]} row {row[1]} refers to a missing {row[2]}" for row in archive.values("pragma foreign_key_check")
    ]
    if faults:
        return Finding("broken", "integrity", "; ".join(faults[:5]) + "; restore a backup")
    return Finding("good", "integrity", "every page and reference is sound")


def _outbox(archive: Archive) -> Finding:
    states = dict(archive.values("select state, count(*) from deliveries group by state"))
    detail = ", ".join(f"{states.get(state, 0)} {state}" for state in ("pending", "sent", "dead"))
    if states.get("dead"):
        return Finding("look", "outbox", f"{detail}; wirewatch alerts says why")
    tried = archive.values("select count(*) from deliveries where state = 'pending' and attempts > 0")[0][0]
    if tried:
        return Finding("look", "outbox", f"{detail}; {tried} failed so far and will be tried again")
    return Finding("good", "outbox", detail)


def _feeds(archive: Archive) -> Finding:
    feeds = list_feeds(archive)
    failing = [feed for feed in feeds if not is_well(feed["outcome"])]
    if not feeds:
        return Finding("look", "feeds", "none was polled yet; wirewatch run does")
    detail = f"{len(feeds)} polled, {len(failing)} failed at the last poll"
    if not failing:
        return Finding("good", "feeds", detail)
    return Finding("look", "feeds", f"{detail}; wirewatch feeds lists them")


def _last_run(archive: Archive) -> Finding:
    last = runs.listing(archive, limit=1)
    if not last:
        return Finding("look", "last run", "none yet; wirewatch run makes one")
    run = last[0]
    when = (run["finished"] or run["started"])[:16].replace("T", " ")
    state: Literal["good", "look"] = "good" if run["outcome"] == "ok" else "look"
    return Finding(state, "last run", f"{run['outcome']}, {when} UTC")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
