"""The seed article says how things stand, once, and alerts nobody."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from newsroom import polling

from monitors.archive.connection import open_reader
from monitors.definition.model import Feed, Monitor
from monitors.developments.engine import Engine
from monitors.errors import MonitorFileError
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

NOW = datetime(2025, 9, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def passes(
    tmp_path_factory: pytest.TempPathFactory, shipped: Monitor, shipped_engine: Engine
) -> tuple[PassSummary, PassSummary, Path, str]:
    """Two passes of the shipped monitor over one feed that is empty."""
    archive = tmp_path_factory.mktemp("seed") / "wirewatch.db"
    stream = io.StringIO()
    with FeedServer() as server:
        server.publish({"rss": ()})
        feed = Feed(
            url=f"http://127.0.0.1:{server.port}/rss", publisher="Empty", family="empty", language="en", full_text=False
        )
        monitor = shipped.model_copy(update={"feeds": (feed,), "polling": polling("127.0.0.1")})
        first, second = (
            run_pass(monitor, archive, clock=lambda: NOW, alert_stream=stream, engine=shipped_engine) for _ in range(2)
        )
    return first, second, archive, stream.getvalue()


def test_a_meeting_is_mooted_and_another_has_occurred(passes: tuple[PassSummary, PassSummary, Path, str]) -> None:
    first, _, archive, _ = passes
    assert {(row["situation"], row["status"]) for row in first.developments} == {
        ("trump-kim-meeting", "mooted"),
        ("trump-lee-meeting", "occurred"),
    }
    with open_reader(archive) as reading:
        ledgers = dict(reading.values("select id, status from situations where status is not null"))
    assert ledgers == {"trump-kim-meeting": "mooted", "trump-lee-meeting": "occurred"}


def test_everything_it_says_is_a_baseline_and_alerts_nobody(passes: tuple[PassSummary, PassSummary, Path, str]) -> None:
    first, _, archive, terminal = passes
    assert (first.articles_new, first.entries_new) == (1, 0)
    assert first.baseline == first.muted == len(first.developments) > 0
    assert (first.alerts, first.delivered) == (0, 0)
    assert all(row["baseline"] for row in first.developments)
    assert terminal == ""
    assert not (archive.parent / "alerts.jsonl").exists()


def test_meetings_of_the_first_term_set_nothing(passes: tuple[PassSummary, PassSummary, Path, str]) -> None:
    _, _, archive, _ = passes
    with open_reader(archive) as reading:
        history = reading.rows("select situation, status from mentions where sentence like '%thrice%'")
        told = reading.values("select sentence from evidence where sentence like '%thrice%'")
    assert [(mention["situation"], mention["status"]) for mention in history] == [("trump-kim-meeting", "background")]
    assert told == []


def test_second_pass_adds_nothing(passes: tuple[PassSummary, PassSummary, Path, str]) -> None:
    first, second, archive, _ = passes
    assert (second.first_run, second.articles_new, second.developments, second.alerts) == (False, 0, (), 0)
    with open_reader(archive) as reading:
        counts = [
            reading.values(f"select count(*) from {table}")[0][0] for table in ("articles", "developments", "unread")
        ]
    assert counts == [1, len(first.developments), 0]


def test_a_seed_that_is_missing_is_told_before_anything_is_polled(tmp_path: Path, shipped: Monitor) -> None:
    missing = shipped.seeds[0].model_copy(update={"file": str(tmp_path / "none.txt")})
    monitor = shipped.model_copy(update={"seeds": (missing,)})
    with pytest.raises(MonitorFileError, match=r"none\.txt"):
        run_pass(monitor, tmp_path / "wirewatch.db", clock=lambda: NOW, alert_stream=io.StringIO())
    with open_reader(tmp_path / "wirewatch.db") as reading:
        assert reading.values("select count(*) from polls") == [(0,)]
        assert reading.values("select count(*) from runs") == [(0,)]
