"""A message says what was known before: the last that had the status which is left now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitors.alerts.before import known_before
from monitors.archive.connection import Archive

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)


def test_it_names_status_event_publisher_and_the_readers_day(archive: Archive, raise_development) -> None:
    raise_development(status="agreed", novelty="a", published=NOW - timedelta(days=9))
    raise_development(status="agreed", novelty="b", published=NOW, event_date="2026-03-04", place="Geneva")
    later = raise_development(status="in_force", previous_status="agreed", novelty="c")
    assert known_before(archive, later, ZoneInfo("Asia/Seoul")) == (
        "agreed, for 2026-03-04, Geneva (Harbour Post, 2026-03-02)"
    )


def test_nothing_known_says_nothing(archive: Archive, raise_development) -> None:
    raise_development(status="agreed", situation="port-talks", novelty="a")
    assert known_before(archive, raise_development(previous_status=None, novelty="b"), UTC) == ""
    assert known_before(archive, raise_development(previous_status="occurred", novelty="c"), UTC) == ""
