"""Deliveries: one row a key, claimed by one owner at a time, until they are settled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.archive import alerts, articles, developments
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Alert, Article, Delivery, Development

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def alert(archive: Archive, making: Callable[..., Article]) -> Alert:
    article_id = articles.insert(archive, making())
    raised = developments.insert(
        archive,
        Development("harbour", "port-talks", "scheduled", None, article_id, NOON, NOON, "a date is set", "one family"),
    )
    return alerts.insert_alert(archive, Alert("harbour", raised.id, NOON, "alert", "new", "urgent"))


def put(archive: Archive, alert: Alert, *keys: str) -> int:
    return alerts.insert_deliveries(archive, [Delivery(alert.id, "screen", key, "{}") for key in keys])


def test_a_development_is_decided_once(archive: Archive, alert: Alert) -> None:
    again = alerts.insert_alert(archive, Alert("harbour", alert.development_id, NOON, "mute", "changed my mind"))
    assert again == alert
    assert len(alerts.listing(archive)) == 1


def test_the_same_key_twice_is_one_delivery(archive: Archive, alert: Alert) -> None:
    assert put(archive, alert, "a", "b") == 2
    assert put(archive, alert, "b", "c") == 1
    assert [delivery.key for delivery in alerts.deliveries_of(archive, alert.id)] == ["a", "b", "c"]
    assert alerts.pending(archive) == 3
    assert alerts.pending(archive, "airport") == 0


def test_a_claimed_delivery_is_nobody_elses_until_the_lease_runs_out(
    archive: Archive, archive_path: Path, alert: Alert
) -> None:
    put(archive, alert, "a", "b", "c")
    with open_archive(archive_path) as other:
        mine = alerts.claim_due(archive, "me", NOON, 2, 60)
        theirs = alerts.claim_due(other, "them", NOON, 9, 60)
        assert [d.key for d in mine] == ["a", "b"]
        assert [d.key for d in theirs] == ["c"]
        assert alerts.claim_due(other, "them", NOON + timedelta(seconds=59), 9, 60) == []
        alerts.mark_sent(archive, mine[0].id, NOON)
        late = alerts.claim_due(other, "them", NOON + timedelta(seconds=60), 9, 60)
        assert [d.key for d in late] == ["b", "c"]


def test_a_retry_waits_for_its_time(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a")
    (claimed,) = alerts.claim_due(archive, "me", NOON, 5, 60)
    alerts.mark_retry(archive, claimed.id, NOON + timedelta(minutes=5), "timed out")
    assert alerts.claim_due(archive, "me", NOON + timedelta(minutes=4), 5, 60) == []
    (again,) = alerts.claim_due(archive, "me", NOON + timedelta(minutes=5), 5, 60)
    assert (again.attempts, again.detail, again.state) == (1, "timed out", "pending")


@pytest.mark.parametrize("state", ["sent", "dead"])
def test_what_is_settled_is_never_claimed_again(archive: Archive, alert: Alert, state: str) -> None:
    put(archive, alert, "a")
    (claimed,) = alerts.claim_due(archive, "me", NOON, 5, 60)
    if state == "sent":
        alerts.mark_sent(archive, claimed.id, NOON)
    else:
        alerts.mark_dead(archive, claimed.id, "no such address")
    assert alerts.claim_due(archive, "me", NOON + timedelta(days=9), 5, 60) == []
    assert [d.state for d in alerts.deliveries_of(archive, alert.id)] == [state]
    assert put(archive, alert, "a") == 0


def test_the_listing_tells_of_the_development_and_of_each_delivery(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a")
    (row,) = alerts.listing(archive, "harbour")
    assert (row["situation"], row["status"], row["decision"], row["title"]) == (
        "port-talks", "scheduled", "alert", "Port talks set for Thursday",
    )  # fmt: skip
    assert [(d["channel"], d["state"]) for d in row["deliveries"]] == [("screen", "pending")]
    assert json.loads(json.dumps(row)) == row
    assert alerts.listing(archive, decision="mute") == []
