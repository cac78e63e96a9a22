"""The summary says what was read, what is new, what failed and why, and what to type next."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rich.console import Console

from monitors.cli.summary import render_summary
from monitors.ingest.summary import PassSummary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEVELOPMENT = {
    "situation": "port-talks",
    "status": "in_force",
    "previous_status": "agreed",
    "event_date": "2026-03-05",
    "place": "Geneva",
    "title": "Pact",
    "sentence": "[red]Pact[/red] holds\x1b[31m",
    "publisher": "Harbour Post",
    "baseline": False,
}
SUMMARY = PassSummary(
    monitor="harbour",
    archive="/data/wirewatch.db",
    started=NOW,
    finished=NOW + timedelta(seconds=12),
    feeds_polled=20,
    feeds_unchanged=3,
    feeds_failed=(("https://a.example", "Harbour Post", "timeout", "no answer in 20 s"),),
    entries_seen=1200,
    entries_new=9,
    entries_known=1100,
    entries_off_topic=91,
    articles_new=8,
    copies=2,
    developments=(DEVELOPMENT,),
    alerts=1,
    delivered=2,
)


def shown(summary: PassSummary, option: str = "") -> str:
    stream = io.StringIO()
    Console(file=stream, width=100, soft_wrap=True).print(render_summary(summary, option))
    return stream.getvalue()


def test_counts_and_failures_are_told() -> None:
    text = shown(SUMMARY)
    assert "20 polled: 16 read, 3 unchanged, 1 failed" in text
    assert "Harbour Post, timeout: no answer in 20 s" in text
    assert "1,200 seen: 9 new, 1,100 known, 91 off topic" in text
    assert "1 raised, 0 muted, 2 delivered" in text
    assert "not delivered" not in text


def test_developments_are_named_with_their_report_as_plain_text() -> None:
    text = shown(SUMMARY)
    assert "port-talks: in force (was agreed), 2026-03-05, Geneva" in text
    assert "“[red]Pact[/red] holds[31m” (Harbour Post)" in text
    assert "\x1b" not in text


def test_many_failures_are_counted_by_kind() -> None:
    failed = tuple((f"https://{n}.example", f"Paper {n}", "http-403", "") for n in range(30))
    text = shown(replace(SUMMARY, feeds_polled=40, feeds_failed=failed))
    assert text.count("✗") == 9
    assert "22 more (22 http-403)" in text


def test_offline_is_said_once_and_points_at_the_demo() -> None:
    failed = tuple((f"https://{n}.example", f"Paper {n}", "no-dns", "") for n in range(20))
    text = shown(replace(SUMMARY, offline=True, feeds_unchanged=0, feeds_failed=failed, developments=(), baseline=2))
    assert text.count("could be reached") == 1
    assert "✗" not in text
    assert "wirewatch demo" in text
    assert "2 baseline" in text


def test_baseline_is_shown_as_such_when_nothing_else_is_there() -> None:
    text = shown(replace(SUMMARY, first_run=True, baseline=1, developments=({**DEVELOPMENT, "baseline": True},)))
    assert "0 new, 1 baseline" in text
    assert "· port-talks: in force" in text


def test_failed_deliveries_are_told() -> None:
    assert "3 not delivered" in shown(replace(SUMMARY, failed_deliveries=3))


def test_ends_with_the_archive_and_commands_that_find_it() -> None:
    lines = shown(SUMMARY, "--archive /data/wirewatch.db").rstrip().splitlines()
    assert lines[-5].split() == ["Archive", "/data/wirewatch.db"]
    assert "wirewatch developments --archive /data/wirewatch.db" in lines[-2]
