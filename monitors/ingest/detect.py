"""Detecting: every stored article that was not read yet is read, in the order of publication, and alerts follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from monitors.alerts.outbox import enqueue
from monitors.alerts.withdrawals import notice_withdrawals
from monitors.archive import articles, unread
from monitors.archive import mentions as stored_mentions
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Article, Development, Mention
from monitors.clock import Clock
from monitors.developments.adjudication import adjudicate, as_decided_before, is_adjudicated
from monitors.developments.detect import detect, lead_end, ledgers_of
from monitors.developments.engine import Engine
from monitors.ingest.adjudicator import Adjudged, Asking

AHEAD = 500
"""So many articles are loaded and given to a reader at once; a few megabytes."""

Reader: TypeAlias = Callable[[Sequence[Article]], Iterable[tuple[Mention, ...]]]
"""Reads articles, here or elsewhere: for each, in order, its mentions, as `Engine.read` has them."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The developments that were raised, what was decided about each, and what was asked before."""

    developments: tuple[Development, ...] = ()
    alerts: tuple[Alert, ...] = ()
    adjudged: Adjudged = field(default_factory=Adjudged)

    def __add__(self, other: Detected) -> Detected:
        return Detected(
            self.developments + other.developments, self.alerts + other.alerts, self.adjudged + other.adjudged
        )


def detect_waiting(
    archive: Archive,
    engine: Engine,
    clock: Clock,
    on_article: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
    asking: Asking | None = None,
) -> Detected:
    """Read all that waits. Each article is one transaction: its mentions, developments, alerts and deliveries.

    `on_article` is told (done, total). Without a `reader` the engine reads here, one article after the other. Doubtful
    sentences are put before the adjudicator by `asking`, between the transactions.
    Raises ArchiveError; what was read before stays.
    """
    developments: list[Development] = []
    alerts: list[Alert] = []
    monitor = engine.monitor
    queue = unread.waiting(archive, monitor.id)
    for number, (baseline, article, read) in enumerate(_read(archive, engine, queue, reader), 1):
        said = read if asking is None else adjudicated(archive, engine, article, read, asking, baseline=baseline)
        now = clock()
        with archive.writing(full=True):
            raised = detect(archive, monitor, article, said, now, baseline=baseline)
            alerts += [enqueue(archive, monitor, development, article, now) for development in raised]
            # By the rules alone: what an adjudicator makes less of, its publisher has not taken back.
            alerts += notice_withdrawals(archive, monitor, article, read, raised, now)
            unread.done(archive, article.id)
        developments += raised
        if on_article is not None:
            on_article(number, len(queue))
    return Detected(tuple(developments), tuple(alerts), asking.take_counts() if asking is not None else Adjudged())


def adjudicated(
    archive: Archive, engine: Engine, article: Article, read: tuple[Mention, ...], asking: Asking, *, baseline: bool
) -> tuple[Mention, ...]:
    """The mentions as the adjudicator leaves them. It is not asked of a baseline, which is news to nobody.

    Asks over the network, so it stands outside of every transaction. Raises ArchiveError.
    """
    said = as_decided_before(read, stored_mentions.mentions_of(archive, article.id))
    wanted = {mention.situation for mention in said if mention.status != "background"}
    if baseline or not wanted:
        return said
    ledgers = ledgers_of(archive, engine.monitor, wanted)
    after = adjudicate(engine, article, said, ledgers, lead_end(article.text, article.language), asking.ask)
    asking.count_lowered(sum(map(is_adjudicated, after)) - sum(map(is_adjudicated, said)))
    return after


def _read(
    archive: Archive, engine: Engine, queue: Sequence[tuple[int, bool]], reader: Reader | None
) -> Iterator[tuple[bool, Article, tuple[Mention, ...]]]:
    """(baseline, article, its mentions), in the order of the queue."""
    for start in range(0, len(queue), AHEAD):
        part = queue[start : start + AHEAD]
        loaded = [articles.get(archive, article_id) for article_id, _ in part]
        found = reader(loaded) if reader else map(engine.read, loaded)
        for (_, baseline), article, mentions in zip(part, loaded, found, strict=True):
            yield baseline, article, mentions
