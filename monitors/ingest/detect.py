"""Detecting: every stored article that was not read yet is read, in the order of publication, and alerts follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitors.alerts.outbox import enqueue
from monitors.alerts.withdrawals import notice_withdrawals
from monitors.archive import articles, unread
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Development
from monitors.clock import Clock
from monitors.developments.detect import detect
from monitors.developments.engine import Engine


@dataclass(frozen=True, slots=True)
class Detected:
    """The developments that were raised and what was decided about each."""

    developments: tuple[Development, ...] = ()
    alerts: tuple[Alert, ...] = ()

    def __add__(self, other: Detected) -> Detected:
        return Detected(self.developments + other.developments, self.alerts + other.alerts)


def detect_waiting(
    archive: Archive,
    engine: Engine,
    clock: Clock,
    on_article: Callable[[int, int], None] | None = None,
) -> Detected:
    """Read all that waits. Each article is one transaction: its mentions, developments, alerts and deliveries.

    `on_article` is told (done, total). Raises ArchiveError; what was read before stays.
    """
    developments: list[Development] = []
    alerts: list[Alert] = []
    monitor = engine.monitor
    queue = unread.waiting(archive, monitor.id)
    for number, (article_id, baseline) in enumerate(queue, 1):
        article = articles.get(archive, article_id)
        read = engine.read(article)
        now = clock()
        with archive.writing(full=True):
            raised = detect(archive, monitor, article, read, now, baseline=baseline)
            alerts += [enqueue(archive, monitor, development, article, now) for development in raised]
            alerts += notice_withdrawals(archive, monitor, article, read, raised, now)
            unread.done(archive, article_id)
        developments += raised
        if on_article is not None:
            on_article(number, len(queue))
    return Detected(tuple(developments), tuple(alerts))
