"""The steps of a pass. Each opens the archive for itself and takes and returns plain values.

So the same steps serve a plain pass, one after the other, and a scheduler that runs each as a task of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from monitors.alerts.channels.registry import open_channels
from monitors.alerts.deliver import DeliverySummary, deliver_due
from monitors.alerts.digesting import send_due
from monitors.alerts.ping import ping
from monitors.alerts.release import release
from monitors.alerts.troubles import tell_troubles
from monitors.archive import developments as stored_developments
from monitors.archive import feeds as stored_feeds
from monitors.archive import runs
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.records import FeedState
from monitors.articles.grouping import forget_old_postings
from monitors.clock import Clock
from monitors.definition.model import Feed, Monitor
from monitors.developments.engine import Engine
from monitors.errors import PassUnderWay
from monitors.feeds import schedule
from monitors.feeds.health import offline
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.poll import PollResult, awaits_verdict, judged, poll_feeds
from monitors.ingest.adjudicator import Asking
from monitors.ingest.detect import Detected, Reader, detect_waiting
from monitors.ingest.health import HealthCounts, ill_feeds, judge_feed, judge_network
from monitors.ingest.progress import Progress, silent
from monitors.ingest.publish import publish
from monitors.ingest.publishers import families_by_publisher
from monitors.ingest.read_pages import PagesRead, expect_pages, read_due_pages
from monitors.ingest.seed import store_seeds
from monitors.ingest.store import Stored, store_poll
from monitors.ingest.summary import PassSummary
from monitors.ingest.turn import Turn, end_turn, take_turn

BATCH_FEEDS = 50
"""So many feeds are polled in one batch: large enough to be cheap as a task, small enough to be stored in between."""

TRANSACTION_ENTRIES, TRANSACTION_FEEDS = 200, 50
"""A transaction of storing is full with so many entries (about a quarter of a second) or so many feeds."""

OLD_POSTINGS = 2000
"""Articles that leave the lookup of copies after one pass at most: some two seconds, and only after a long pause."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pass that has begun: its run, the feeds that are to be polled and what is remembered of them."""

    run_id: int
    started: datetime
    first_run: bool
    feeds: tuple[Feed, ...]
    states: Mapping[str, FeedState] = field(default_factory=dict)
    seeds_new: int = 0
    turn: Turn | None = None


def prepare(monitor: Monitor, archive_path: Path | str, clock: Clock, *, due_only: bool = False) -> Prepared:
    """Store the seed articles, open the run and choose the feeds; with `due_only`, those whose time has come.

    Earlier runs that never ended are marked as interrupted.

    A feed that has ended (status 410) is never chosen. The monitor's turn is taken until `conclude` or
    `record_failure`; when another pass has it, that is recorded as a skipped run, and PassUnderWay is raised.
    Raises ArchiveError and MonitorFileError.
    """
    now = clock()
    with open_archive(archive_path) as archive:
        try:
            turn = take_turn(archive, archive_path, monitor.id, clock)
        except PassUnderWay:
            runs.finish(archive, runs.start(archive, monitor.id, now).id, now, "skipped", {})
            raise
        try:
            return _prepared(archive, monitor, now, turn, due_only=due_only)
        except BaseException:
            end_turn(archive, turn)
            raise


def _prepared(archive: Archive, monitor: Monitor, now: datetime, turn: Turn, *, due_only: bool) -> Prepared:
    first_run = not runs.listing(archive, monitor.id, limit=1)
    seeds_new = store_seeds(archive, monitor, now)  # before the run, so that a faulty seed leaves none open
    _close_interrupted(archive, monitor.id, now)
    run = runs.start(archive, monitor.id, now)
    urls = [feed.url for feed in monitor.feeds]
    stored_feeds.adopt_moved(archive, monitor.id, urls)
    states = stored_feeds.load_states(archive, monitor.id, urls)
    alive = [feed for feed in monitor.feeds if not schedule.ended(states[feed.url], now)]
    chosen = schedule.due(alive, states, now) if due_only else alive
    return Prepared(run.id, now, first_run, tuple(chosen), states, seeds_new, turn)


def _close_interrupted(archive: Archive, monitor: str, now: datetime) -> None:
    """A process that was killed could not say how its run ended, so the next run says it."""
    for run in runs.listing(archive, monitor):
        if run["outcome"] == "running":
            runs.finish(archive, run["id"], now, "interrupted", run["counts"])


def held_open(archive_path: Path | str) -> Archive:
    """The archive, only to be kept open while batches are stored. Raises ArchiveError.

    SQLite folds its log into the file whenever the last connection closes, and waits for the disk twice.
    """
    return open_reader(archive_path)


def batches(feeds: Sequence[Feed], size: int = BATCH_FEEDS) -> list[tuple[Feed, ...]]:
    """The feeds in batches of about `size`; feeds of one host stay together, so that its manners hold."""
    by_host: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_host.setdefault(urlsplit(feed.url).netloc.lower(), []).append(feed)
    out: list[list[Feed]] = []
    for group in by_host.values():
        if not out or len(out[-1]) + len(group) > size:
            out.append([])
        out[-1] += group
    return [tuple(batch) for batch in out]


def poll_batch(
    monitor: Monitor, feeds: Sequence[Feed], prepared: Prepared, clock: Clock, progress: Progress = silent
) -> list[PollResult]:
    """Poll one batch. Touches the network and no archive; the world's faults are outcomes."""
    done = 0

    def tell(_: PollResult) -> None:
        nonlocal done
        done += 1
        progress("Polling feeds", done, len(feeds))

    progress("Polling feeds", 0, len(feeds))
    return poll_feeds(feeds, prepared.states, monitor.polling, clock, tell, monitor=monitor.id, judge=False)


def store_batch(
    engine: Engine, archive_path: Path | str, results: Iterable[PollResult], prepared: Prepared, clock: Clock
) -> Stored:
    """Store what a batch brought, whole feeds to a transaction. Raises ArchiveError; what was committed stays.

    Failures on the way to a host wait for `health_step`, which knows whether we were offline.
    """
    counts = Stored()
    families = families_by_publisher(engine.monitor)
    with open_archive(archive_path) as archive:
        for together in _transactions(result for result in results if not awaits_verdict(result)):
            with archive.writing():
                for result in together:
                    baseline = not prepared.states[result.feed.url].baseline_done
                    counts += store_poll(archive, engine, families, result, clock(), baseline=baseline)
    return counts


def spent(results: Iterable[PollResult]) -> list[PollResult]:
    """Polls that are stored, without their entries: a pass holds those of all its feeds to the end."""
    return [replace(result, entries=()) for result in results]


def _transactions(results: Iterable[PollResult]) -> Iterator[list[PollResult]]:
    """The polls that are stored in one transaction each: a commit costs as much as storing twenty entries."""
    waiting: list[PollResult] = []
    entries = 0
    for result in results:
        waiting.append(result)
        entries += len(result.entries)
        if entries >= TRANSACTION_ENTRIES or len(waiting) >= TRANSACTION_FEEDS:
            yield waiting
            waiting, entries = [], 0
    if waiting:
        yield waiting


def health_step(
    monitor: Monitor, archive_path: Path | str, prepared: Prepared, results: Sequence[PollResult], clock: Clock
) -> HealthCounts:
    """Store the failures that waited for the verdict on the whole pass, and tell who turned ill, and who is offline.

    `results` are those of all batches, once they are stored. Raises ArchiveError.
    """
    held = {result.feed.url for result in results if awaits_verdict(result)}
    was_offline = offline(results)
    results = judged(results, prepared.states)
    now, counts = clock(), HealthCounts()
    with open_archive(archive_path) as archive, archive.writing(full=True):
        judge_network(archive, monitor, results, now, offline=was_offline)
        for result in results:
            if result.feed.url in held:
                stored_feeds.save_poll(archive, result.poll, result.state)
                counts += judge_feed(archive, monitor, result, result.poll, now)
        return replace(counts, ill=ill_feeds(archive, monitor))


def detect_step(
    engine: Engine,
    archive_path: Path | str,
    clock: Clock,
    progress: Progress = silent,
    reader: Reader | None = None,
    asking: Asking | None = None,
) -> Detected:
    """Read every article that waits, by `reader` where there is one, and raise what is new.

    The adjudicator is asked by `asking`. Raises ArchiveError.
    """
    with open_archive(archive_path) as archive:
        expect_pages(archive, engine.monitor, clock())
        return detect_waiting(
            archive,
            engine,
            clock,
            lambda done, total: progress("Reading articles", done, total),
            reader,
            asking,
        )


def deliver_step(monitor: Monitor, archive_path: Path | str, clock: Clock, stream: TextIO) -> DeliverySummary:
    """Let go what the policy held and its time has come, make the digests that are due, and send what is due.

    What keeps Wirewatch from its work (a channel among others) is told in the same round. Terminal channels write to
    `stream`. Raises ArchiveError.
    """
    with open_archive(archive_path) as archive:
        channels = open_channels(monitor, archive_path, stream)

        def round_of_delivery() -> DeliverySummary:
            release(archive, monitor, clock())
            return deliver_due(archive, channels, clock, owner=f"pid-{os.getpid()}", monitor=monitor.id)

        send_due(archive, monitor, clock())
        delivered = round_of_delivery()
        free = shutil.disk_usage(Path(archive_path).absolute().parent).free
        if tell_troubles(archive, monitor, free, clock()):
            delivered = together(delivered, round_of_delivery())
        return delivered


def pages_step(
    monitor: Monitor,
    archive_path: Path | str,
    results: Sequence[PollResult],
    clock: Clock,
    progress: Progress = silent,
) -> PagesRead:
    """Read the pages behind articles, after detection and delivery, and never when the polls say that we are offline.

    What gained a text waits for another detection. Raises ArchiveError; what was read before stays.
    """
    if offline(results):
        return PagesRead()
    with open_archive(archive_path) as archive:
        return read_due_pages(archive, monitor, clock, lambda done, total: progress("Reading pages", done, total))


def together(one: DeliverySummary, other: DeliverySummary) -> DeliverySummary:
    """Two rounds of delivery as one."""
    return DeliverySummary(
        one.sent + other.sent, one.retrying + other.retrying, one.dead + other.dead, one.failures + other.failures
    )


def conclude(
    monitor: Monitor,
    archive_path: Path | str,
    prepared: Prepared,
    results: Sequence[PollResult],
    stored: Stored,
    detected: Detected,
    delivered: DeliverySummary,
    pages: PagesRead,
    health: HealthCounts,
    clock: Clock,
) -> PassSummary:
    """Close the run, sum it up, write the files of `publish`; a good one asks for the policy's `ping_url`.

    Raises ArchiveError.
    """
    was_offline = offline(results)
    results = judged(results, prepared.states)
    failed = [r for r in results if OUTCOMES[r.poll.outcome].severity != "good"]
    raised = {development.id for development in detected.developments}
    with open_archive(archive_path) as archive:
        states = stored_feeds.load_states(archive, monitor.id, [feed.url for feed in monitor.feeds])
        rows = stored_developments.listing(archive, monitor.id, ids=raised, limit=len(raised))
        evidence = {d.id: d.evidence[0].sentence for d in detected.developments if d.evidence}
        summary = PassSummary(
            monitor=monitor.id,
            archive=str(archive_path),
            started=prepared.started,
            finished=clock(),
            first_run=prepared.first_run,
            feeds_polled=len(results),
            feeds_unchanged=sum(r.poll.outcome == "unchanged" for r in results),
            feeds_failed=tuple((r.feed.url, r.feed.publisher, r.poll.outcome, r.poll.detail) for r in failed),
            feeds_moved=tuple(
                (feed.url, feed.publisher, target) for feed in monitor.feeds if (target := states[feed.url].moved_to)
            ),
            feeds_ended=tuple(
                (feed.url, feed.publisher)
                for feed in monitor.feeds
                if schedule.ended(states[feed.url], prepared.started)
            ),
            feeds_ill=health.ill,
            feeds_newly_ill=health.newly_ill + stored.health.newly_ill,
            feeds_recovered=health.recovered + stored.health.recovered,
            offline=was_offline,
            entries_seen=stored.seen,
            entries_new=stored.new,
            entries_known=stored.known,
            entries_off_topic=stored.off_topic,
            articles_new=stored.new + prepared.seeds_new,
            articles_revised=stored.revised,
            copies=stored.copies,
            pages_read=pages.read,
            pages_failed=pages.failed,
            baseline=sum(development.baseline for development in detected.developments),
            developments=tuple(row | {"sentence": evidence.get(row["id"], "")} for row in reversed(rows)),
            alerts=sum(alert.decision != "mute" for alert in detected.alerts),
            muted=sum(alert.decision == "mute" for alert in detected.alerts),
            delivered=delivered.sent,
            failed_deliveries=delivered.retrying + delivered.dead,
            adjudged=detected.adjudged,
        )
        runs.finish(
            archive, prepared.run_id, summary.finished, "offline" if summary.offline else "ok", summary.counts()
        )
        if prepared.turn:
            end_turn(archive, prepared.turn)
        forget_old_postings(archive, summary.finished, OLD_POSTINGS)
        publish(archive, monitor, archive_path, summary.finished)
        archive.checkpoint()
    if not summary.offline:
        ping(monitor)
    return summary
