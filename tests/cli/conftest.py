"""The real command in a process of its own, and an archive for it to read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.archive import alerts, articles, developments, feeds, runs, situations
from monitors.archive.connection import open_archive
from monitors.archive.records import Alert, Article, Delivery, Development, Evidence, FeedState, Poll
from monitors.cli import main

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Wirewatch = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wirewatch(tmp_path_factory: pytest.TempPathFactory) -> Wirewatch:
    """Runs the command with the given arguments; its archive by default is one that does not exist."""
    nowhere = tmp_path_factory.mktemp("nowhere") / "none.db"

    def call(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "WIREWATCH_ARCHIVE": str(nowhere),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "COLUMNS": "100",
        }
        return subprocess.run(
            [sys.executable, "-m", "monitors.cli", *map(str, arguments)],
            env=environment | variables,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def call(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Wirewatch:
    """The same in this process, which saves the start of Python: for what does not depend on the process's end."""
    nowhere = tmp_path_factory.mktemp("nowhere") / "none.db"

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        texts = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["wirewatch", *texts])
        for name, value in ({"WIREWATCH_ARCHIVE": str(nowhere), "COLUMNS": "100"} | variables).items():
            monkeypatch.setenv(name, value)
        output, messages = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(messages), pytest.raises(SystemExit) as ended:
            main()
        status = ended.value.code
        assert isinstance(status, int)
        return subprocess.CompletedProcess(texts, status, output.getvalue(), messages.getvalue())

    return run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one development (and a baseline), an alert with a dead delivery, two feeds and a run."""
    path = tmp_path_factory.mktemp("filled") / "wirewatch.db"
    with open_archive(path) as archive, archive.writing():
        article = Article(
            monitor="harbour",
            url="https://harbour.example/a",
            canonical_url="https://harbour.example/a",
            title="[bold]Port[/bold] talks 회담 \u202eset\x1b[31m",
            text="Talks will be held on Thursday.",
            language="en",
            publisher="Harbour Post",
            family="post",
            published=NOW,
            discovered=NOW,
        )
        article = replace(article, id=articles.insert(archive, article))
        common = Development(
            monitor="harbour",
            situation="port-talks",
            status="agreed",
            previous_status=None,
            article_id=article.id,
            published=NOW - timedelta(days=1),
            raised=NOW,
            novelty="first",
            reason="agreed",
            families=("post",),
            evidence=(Evidence(article.id, "Talks will be held on Thursday.", "text", 0, 31),),
            baseline=True,
        )
        developments.insert(archive, common)
        scheduled = developments.insert(
            archive, replace(common, status="scheduled", previous_status="agreed", published=NOW, baseline=False)
        )
        alert = alerts.insert_alert(archive, Alert("harbour", scheduled.id, NOW, "alert", "scheduled (rule 1)"))
        alerts.insert_deliveries(
            archive, [Delivery(alert.id, "log", "key", "{}", "dead", 1, detail="path is a folder")]
        )
        situations.save_ledger(
            archive, "harbour", "port-talks", status="scheduled", since="2026-03-01", next_date=None, ledger="{}"
        )
        for url, outcome in (("https://a.example/rss", "ok"), ("https://b.example/rss", "timeout")):
            feeds.save_poll(
                archive, Poll("harbour", url, NOW, outcome, detail=""), FeedState("harbour", url, last_polled=NOW)
            )
        run = runs.start(archive, "harbour", NOW)
        runs.finish(archive, run.id, NOW, "ok", {"entries_new": 3, "alerts": 0})
    return path
