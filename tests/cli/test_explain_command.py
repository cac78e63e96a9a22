"""`explain` says why an article of the archive, or a sentence, was news; for people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitors.archive.connection import open_archive
from monitors.archive.records import Article
from monitors.clock import from_iso
from monitors.definition.load import load_monitor
from monitors.developments.detect import detect
from monitors.developments.engine import Engine
from monitors.ingest.store import store_article

MONITOR = Path(__file__).parents[1] / "monitors_for_tests" / "glacier-talks.yaml"
STORY = [
    ("2031-03-02T08:00:00Z", "courier", "Ada Brunnick offers to meet Joren Saal"),
    ("2031-03-04T08:00:00Z", "courier", "Ada Brunnick to meet Joren Saal on May 14"),
    ("2031-03-05T08:00:00Z", "harbour", "Joren Saal and Ada Brunnick to meet on May 14"),
    ("2031-04-05T08:00:00Z", "courier", "Ada Brunnick calls off meeting with Joren Saal"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that has read the story of a meeting."""
    path = tmp_path_factory.mktemp("explain") / "wirewatch.db"
    monitor = load_monitor(MONITOR)
    engine = Engine(monitor)
    with open_archive(path) as opened:
        for moment, family, title in STORY:
            url = f"https://{family}.example/{moment[:10]}"
            when = from_iso(moment)
            article = Article(monitor.id, url, url, title, "", "en", family.title(), family, when, when)
            with opened.writing():
                kept = store_article(opened, article, baseline=False).article
                detect(opened, monitor, kept, engine.read(kept), when, baseline=False)
    return path


def told(call: Any, *arguments: Any) -> dict[str, Any]:
    done = call("explain", *arguments, "--monitor", MONITOR, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def test_news_is_told_with_what_was_known_before_it_and_nothing_later(call: Any, archive: Path) -> None:
    row = told(call, 2, "--archive", archive)
    (outcome,) = row["outcomes"]
    assert (row["news"], outcome["status"], outcome["event_date"]) == (True, "scheduled", "2031-05-14")
    assert [entry["status"] for entry in outcome["known"]] == ["proposed"]
    assert [(one["id"], one["raised"]) for one in row["recorded"]] == [(2, True)]


def test_a_repeat_names_what_it_repeats(call: Any, archive: Path) -> None:
    row = told(call, "https://harbour.example/2031-03-05?utm_source=mail", "--archive", archive)
    (outcome,) = row["outcomes"]
    assert (row["article_id"], row["news"], outcome["repeats"]["day"]) == (3, False, "2031-03-04")
    assert outcome["reason"].startswith("repeat: scheduled")
    assert [(one["id"], one["raised"]) for one in row["recorded"]] == [(2, False)]


def test_it_reads_well_on_a_terminal(call: Any, archive: Path) -> None:
    shown = call("explain", 2, "--archive", archive, "--monitor", MONITOR).stdout.splitlines()
    assert shown[0] == "Article 2: Ada Brunnick to meet Joren Saal on May 14"
    assert "brunnick-saal-meeting: NEWS, scheduled, 2031-05-14" in shown
    assert any(line.strip().startswith("known   2031-03-02: proposed") for line in shown)
    assert "        archive raised development 2, scheduled" in shown
    assert max(len(line) for line in shown) <= 160


def test_a_sentence_is_explained_without_an_archive(call: Any, tmp_path: Path) -> None:
    missing = tmp_path / "none" / "wirewatch.db"
    row = told(call, "--text", "Ada Brunnick met Joren Saal at noon.", "--day", "2031-03-02", "--archive", missing)
    assert (row["news"], row["day"], row["recorded"], row["article_id"]) == (True, "2031-03-02", None, 0)
    assert row["outcomes"][0]["status"] == "occurred"
    assert not missing.parent.exists()
    shown = call("explain", "--title", "A quiet day", "--monitor", MONITOR).stdout
    assert "Off topic" in shown
    assert "Not news" in shown


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "name an article"),
        (("1", "--text", "x"), 2, "name an article"),
        (("999",), 1, "no article 999"),
        (("https://nobody.example/x",), 2, "no article of this address"),
        (("--text", "x", "--day", "someday"), 2, "expected a day"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    call: Any, archive: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = call("explain", *arguments, "--archive", archive, "--monitor", MONITOR)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_article_of_another_monitor_asks_for_its_file(call: Any, archive: Path) -> None:
    done = call("explain", "1", "--archive", archive)
    assert done.returncode == 2
    assert "glacier-talks" in done.stderr
    assert "--monitor" in done.stderr


def test_the_archive_can_be_replayed_without_being_touched(call: Any, archive: Path) -> None:
    before = archive.read_bytes()
    since = call("replay", "--since", "2031-03-04", "--archive", archive, "--monitor", MONITOR, "--json")
    lines = [json.loads(line) for line in since.stdout.splitlines()]
    assert [(line["doc"], line["status"]) for line in lines] == [("2", "scheduled"), ("4", "cancelled")]
    assert "4 documents" in since.stderr
    assert archive.read_bytes() == before
