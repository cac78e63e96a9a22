"""Tells people what keeps Wirewatch itself from its work: a dead channel, passes that fail or stopped, a full disk.

Each is told of once, and once more when it is over, through the same outbox as the news. What ails a channel is told
through the others, so that no notice waits for the channel it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from monitors.alerts.health import put_health
from monitors.alerts.message import HealthMessage
from monitors.archive import runs, troubles
from monitors.archive.connection import Archive
from monitors.archive.integrity import size_text
from monitors.archive.records import Alert
from monitors.archive.troubles import CHANNEL, Failing, Trouble
from monitors.clock import from_iso
from monitors.definition.model import Monitor

PASSES, DISK = "passes", "disk"

FAILING_LONG = timedelta(hours=1)
"""A channel that has not taken a message for so long is told of, though it is still tried."""

FAILED_IN_A_ROW = 3
"""Passes; one or two that fail are made up for by the next."""

STOPPED_AFTER = timedelta(hours=1)
STOPPED_GAPS = 4
"""Passes have stopped when none ended for so long, and for so many times the usual gap between two."""

RUNS_LOOKED_AT = 20

LITTLE_DISK_BYTES = 256 * 1024**2
ENOUGH_DISK_BYTES = 2 * LITTLE_DISK_BYTES
"""More than little, so that a disk at the edge is not told of again and again."""

ADVICE = {
    "undelivered": "wirewatch alerts shows what was not delivered; see to the channel, then try it: wirewatch ring.",
    "passes-failing": "wirewatch run says what the error is; wirewatch doctor looks at the archive.",
    "passes-stopped": "See whether the scheduler still runs (wirewatch schedule, or what calls wirewatch run).",
    "disk-full": "Free some space; wirewatch doctor shows how much there is, retention.text_days drops old texts.",
}
"""What a person can do, for each verdict."""


@dataclass(frozen=True, slots=True)
class Change:
    """A trouble that began or ended, with what people are told of it; `message` None: nothing needs saying."""

    trouble: Trouble
    message: HealthMessage | None = None


def tell_troubles(archive: Archive, monitor: Monitor, free: int, now: datetime) -> list[Alert]:
    """Put what began or ended since the last look into the outbox; `free` is the room on the disk in bytes.

    One transaction. Raises ArchiveError.
    """
    known = troubles.load(archive, monitor.id)
    changes = [
        *_channels(archive, monitor, known, now),
        *passes(monitor, runs.listing(archive, monitor.id, limit=RUNS_LOOKED_AT), known.get(PASSES), now),
        *disk(monitor, free, known.get(DISK), now),
    ]
    told = []
    if changes:
        with archive.writing(full=True):
            for change in changes:
                troubles.save(archive, change.trouble)
                if change.message is not None:
                    subject = change.trouble.subject
                    ailing = subject.removeprefix(CHANNEL) if subject.startswith(CHANNEL) else None
                    told.append(put_health(archive, monitor, change.message, subject, now, ailing=ailing))
    return told


def _channels(archive: Archive, monitor: Monitor, known: Mapping[str, Trouble], now: datetime) -> Iterator[Change]:
    for failing in troubles.failing(archive, monitor.id, FAILING_LONG):
        before = known.get(f"{CHANNEL}{failing.channel}")
        if before is None or before.until is not None:
            yield began(monitor, failing, now)
    named = {channel.id for channel in monitor.channels}
    for subject, trouble in known.items():
        if not subject.startswith(CHANNEL) or trouble.until is not None:
            continue
        channel = subject.removeprefix(CHANNEL)
        failed, taken = troubles.latest(archive, monitor.id, channel)
        if channel not in named and failed is None:
            yield Change(replace(trouble, until=now, seen=now))
        elif taken is not None and taken > trouble.since and (failed is None or failed <= taken):
            lost = troubles.died_since(archive, monitor.id, channel, trouble.since)
            yield recovered(monitor, trouble, lost, taken, now)


def began(monitor: Monitor, failing: Failing, now: datetime) -> Change:
    """What is told of a channel that does not take its messages. One that took others since has no trouble left."""
    over = failing.taken is not None and failing.taken >= failing.last
    trouble = Trouble(
        monitor=monitor.id,
        subject=f"{CHANNEL}{failing.channel}",
        verdict="undelivered",
        since=failing.since,
        seen=now,
        until=now if over else None,
    )
    counts = [
        f"{count} message{'' if count == 1 else 's'} {what}"
        for count, what in ((failing.dead, "given up"), (failing.waiting, "tried in vain for over an hour"))
        if count
    ]
    why = failing.detail.removeprefix(f"channel {failing.channel}: ")
    detail = f"{', '.join(counts)}: {why}" + ("; it has taken others since" if over else "")
    return Change(trouble, _message(monitor, trouble, f"Channel {failing.channel}", detail))


def recovered(monitor: Monitor, trouble: Trouble, lost: int, taken: datetime, now: datetime) -> Change:
    """What is told of a channel that takes its messages again, of which `lost` were given up meanwhile."""
    over = replace(trouble, until=now, seen=now)
    title = f"Channel {trouble.subject.removeprefix(CHANNEL)}"
    return Change(over, _message(monitor, over, title, f"{lost} given up meanwhile" if lost else "", until=taken))


def passes(
    monitor: Monitor, newest_first: Sequence[Mapping[str, Any]], before: Trouble | None, now: datetime
) -> Iterator[Change]:
    """Whether passes fail one after the other, or none has ended for long. `newest_first` are rows of runs."""
    done = [run for run in newest_first if run["outcome"] not in ("running", "skipped")]
    if not done:
        return
    failed = next((n for n, run in enumerate(done) if run["outcome"] in ("ok", "offline")), len(done))
    ended = from_iso(done[0]["finished"] or done[0]["started"])
    lasting = before is not None and before.until is None
    if lasting:
        assert before is not None
        # What stopped goes on when a pass ends; what failed is over when one ends well.
        if failed == 0 and ended >= before.seen:
            over = replace(before, until=now, seen=now)
            yield Change(over, _message(monitor, over, monitor.title, until=ended))
    elif failed >= FAILED_IN_A_ROW:
        trouble = Trouble(monitor.id, PASSES, "passes-failing", from_iso(done[failed - 1]["started"]), now)
        more = " or more" if failed >= RUNS_LOOKED_AT else ""
        yield Change(trouble, _message(monitor, trouble, monitor.title, f"{failed}{more} passes failed in a row"))
    elif now - ended > _longest_gap(done) and not _under_way(newest_first, now):
        trouble = Trouble(monitor.id, PASSES, "passes-stopped", ended, now)
        detail = f"no pass has ended since {ended:%Y-%m-%d %H:%M} UTC, so nothing new is found"
        yield Change(trouble, _message(monitor, trouble, monitor.title, detail))


def _longest_gap(done: Sequence[Mapping[str, Any]]) -> timedelta:
    started = [from_iso(run["started"]) for run in done]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(started)]
    return max(STOPPED_AFTER, timedelta(seconds=STOPPED_GAPS * median(gaps))) if gaps else timedelta.max


def _under_way(newest_first: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    return any(run["outcome"] == "running" and now - from_iso(run["started"]) < STOPPED_AFTER for run in newest_first)


def disk(monitor: Monitor, free: int, before: Trouble | None, now: datetime) -> Iterator[Change]:
    """Whether the disk that the archive lies on fills up, told while there is still room to tell it."""
    lasting = before is not None and before.until is None
    if not lasting and free < LITTLE_DISK_BYTES:
        trouble = Trouble(monitor.id, DISK, "disk-full", now, now)
        detail = f"{size_text(free)} free where the archive lies; without room nothing is stored and nobody is told"
        yield Change(trouble, _message(monitor, trouble, monitor.title, detail))
    elif lasting and free >= ENOUGH_DISK_BYTES:
        assert before is not None
        over = replace(before, until=now, seen=now)
        yield Change(over, _message(monitor, over, monitor.title, f"{size_text(free)} free", until=now))


def _message(
    monitor: Monitor, trouble: Trouble, title: str, detail: str = "", *, until: datetime | None = None
) -> HealthMessage:
    return HealthMessage(
        monitor=monitor.id,
        event="ill" if until is None else "recovered",
        title=title,
        verdict=trouble.verdict,
        since=trouble.since,
        until=until,
        detail=detail,
        advice=ADVICE[trouble.verdict] if until is None else "",
        reason="Wirewatch is kept from its work" if until is None else "Wirewatch works again",
    )
