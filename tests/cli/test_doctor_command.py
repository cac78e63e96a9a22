"""The doctor looks at everything, says what wants an eye, and fails only when something is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from monitors.archive.connection import open_archive
from monitors.archive.feeds import save_poll
from monitors.archive.health import save_health
from monitors.archive.records import FeedHealth, FeedState, Poll


def findings(done) -> dict[str, dict[str, str]]:
    return {row["subject"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_usable_archive_with_things_to_look_at(call, filled: Path) -> None:
    done = call("doctor", "--archive", filled, "--json")
    found = findings(done)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["archive"]["state"] == found["integrity"]["state"] == "good"
    assert (found["outbox"]["state"], "1 dead" in found["outbox"]["detail"]) == ("look", True)
    assert found["feeds"]["detail"].startswith("2 polled, 1 failed")
    assert found["last run of harbour"]["detail"].startswith("ok; the last good one ended 2026-03-01 12:00")


def test_missing_archive_is_broken_and_not_made(call, tmp_path: Path) -> None:
    path = tmp_path / "gone.db"
    done = call("doctor", "--archive", path, "--json")
    assert done.returncode == 1
    assert findings(done)["archive"]["state"] == "broken"
    assert not path.exists()


def test_table_is_readable_when_piped(call, filled: Path) -> None:
    lines = call("doctor", "--archive", filled).stdout.splitlines()
    assert lines[0].split() == ["state", "subject", "detail"]
    assert any(line.startswith("good") and "every page" in line for line in lines)


def test_ill_feeds_are_counted_and_named_for_each_monitor_and_break_nothing(call, tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    verdicts = {"harbour": ["silent", "ended", *["failing"] * 7, "healthy"], "ferry": ["healthy"]}
    with open_archive(tmp_path / "ill.db") as archive, archive.writing():
        for monitor, given in verdicts.items():
            for number, verdict in enumerate(given):
                url = f"https://{number}.example/rss?token=hush-hush"
                save_poll(archive, Poll(monitor, url, now, "ok"), FeedState(monitor, url, last_polled=now))
                save_health(archive, FeedHealth(monitor, url, verdict, now))
    done = call("doctor", "--archive", tmp_path / "ill.db", "--json")
    found = findings(done)
    assert done.returncode == 0
    assert "hush-hush" not in done.stdout
    assert found["feeds of ferry"] == {"state": "good", "subject": "feeds of ferry", "detail": "none of 1 is ill"}
    harbour = found["feeds of harbour"]
    assert harbour["state"] == "look"
    assert harbour["detail"].startswith("9 of 10 ill: 7 failing (https://2.example/")
    assert "https://6.example/rss?token=*** and 2 more), 1 ended (https://1.example/" in harbour["detail"]
    assert "1 silent (https://0.example/" in harbour["detail"]
    assert "7.example" not in harbour["detail"]
