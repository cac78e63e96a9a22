"""What a run tells Prefect in events: each change once, with the payload that its reference page names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.alerts.health import tell_back, tell_ill, tell_offline, tell_recovered
from monitors.archive import alerts, articles, developments, since
from monitors.archive.connection import open_archive
from monitors.archive.feeds import save_poll
from monitors.archive.health import save_health, set_offline
from monitors.archive.records import Alert, Article, Development, Evidence, FeedHealth, FeedState, Poll
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "events.md"


@pytest.fixture
def monitor() -> Monitor:
    return load_monitor(shipped_monitor_path())


def raised(path: Path, monitor: Monitor, url: str, *, baseline: bool) -> Development:
    """Store an article with a development and the decision on it."""
    with open_archive(path) as archive, archive.writing():
        article = Article(
            monitor=monitor.id,
            url=url,
            canonical_url=url,
            title="They meet",
            text="They meet.",
            language="en",
            publisher="Harbour Post",
            family="post",
            published=NOW,
            discovered=NOW,
        )
        article = replace(article, id=articles.insert(archive, article))
        development = developments.insert(
            archive,
            Development(
                monitor=monitor.id,
                situation="summit",
                status="agreed",
                previous_status=None,
                article_id=article.id,
                published=NOW,
                raised=NOW,
                novelty="first",
                reason="agreed",
                families=("post",),
                evidence=(Evidence(article.id, "They meet.", "text", 0, 10),),
                baseline=baseline,
            ),
        )
        decision = "mute" if baseline else "alert"
        alerts.insert_alert(archive, Alert(monitor.id, development.id, NOW, decision, "agreed"))
        return development


def test_news_and_its_alert_are_told_and_nothing_from_before(tmp_path: Path, monitor: Monitor) -> None:
    from flows.events import ALERT, DEVELOPMENT, PAYLOADS, events_after

    path = tmp_path / "w.db"
    raised(path, monitor, "https://harbour.example/1", baseline=False)
    with open_archive(path) as archive:
        before = since.mark(archive)
    raised(path, monitor, "https://harbour.example/2", baseline=True)
    raised(path, monitor, "https://harbour.example/3", baseline=False)
    events = events_after(monitor, path, before)
    assert [event.name for event in events] == [DEVELOPMENT, ALERT]
    assert [event.payload["url"] for event in events] == ["https://harbour.example/3"] * 2
    assert [tuple(event.payload) for event in events] == [PAYLOADS[event.name] for event in events]
    assert events[0].resource == f"wirewatch.situation.{monitor.id}.summit"
    again = events_after(monitor, path, before)
    assert [event.id for event in again] == [event.id for event in events], "two runs that tell it tell one event"
    assert len({event.id for event in events}) == 2


@pytest.mark.parametrize("recovered", [False, True])
def test_change_of_a_feed_hides_secrets_of_its_address(tmp_path: Path, monitor: Monitor, recovered: bool) -> None:
    from flows.events import ALERT, FEED_HEALTH, PAYLOADS, events_after

    path = tmp_path / "w.db"
    feed = monitor.feeds[0].model_copy(update={"url": "https://a.example/rss?token=hush-hush"})
    monitor = monitor.model_copy(update={"feeds": (feed,)})
    ill = FeedHealth(monitor.id, feed.url, "failing", NOW, "not found")
    with open_archive(path) as archive, archive.writing():
        save_poll(archive, Poll(monitor.id, feed.url, NOW, "ok"), FeedState(monitor.id, feed.url, last_polled=NOW))
        save_health(archive, FeedHealth(monitor.id, feed.url) if recovered else ill)
        if recovered:
            tell_recovered(archive, monitor, feed, ill, NOW + timedelta(hours=1))
        else:
            tell_ill(archive, monitor, feed, ill, NOW)
    alert, health = events_after(monitor, path, since.Mark())
    assert (alert.name, health.name) == (ALERT, FEED_HEALTH)
    assert tuple(health.payload) == PAYLOADS[FEED_HEALTH]
    assert health.payload["change"] == ("recovered" if recovered else "ill")
    assert health.payload["publisher"] == feed.publisher
    assert "hush-hush" not in f"{alert}{health}"


def test_network_that_goes_and_comes_back(tmp_path: Path, monitor: Monitor) -> None:
    from flows.events import FEED_HEALTH, events_after

    path = tmp_path / "w.db"
    with open_archive(path) as archive, archive.writing():
        tell_offline(archive, monitor, NOW)
        set_offline(archive, monitor.id, NOW)
    gone = events_after(monitor, path, since.Mark())[-1]
    with open_archive(path) as archive, archive.writing():
        before = since.mark(archive)
        tell_back(archive, monitor, NOW, NOW + timedelta(hours=1))
        set_offline(archive, monitor.id, None)
    back = events_after(monitor, path, before)[-1]
    assert (gone.name, gone.payload["change"], gone.payload["since"]) == (
        FEED_HEALTH,
        "offline",
        "2026-03-01T12:00:00Z",
    )
    assert (back.name, back.payload["change"], back.payload["since"]) == (FEED_HEALTH, "back", None)


def test_reference_page_names_the_events_and_their_keys() -> None:
    from flows.events import PAYLOADS

    documented: dict[str, tuple[str, ...]] = {}
    for section in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE):
        if (name := re.match(r"`(wirewatch\.[a-z-]+)`", section)) and "| key |" in section:
            rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", section, flags=re.MULTILINE)
            documented[name[1]] = tuple(key for row in rows for key in re.findall(r"`([a-z_]+)`", row))
    assert documented == PAYLOADS
