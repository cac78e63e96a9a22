"""Silences, digests and corrections from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitors.alerts.outbox import enqueue
from monitors.archive import alerts, articles, developments
from monitors.archive.connection import open_archive
from monitors.archive.records import Article, Development
from monitors.cli import app
from monitors.clock import utc_now
from monitors.definition.load import load_monitor
from monitors.errors import ArchiveError, InputError

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"
MEETING = "brunnick-saal-meeting"


@pytest.fixture
def archive_path(tmp_path: Path) -> Path:
    """An archive with a development of an hour ago, whose alert waits to be sent."""
    path, monitor, then = tmp_path / "wirewatch.db", load_monitor(GLACIER), utc_now() - timedelta(hours=1)
    with open_archive(path) as archive, archive.writing():
        article = Article(
            monitor=monitor.id, url="https://n.example/1", canonical_url="https://n.example/1", title="To meet in May",
            text="", language="en", publisher="Courier", family="courier", published=then, discovered=then,
        )  # fmt: skip
        number = articles.insert(archive, article)
        new = Development(monitor.id, MEETING, "scheduled", None, number, then, then, "first", "")
        enqueue(archive, monitor, developments.insert(archive, new), articles.get(archive, number), then)
    return path


def run(archive: Path, *words: str, monitor: bool = False) -> str:
    given = ["--monitor", str(GLACIER)] if monitor else []
    result = CliRunner().invoke(app, [*words, "--archive", str(archive), *given], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_silence_is_added_listed_and_ended(archive_path: Path) -> None:
    said = run(
        archive_path, "silence", "add", MEETING, "--until", "2h", "--comment", "a rehearsal", "--author", "ada",
        monitor=True,
    )  # fmt: skip
    assert said.startswith(f"silence 1: {MEETING} until 2")
    assert said.endswith("UTC, by ada\n")
    (row,) = lines(run(archive_path, "silence", "list", "--json"))
    assert (row["author"], row["comment"], row["state"]) == ("ada", "a rehearsal", "holds")
    assert "holds" in run(archive_path, "silence", "list")
    assert run(archive_path, "silence", "end", "1") == "silence 1 has ended\n"
    (row,) = lines(run(archive_path, "silence", "list", "--json"))
    assert row["state"] == "ended"
    with pytest.raises(InputError, match="silence 1: there is none that still holds"):
        run(archive_path, "silence", "end", "1")


@pytest.mark.parametrize(
    ("subject", "until", "fault"),
    [
        ("brunnick-meeting", "2h", "did you mean brunnick-saal-meeting"),
        (MEETING, "2001-01-01", "is over already"),
        (MEETING, "tomorrow", "expected 2h, 3d, a day"),
        (MEETING, "9999-12-31", "expected 2h, 3d, a day"),
    ],
)
def test_what_cannot_be_meant_is_refused(archive_path: Path, subject: str, until: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        run(archive_path, "silence", "add", subject, "--until", until, "--comment", "why", monitor=True)


def test_a_digest_is_printed_and_stores_nothing(archive_path: Path) -> None:
    text = run(archive_path, "digest", monitor=True)
    assert text.startswith("Daily digest, The Ostrava Glacier water treaty: 1 development\n")
    assert "To meet in May (Courier) https://n.example/1" in text
    (message,) = lines(run(archive_path, "digest", "--weekly", "--json", monitor=True))
    assert message["event"] == "digest"
    assert message["title"].startswith("Weekly digest")
    assert len(lines(run(archive_path, "alerts", "--json"))) == 1


def test_a_digest_that_is_sent_is_in_the_outbox_and_told_once(archive_path: Path) -> None:
    run(archive_path, "digest", "--send", monitor=True)
    run(archive_path, "digest", "--send", monitor=True)
    again, first, _ = lines(run(archive_path, "alerts", "--json"))
    assert (first["kind"], first["decision"]) == ("digest", "alert")
    assert {delivery["state"] for delivery in first["deliveries"]} == {"pending"}
    assert (again["decision"], again["deliveries"]) == ("mute", [])
    assert "digest" in run(archive_path, "alerts")


def test_a_correction_withdraws_what_was_not_sent(archive_path: Path) -> None:
    said = run(archive_path, "correct", "1", "--reason", "a misreading")
    assert said.startswith("development 1: ")
    assert said.endswith("withdrawn\n")
    with open_archive(archive_path) as archive:
        (alert,) = alerts.listing(archive)
    assert {delivery["detail"] for delivery in alert["deliveries"]} == {"withdrawn: a misreading"}
    with pytest.raises(ArchiveError, match="no development 99"):
        run(archive_path, "correct", "99", "--reason", "x")
