"""What an adjudicator did, and what is wrong with it, is told where people look: check, summary, explain, doctor."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from monitors.archive import runs
from monitors.archive.connection import open_archive
from monitors.archive.records import Article
from monitors.cli.summary import render_summary
from monitors.clock import from_iso
from monitors.definition.load import load_monitor
from monitors.developments.adjudication import Decision, lowered
from monitors.developments.detect import detect
from monitors.developments.engine import Engine
from monitors.ingest.adjudicator import Adjudged
from monitors.ingest.store import store_article
from monitors.ingest.summary import PassSummary

MONITOR = Path(__file__).parents[1] / "monitors_for_tests" / "glacier-talks.yaml"
NOW = from_iso("2031-03-04T08:00:00Z")
PUBLIC = {"url": "https://models.example/v1", "model": "small"}


def checked(call: Any, tmp_path: Path, settings: dict[str, Any], **variables: str) -> Any:
    path = tmp_path / "glacier.yaml"
    path.write_text(f"{MONITOR.read_text('utf-8')}\nadjudicator: {json.dumps(settings)}\n", encoding="utf-8")
    return call("check", path, **variables)


def test_check_says_that_it_is_set_and_how_often_it_is_asked(call: Any, tmp_path: Path) -> None:
    done = checked(call, tmp_path, PUBLIC | {"max_questions": 7})
    assert done.returncode == 0
    assert "adjudicator: small at models.example, at most 7 questions and 30 s in a pass" in done.stdout
    assert "adjudicator: " not in done.stderr
    assert "  adjudicator: " not in call("check", MONITOR).stdout


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "env:NO_SUCH_KEY_HERE"}, "the environment variable NO_SUCH_KEY_HERE is not set"),
        ({"url": "https://models.example/v1/chat/completions"}, "url is the base address, without /chat/completions"),
        ({"url": "http://[models/v1"}, "url cannot be read"),
        ({"url": "http://127.0.0.1:8080/v1"}, "its address is not public, and will be refused"),
        ({"url": "http://models.example/v1", "key": "env:A_KEY"}, "would be sent for all on the way to read"),
    ],
)
def test_check_names_what_will_not_work(call: Any, tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    done = checked(call, tmp_path, PUBLIC | changes, A_KEY="sk-hush-hush")
    assert done.returncode == 0
    assert said in done.stderr
    assert "sk-hush-hush" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"key": "sk-hush-hush"}, "adjudicator.key: expected env:NAME or file:/path"),
        ({"url": "models.example"}, "adjudicator.url: expected http://"),
        ({"max_questions": 0}, "adjudicator.max_questions: "),
        ({"modell": "small"}, "adjudicator.modell: unknown key; did you mean model?"),
    ],
)
def test_a_fault_in_it_is_named_without_a_secret(call: Any, tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    done = checked(call, tmp_path, PUBLIC | changes)
    assert done.returncode == 2
    assert line in done.stderr
    assert "sk-hush-hush" not in done.stdout + done.stderr


def shown(adjudged: Adjudged) -> str:
    stream = io.StringIO()
    summary = PassSummary("harbour", "/data/w.db", NOW, NOW + timedelta(seconds=4), adjudged=adjudged)
    Console(file=stream, width=200).print(render_summary(summary, ""))
    return stream.getvalue()


def test_the_summary_counts_its_answers_and_says_why_others_did_not_count() -> None:
    text = shown(Adjudged(5, 2, (("status 401", 1), ("no answer in time", 1)), 3))
    assert "5 asked, 2 lowered, 3 not asked, its share of the pass was spent" in text
    assert "✗ 1 without an answer that counts: status 401" in text
    assert "Adjudicator" not in shown(Adjudged())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with an article of which an adjudicator said that it is nothing new."""
    path = tmp_path / "wirewatch.db"
    monitor = load_monitor(MONITOR)
    engine = Engine(monitor)
    url = "https://courier.example/a"
    article = Article(
        monitor.id, url, url, "Ada Brunnick offers to meet Joren Saal", "", "en", "Courier", "courier", NOW, NOW
    )
    with open_archive(path) as opened, opened.writing():
        kept = store_article(opened, article, baseline=False).article
        read = [lowered(mention, Decision("background", "offers to meet")) for mention in engine.read(kept)]
        assert detect(opened, monitor, kept, read, NOW, baseline=False) == []
    return path


def test_explain_says_what_it_decided_and_what_the_rules_had_said(call: Any, archive: Path) -> None:
    told = call("explain", 1, "--archive", archive, "--monitor", MONITOR).stdout
    assert "says    brunnick-saal-meeting: background" in told
    assert (
        "because the adjudicator lowered what the rules had said: "
        "background, by “offers to meet”; rules: proposed, offers to EVENT"
    ) in told
    assert "not news" in told
    assert "rules, text or ledger have changed since" not in told
    row = json.loads(call("explain", 1, "--archive", archive, "--monitor", MONITOR, "--json").stdout)
    assert row["sentences"][0]["sayings"][0]["cue_class"] == "adjudicator"


@pytest.mark.parametrize(
    ("counts", "state", "detail"),
    [
        (Adjudged(4, 1, (("status 401", 1),), 2), "good", "4 asked when it was last needed, 1 lowered, 1 without"),
        (Adjudged(2, 0, (("status 401", 2),)), "look", "2 without an answer that counts"),
    ],
)
def test_doctor_looks_at_its_last_answers(call: Any, tmp_path: Path, counts: Adjudged, state: str, detail: str) -> None:
    with open_archive(tmp_path / "a.db") as opened:
        for counted in (Adjudged(9, 9).counts(), counts.counts(), {}):
            run = runs.start(opened, "harbour", NOW)
            runs.finish(opened, run.id, NOW, "ok", counted)
    rows = map(json.loads, call("doctor", "--archive", tmp_path / "a.db", "--json").stdout.splitlines())
    (found,) = (row for row in rows if row["subject"] == "adjudicator of harbour")
    assert (found["state"], detail in found["detail"]) == (state, True)


def test_replay_asks_only_when_told_to_and_only_who_is_named(call: Any, tmp_path: Path) -> None:
    stream = MONITOR.parents[1] / "cli" / "ferry.jsonl"
    done = call("replay", stream, "--monitor", MONITOR, "--adjudicate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--adjudicate: the monitor file names no adjudicator" in done.stderr
    path = tmp_path / "ferry.yaml"
    unreachable = {"url": "http://127.0.0.1:1/v1", "model": "small", "allow_private": True}
    path.write_text(
        f"{stream.with_suffix('.yaml').read_text('utf-8')}\nadjudicator: {json.dumps(unreachable)}\n", "utf-8"
    )
    plain = call("replay", stream, "--monitor", path)
    told = call("replay", stream, "--monitor", path, "--adjudicate")
    assert plain.stdout == told.stdout
    assert "adjudicator" not in plain.stderr
    both = call("replay", stream, "--compare", path, path, "--adjudicate")
    assert (told.returncode, both.returncode) == (0, 0)
