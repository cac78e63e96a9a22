"""An archive with something on every page, and the pages over it without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitors.archive import alerts, articles, developments, feeds, health, mentions, runs, silences, situations
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import (
    Alert,
    Article,
    Delivery,
    Development,
    Evidence,
    FeedHealth,
    FeedState,
    Mention,
    Poll,
    Silence,
)
from monitors.browse.app import application
from monitors.browse.settings import Settings
from monitors.definition.load import load_monitor
from monitors.developments.ledger import Known, Ledger, dump
from monitors.exports.names import names_of

HERE = Path(__file__).parent
MONITOR = HERE.parent / "monitors_for_tests" / "glacier-talks.yaml"
HOSTILE: list[str] = json.loads((HERE / "hostile.json").read_text("utf-8"))
NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
NAME = "glacier-talks"
SITUATION = "brunnick-saal-meeting"
SENTENCE = "Brunnick and Saal will meet on Thursday."
HERE_HOST = "http://127.0.0.1:8765"
Browsing = Callable[..., TestClient]


@pytest.fixture(scope="session")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled once, and only read."""
    path = tmp_path_factory.mktemp("browse") / "wirewatch.db"
    fill(path)
    return path


@pytest.fixture(scope="session")
def filling() -> Callable[[Path], None]:
    """Fills another one, for tests that write."""
    return fill


@pytest.fixture(scope="session")
def hostile_strings() -> list[str]:
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a hostile text in every column that outsiders fill."""
    path = tmp_path_factory.mktemp("hostile") / "wirewatch.db"
    fill_with_hostility(path)
    return path


@pytest.fixture(scope="session")
def settings(archive_file: Path) -> Settings:
    watched = load_monitor(MONITOR)
    return Settings(archive_file, names_of(watched), watched.title, "Asia/Seoul", clock=lambda: NOON)


@pytest.fixture
def browsing(settings: Settings) -> Iterator[Browsing]:
    """Opens the pages; what is given replaces settings."""
    clients: list[TestClient] = []

    def start(**changed: Any) -> TestClient:
        served = application(replace(settings, **changed))
        client = TestClient(served, HERE_HOST, follow_redirects=False, raise_server_exceptions=False)
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


@pytest.fixture
def client(browsing: Browsing) -> TestClient:
    return browsing()


def fill(path: Path) -> None:
    with open_archive(path) as archive, archive.writing():
        first = _article(
            archive, 1, title="Brunnick offers Saal a summit", text=f"It is cold. {SENTENCE} Then all left."
        )
        copy = _article(archive, 2, publisher="Copy Post", family="copy", title="A summit is offered", language="ko")
        _article(
            archive, 3, publisher="Third Paper", family="third", title="눈 위의 회담", language="ko", text="빙하 회담"
        )
        archive.change("update articles set group_id = ?, relation = 'original' where id = ?", [first.id, first.id])
        archive.change("update articles set group_id = ?, relation = 'copy' where id = ?", [first.id, copy.id])
        changed = replace(first, text=first.text.replace("will", "may"))
        _revise(archive, first, changed.title, changed.text)
        _revise(archive, changed, first.title, first.text)
        start = first.text.index(SENTENCE)
        end = start + len(SENTENCE)
        said = Mention(
            SITUATION, "scheduled", "probable+", SENTENCE, "text", start, end, "2031-03-06", "Saal", "Brunnick"
        )
        mentions.replace_mentions(archive, first.id, [replace(said, cue="will meet")])
        evidence = Evidence(first.id, SENTENCE, "text", start, end)
        mooted = developments.insert(archive, _development(first, "mooted", None, (), baseline=True))
        set_ = developments.insert(
            archive,
            _development(first, "scheduled", "mooted", (evidence, Evidence(copy.id, "A summit", "title", 0, 8))),
        )
        known = (
            Known("mooted", date(2031, 2, 1), 1, development_id=mooted.id),
            Known("scheduled", date(2031, 3, 1), 1, "2031-03-06", "Saal", (), set_.id),
        )
        situations.save_ledger(
            archive, NAME, SITUATION, status="scheduled", since="2031-03-01", next_date="2031-03-06",
            ledger=dump(Ledger(SITUATION, "meeting", known)),
        )  # fmt: skip
        alert = alerts.insert_alert(archive, Alert(NAME, set_.id, NOON, "alert", "scheduled (rule 1)"))
        alerts.insert_alert(archive, Alert(NAME, mooted.id, NOON, "mute", "baseline"))
        alerts.insert_deliveries(
            archive, [Delivery(alert.id, "mail", "k", "{}", "dead", 3, detail="the server said no")]
        )
        silences.add(archive, Silence(NAME, "all", "Ada", "a quiet night", NOON, NOON + timedelta(hours=9)))
        for url, outcome in (("https://a.example/rss", "ok"), ("https://b.example/rss", "timeout")):
            feeds.save_poll(
                archive, Poll(NAME, url, NOON, outcome, 200, entries_seen=3), FeedState(NAME, url, last_polled=NOON)
            )
        minutes = int(NOON.timestamp() // 60)
        health.save_health(
            archive,
            FeedHealth(
                NAME, "https://b.example/rss", "failing", NOON, "timed out", active=(minutes - 180, minutes - 60)
            ),
        )
        for number in range(3):
            run = runs.start(archive, NAME, NOON + timedelta(minutes=number))
            runs.finish(archive, run.id, NOON + timedelta(minutes=number, seconds=4), "ok", {"entries_new": 3})


def fill_with_hostility(path: Path) -> None:
    """Each text stands whole in each column of one article, development, alert, feed, run and silence."""
    fill(path)
    with open_archive(path) as archive, archive.writing():
        for number, text in enumerate(HOSTILE, 10):
            made = _article(
                archive, number, title=text, text=f"{text} {SENTENCE} {text}", url=text, publisher=text, family=text,
                language=text, date_confidence=text, feed_url=text,
            )  # fmt: skip
            said = Mention(SITUATION, "mooted", "possible+", text, "title", 0, len(text), text, text, text, cue=text)
            mentions.replace_mentions(archive, made.id, [said])
            found = developments.insert(
                archive,
                replace(_development(made, "mooted", None, (Evidence(made.id, text, "title", 0, len(text)),)),
                        novelty=text, reason=text, place=text, event_date=text, tier=text, families=(text,)),
            )  # fmt: skip
            alert = alerts.insert_alert(archive, Alert(NAME, found.id, NOON, "alert", text, priority=text))
            alerts.insert_alert(archive, Alert(NAME, None, NOON, "alert", text, kind="health", subject=text))
            alerts.insert_deliveries(archive, [Delivery(alert.id, text, f"h{number}", "{}", "dead", 3, detail=text)])
            silences.add(archive, Silence(NAME, text, text, text, NOON, NOON + timedelta(hours=1)))
            feeds.save_poll(archive, Poll(NAME, text, NOON, text, detail=text),
                            FeedState(NAME, text, last_polled=NOON, moved_to=text))  # fmt: skip
            health.save_health(archive, FeedHealth(NAME, text, text, NOON, text))
            archive.change("update runs set counts = ?", [json.dumps({text: 1})])
            _revise(archive, made, text[::-1], text)


def _article(archive: Archive, number: int, **values: Any) -> Article:
    fields: dict[str, Any] = {
        "monitor": NAME, "url": f"https://wire.example/{number}", "canonical_url": f"https://wire.example/{number}",
        "title": "A summit", "text": SENTENCE, "language": "en", "publisher": "Wire", "family": "wire",
        "published": NOON - timedelta(hours=number), "discovered": NOON,
    }  # fmt: skip
    made = Article(**(fields | values))
    return replace(made, id=articles.insert(archive, made))


def _revise(archive: Archive, old: Article, title: str, text: str) -> None:
    articles.revise(archive, old, title=title, text=text, title_hash=None, replaced=NOON)


def _development(
    article: Article, status: str, before: str | None, evidence: tuple[Evidence, ...], *, baseline: bool = False
) -> Development:
    return Development(
        NAME, SITUATION, status, before, article.id, article.published, NOON, "status", "will meet", "2031-03-06",
        "Saal", "reported", ("wire",), evidence, baseline=baseline,
    )  # fmt: skip
