"""The health of feeds stands in `feeds`, in `alerts` and in the summary of a pass."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from monitors.archive import alerts, feeds
from monitors.archive.connection import open_archive
from monitors.archive.health import save_health
from monitors.archive.records import Alert, Delivery, FeedHealth, FeedState, Poll
from monitors.cli.summary import render_summary
from monitors.ingest.summary import PassSummary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """An archive with a healthy feed, a silent one whose polls succeed, and one that was polled but never judged."""
    path = tmp_path / "wirewatch.db"
    with open_archive(path) as archive:
        for name, outcome in (("a", "ok"), ("b", "unchanged"), ("c", "offline")):
            url = f"https://{name}.example/rss"
            feeds.save_poll(archive, Poll("harbour", url, NOW, outcome), FeedState("harbour", url, last_polled=NOW))
        save_health(archive, FeedHealth("harbour", "https://a.example/rss", since=NOW))
        silent = FeedHealth(
            "harbour", "https://b.example/rss", "silent", NOW - timedelta(days=2), "nothing \u202enew", told=True
        )
        save_health(archive, silent)
        alert = alerts.insert_alert(
            archive,
            Alert("harbour", None, NOW, "alert", "Post: silent", kind="health", subject="https://b.example/rss"),
        )
        alerts.insert_deliveries(archive, [Delivery(alert.id, "log", "key", "{}")])
    return path


def test_feeds_show_verdict_and_since_with_ill_ones_first(call, watched: Path) -> None:
    _, _, first, *rest = call("feeds", "--archive", watched).stdout.splitlines()
    assert first.startswith("silent")
    assert "2026-02-27 12:00" in first
    assert "nothing new" in first
    assert sum("healthy" in line for line in rest) == 1


def test_feeds_as_json_have_verdict_since_and_why(call, watched: Path) -> None:
    rows = [json.loads(line) for line in call("feeds", "--archive", watched, "--json").stdout.splitlines()]
    assert [(row["url"][8], row["verdict"], row["since"]) for row in rows] == [
        ("b", "silent", "2026-02-27T12:00:00Z"),
        ("c", None, None),
        ("a", "healthy", "2026-03-01T12:00:00Z"),
    ]
    assert rows[0]["health"]


def test_alerts_list_those_on_health(call, watched: Path) -> None:
    shown = call("alerts", "--archive", watched).stdout
    assert "health · https://b.example/rss" in shown
    assert "Post: silent" in shown
    (row,) = (json.loads(line) for line in call("alerts", "--archive", watched, "--json").stdout.splitlines())
    assert (row["kind"], row["subject"], row["development_id"]) == ("health", "https://b.example/rss", None)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, None),
        ({"feeds_ill": 2}, "2 ill (wirewatch feeds says why)"),
        ({"feeds_ill": 2, "feeds_newly_ill": 1}, "2 ill, 1 of them newly (wirewatch feeds says why)"),
        ({"feeds_recovered": 1}, "1 recovered"),
        ({"feeds_ill": 1, "feeds_recovered": 1}, "1 ill (wirewatch feeds says why), 1 recovered"),
    ],
)
def test_summary_counts_ill_and_recovered_feeds_when_there_are_any(counts: dict[str, int], told: str | None) -> None:
    summary = PassSummary(monitor="harbour", archive="w.db", started=NOW, finished=NOW, feeds_polled=9, **counts)
    stream = io.StringIO()
    Console(file=stream, width=100, soft_wrap=True).print(render_summary(summary))
    lines = [line.strip() for line in stream.getvalue().splitlines() if " ill" in line or "recovered" in line]
    assert lines == ([told] if told else [])
