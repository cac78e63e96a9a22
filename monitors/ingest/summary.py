"""What one pass did, in counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitors.ingest.adjudicator import Adjudged


@dataclass(frozen=True, slots=True)
class PassSummary:
    """The counts of one pass. `developments` are rows as `archive.developments.listing` gives them.

    `feeds_failed` has (url, publisher, outcome, detail) for each, `feeds_moved` (url, publisher, new address) for those
    that the monitor file should name otherwise, `feeds_ended` (url, publisher) for those polled no more. `baseline`
    counts the developments that only say how things stood at the start. `offline`: most hosts failed together, so that
    no feed is blamed.
    """

    monitor: str
    archive: str
    started: datetime
    finished: datetime
    first_run: bool = False
    feeds_polled: int = 0
    feeds_unchanged: int = 0
    feeds_failed: tuple[tuple[str, str, str, str], ...] = ()
    feeds_moved: tuple[tuple[str, str, str], ...] = ()
    feeds_ended: tuple[tuple[str, str], ...] = ()
    feeds_ill: int = 0
    feeds_newly_ill: int = 0
    feeds_recovered: int = 0
    offline: bool = False
    entries_seen: int = 0
    entries_new: int = 0
    entries_known: int = 0
    entries_off_topic: int = 0
    articles_new: int = 0
    articles_revised: int = 0
    copies: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    baseline: int = 0
    developments: tuple[dict[str, Any], ...] = ()
    alerts: int = 0
    muted: int = 0
    delivered: int = 0
    failed_deliveries: int = 0
    adjudged: Adjudged = field(default_factory=Adjudged)

    def facts(self) -> dict[str, str | int]:
        """What a log line says of the pass: whose it was, how long it took, its counts."""
        seconds = int((self.finished - self.started).total_seconds())
        return {"monitor": self.monitor, "seconds": seconds, "offline": int(self.offline), **self.counts()}

    def counts(self) -> dict[str, int]:
        """The plain counts, as the archive keeps them with the run."""
        return {
            "feeds_polled": self.feeds_polled,
            "feeds_unchanged": self.feeds_unchanged,
            "feeds_failed": len(self.feeds_failed),
            "feeds_ill": self.feeds_ill,
            "feeds_newly_ill": self.feeds_newly_ill,
            "feeds_recovered": self.feeds_recovered,
            "entries_seen": self.entries_seen,
            "entries_new": self.entries_new,
            "entries_known": self.entries_known,
            "entries_off_topic": self.entries_off_topic,
            "articles_new": self.articles_new,
            "articles_revised": self.articles_revised,
            "copies": self.copies,
            "pages_read": self.pages_read,
            "pages_failed": self.pages_failed,
            "developments": len(self.developments),
            "baseline": self.baseline,
            "alerts": self.alerts,
            "muted": self.muted,
            "delivered": self.delivered,
            "failed_deliveries": self.failed_deliveries,
            **self.adjudged.counts(),
        }
