"""Health: what the polls of a pass say of the feeds and of the network, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitors.alerts.health import tell_back, tell_ill, tell_offline, tell_recovered
from monitors.archive import health as stored
from monitors.archive.connection import Archive
from monitors.archive.records import FeedHealth
from monitors.definition.model import Feed, Monitor
from monitors.feeds.health import any_reached, is_ill, observe
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.poll import PollResult


@dataclass(frozen=True, slots=True)
class HealthCounts:
    """Feeds that are ill now, those that turned ill in this pass, and those that recovered in it."""

    ill: int = 0
    newly_ill: int = 0
    recovered: int = 0


def watch_health(
    archive: Archive, monitor: Monitor, results: Sequence[PollResult], now: datetime, *, offline: bool
) -> HealthCounts:
    """Judge the feeds that were polled, and put into the outbox what people must be told, in one transaction.

    Each feed that turns ill is told of once, and once more when it recovers. When the pass was `offline`, one notice
    says so, no feed is blamed for what failed on the way, and one says when we are back. `results` are those of the
    whole pass, whose polls are stored already. Raises ArchiveError.
    """
    counts = HealthCounts()
    with archive.writing(full=True):
        _watch_network(archive, monitor, results, now, offline=offline)
        known = stored.load_health(archive, monitor.id)
        fresh = stored.fresh_entries(archive, monitor.id)
        for result in results:
            if offline and OUTCOMES[result.poll.outcome].network:
                continue
            url = result.feed.url
            before = known.get(url) or FeedHealth(monitor.id, url)
            after = observe(
                before,
                result.feed,
                result.poll,
                result.entries,
                fresh=fresh.get(url, 0),
                score=result.state.failure_score,
            )
            after, counts = _tell_changes(archive, monitor, result.feed, before, after, counts, now)
            if after != before:
                stored.save_health(archive, after)
                known[url] = after
        named = {feed.url for feed in monitor.feeds}
        return replace(counts, ill=sum(is_ill(h.verdict) for url, h in known.items() if url in named))


def _tell_changes(
    archive: Archive,
    monitor: Monitor,
    feed: Feed,
    before: FeedHealth,
    after: FeedHealth,
    counts: HealthCounts,
    now: datetime,
) -> tuple[FeedHealth, HealthCounts]:
    if is_ill(after.verdict) and not before.told:
        tell_ill(archive, monitor, feed, after, now)
        return replace(after, told=True), replace(counts, newly_ill=counts.newly_ill + 1)
    if before.told and not is_ill(after.verdict):
        tell_recovered(archive, monitor, feed, before, now)
        return replace(after, told=False), replace(counts, recovered=counts.recovered + 1)
    return after, counts


def _watch_network(
    archive: Archive, monitor: Monitor, results: Sequence[PollResult], now: datetime, *, offline: bool
) -> None:
    since = stored.offline_since(archive, monitor.id)
    # Who never read a feed sees it from the summary of the pass; nothing that was heard has fallen silent.
    if offline and since is None and stored.ever_read(archive, monitor.id):
        tell_offline(archive, monitor, now)
        stored.set_offline(archive, monitor.id, now)
    elif since is not None and not offline and any_reached(results):
        tell_back(archive, monitor, since, now)
        stored.set_offline(archive, monitor.id, None)
