"""Health: what a poll says of its feed, what those of a pass say of the network, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitors.alerts.health import tell_back, tell_ill, tell_offline, tell_recovered
from monitors.archive import health as stored
from monitors.archive.connection import Archive
from monitors.archive.records import FeedHealth, Poll
from monitors.definition.model import Feed, Monitor
from monitors.feeds.health import any_reached, is_ill, observe
from monitors.feeds.poll import PollResult


@dataclass(frozen=True, slots=True)
class HealthCounts:
    """Feeds that are ill now, those that turned ill in this pass, and those that recovered in it."""

    ill: int = 0
    newly_ill: int = 0
    recovered: int = 0

    def __add__(self, other: HealthCounts) -> HealthCounts:
        return HealthCounts(self.ill + other.ill, self.newly_ill + other.newly_ill, self.recovered + other.recovered)


def judge_feed(archive: Archive, monitor: Monitor, result: PollResult, poll: Poll, now: datetime) -> HealthCounts:
    """Judge a feed by one more poll, `poll` as it is stored, and put into the outbox what people must be told of it.

    Call it in the transaction that stores the poll: a pass that is killed afterwards has then forgotten no verdict, not
    even on a feed that has ended and is never polled again. A feed that turns ill is told of once, and once more when
    it recovers. Raises ArchiveError.
    """
    url = result.feed.url
    before = stored.load_health(archive, monitor.id, url).get(url) or FeedHealth(monitor.id, url)
    fresh = poll.entries_seen - poll.entries_known - poll.entries_revised
    score = result.state.failure_score
    after = observe(before, result.feed, poll, result.entries, fresh=fresh, score=score)
    after, counts = _tell_changes(archive, monitor, result.feed, before, after, now)
    if after != before:
        stored.save_health(archive, after)
    return counts


def judge_network(
    archive: Archive, monitor: Monitor, results: Sequence[PollResult], now: datetime, *, offline: bool
) -> None:
    """Tell once that the pass of these `results` was offline, and once when we are back. Raises ArchiveError."""
    since = stored.offline_since(archive, monitor.id)
    # Who never read a feed sees it from the summary of the pass; nothing that was heard has fallen silent.
    if offline and since is None and stored.ever_read(archive, monitor.id):
        tell_offline(archive, monitor, now)
        stored.set_offline(archive, monitor.id, now)
    elif since is not None and not offline and any_reached(results):
        tell_back(archive, monitor, since, now)
        stored.set_offline(archive, monitor.id, None)


def ill_feeds(archive: Archive, monitor: Monitor) -> int:
    """How many feeds of the monitor file are ill now. Raises ArchiveError."""
    known = stored.load_health(archive, monitor.id)
    return sum(is_ill(known[feed.url].verdict) for feed in monitor.feeds if feed.url in known)


def _tell_changes(
    archive: Archive,
    monitor: Monitor,
    feed: Feed,
    before: FeedHealth,
    after: FeedHealth,
    now: datetime,
) -> tuple[FeedHealth, HealthCounts]:
    if is_ill(after.verdict) and not before.told:
        tell_ill(archive, monitor, feed, after, now)
        return replace(after, told=True), HealthCounts(newly_ill=1)
    if before.told and not is_ill(after.verdict):
        tell_recovered(archive, monitor, feed, before, now)
        return replace(after, told=False), HealthCounts(recovered=1)
    return after, HealthCounts()
