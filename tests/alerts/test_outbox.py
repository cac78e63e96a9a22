"""An alert and its deliveries are stored with the development or not at all, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitors.alerts.message import AlertMessage, from_payload
from monitors.alerts.outbox import delivery_key, enqueue
from monitors.archive import alerts
from monitors.archive.connection import Archive
from monitors.archive.records import Article, Development
from monitors.definition.model import Browse, Monitor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pages_at", "link"),
    [
        (None, None),
        ("https://watch.example", "https://watch.example/developments/{}"),
        ("http://localhost:8080/", "http://localhost:8080/developments/{}"),
    ],
)
def test_the_message_links_to_the_archive_where_the_monitor_says_it_is(
    archive: Archive, harbour: Monitor, article: Article, raise_development, pages_at: str | None, link: str | None
) -> None:
    raised = raise_development()
    monitor = harbour.model_copy(update={"browse": Browse(url=pages_at)})
    alert = enqueue(archive, monitor, raised, article, NOW)
    message = from_payload(alerts.deliveries_of(archive, alert.id)[0].payload)
    assert isinstance(message, AlertMessage)
    assert message.archive_url == (link and link.format(raised.id))


def test_each_channel_of_the_rule_gets_a_delivery_with_the_frozen_message(
    archive: Archive, harbour: Monitor, article: Article, raise_development
) -> None:
    alert = enqueue(archive, harbour, raise_development(), article, NOW)
    deliveries = alerts.deliveries_of(archive, alert.id)
    assert (alert.decision, alert.priority) == ("alert", "urgent")
    assert [d.channel for d in deliveries] == ["screen", "log"]
    message = from_payload(deliveries[0].payload)
    assert (message.title, message.status, message.previous_status) == ("Port talks", "scheduled", "agreed")
    assert message.sentence == "Talks will be held on Thursday."
    assert (message.publisher, message.families, message.published) == ("Harbour Post", 1, NOW)
    assert message.url == "https://harbour.example/a?x=1"
    assert message.reason == "scheduled after agreed (rule 2)"


@pytest.mark.parametrize(
    ("changes", "reason"), [({"baseline": True}, "baseline"), ({"status": "mooted"}, "rule 1 alerts nobody")]
)
def test_muted_development_has_a_decision_and_no_delivery(
    archive: Archive, harbour: Monitor, article: Article, raise_development, *, changes: dict[str, object], reason: str
) -> None:
    alert = enqueue(archive, harbour, raise_development(**changes), article, NOW)
    assert (alert.decision, alert.reason) == ("mute", reason)
    assert alerts.deliveries_of(archive, alert.id) == []


def test_raised_twice_is_delivered_once(
    archive: Archive, harbour: Monitor, article: Article, raise_development
) -> None:
    development = raise_development()
    first = enqueue(archive, harbour, development, article, NOW)
    assert enqueue(archive, harbour, development, article, NOW) == first
    assert len(alerts.deliveries_of(archive, first.id)) == 2


def test_rollback_of_the_development_takes_its_alert_along(
    archive: Archive, harbour: Monitor, article: Article, raise_development
) -> None:
    def store_and_fail() -> None:
        with archive.writing():
            enqueue(archive, harbour, raise_development(), article, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        store_and_fail()
    assert alerts.listing(archive) == []
    assert alerts.pending(archive) == 0


def test_development_without_evidence_shows_the_title(
    archive: Archive, harbour: Monitor, article: Article, raise_development
) -> None:
    alert = enqueue(archive, harbour, raise_development(evidence=()), article, NOW)
    assert from_payload(alerts.deliveries_of(archive, alert.id)[0].payload).sentence == "Port talks set"


def test_hostile_article_leaves_a_clean_payload(
    archive: Archive, harbour: Monitor, article: Article, raise_development
) -> None:
    hostile = replace(article, publisher="Post\u202e\x1b[31m", url="javascript:alert(1)")
    alert = enqueue(archive, harbour, raise_development(place="a\nb"), hostile, NOW)
    message = from_payload(alerts.deliveries_of(archive, alert.id)[0].payload)
    assert (message.publisher, message.url, message.place) == ("Post[31m", None, "a b")


def test_key_depends_on_all_that_makes_a_delivery(raise_development) -> None:
    development: Development = raise_development()
    keys = {
        delivery_key(development, "log", "a.jsonl"),
        delivery_key(development, "log", "b.jsonl"),
        delivery_key(development, "screen", "a.jsonl"),
        delivery_key(replace(development, id=99), "log", "a.jsonl"),
        delivery_key(replace(development, raised=NOW + timedelta(days=1)), "log", "a.jsonl"),
        delivery_key(replace(development, monitor="other"), "log", "a.jsonl"),
    }
    assert len(keys) == 6
    assert delivery_key(development, "log", "a.jsonl") in keys
