"""What `doctor` looks at, and what it makes of it."""

from __future__ import annotations

from pathlib import Path

from monitors.archive.connection import Archive, Row, open_reader
from monitors.archive.feeds import list_feeds
from monitors.archive.integrity import Finding, disk
from monitors.archive.integrity import examine as examine_archive
from monitors.clock import utc_now
from monitors.errors import ArchiveError
from monitors.feeds.health import VERDICTS, is_ill
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.urls import shown
from monitors.ingest import standing

NAMED = 5
"""So many feeds of one verdict are named."""


def examine(path: Path) -> list[Finding]:
    """Look at versions and clock, the archive at `path`, its runs, and the disk it lies on. Changes nothing."""
    now = utc_now()
    findings = [standing.versions(), disk(path)]
    try:
        with open_reader(path) as archive:
            findings += [
                *examine_archive(archive, path, now),
                _feeds(archive),
                *_verdicts(archive),
                *standing.last_runs(archive, now),
                *standing.adjudicators(archive),
                *standing.schedulers(archive, now),
                standing.clock(archive, now),
            ]
    except ArchiveError as error:
        findings.append(Finding("broken", "archive", str(error)))
    return findings


def is_well(outcome: str | None) -> bool:
    """Whether the outcome of a poll needs nobody's attention."""
    return outcome in OUTCOMES and OUTCOMES[outcome].severity == "good"


def _feeds(archive: Archive) -> Finding:
    feeds = list_feeds(archive)
    failing = [feed for feed in feeds if not is_well(feed["outcome"])]
    if not feeds:
        return Finding("look", "feeds", "none was polled yet; wirewatch run does")
    detail = f"{len(feeds)} polled, {len(failing)} failed at the last poll"
    if not failing:
        return Finding("good", "feeds", detail)
    return Finding("look", "feeds", f"{detail}; wirewatch feeds lists them")


def _verdicts(archive: Archive) -> list[Finding]:
    """For each monitor how many of its feeds are ill, and of what: silent and ended ones fail no poll."""
    by_monitor: dict[str, list[Row]] = {}
    for feed in list_feeds(archive):
        by_monitor.setdefault(feed["monitor"], []).append(feed)
    return [_verdict(monitor, feeds) for monitor, feeds in by_monitor.items()]


def _verdict(monitor: str, feeds: list[Row]) -> Finding:
    ill: dict[str, list[str]] = {}
    for feed in feeds:
        if is_ill(feed["verdict"] or "healthy"):
            ill.setdefault(feed["verdict"], []).append(shown(feed["url"]))
    subject = f"feeds of {monitor}"
    if not ill:
        return Finding("good", subject, f"none of {len(feeds)} is ill")
    kinds = [f"{len(ill[name])} {name} ({_named(ill[name])})" for name in VERDICTS if name in ill]
    return Finding("look", subject, f"{sum(map(len, ill.values()))} of {len(feeds)} ill: {', '.join(kinds)}")


def _named(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
