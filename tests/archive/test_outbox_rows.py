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
        mine = alerts.claim_due(archive, "me", NOON, 2, 60).deliveries
        theirs = alerts.claim_due(other, "them", NOON, 9, 60).deliveries
        assert [d.key for d in mine] == ["a", "b"]
        assert [d.key for d in theirs] == ["c"]
        assert alerts.claim_due(other, "them", NOON + timedelta(seconds=59), 9, 60).deliveries == ()
        alerts.mark_sent(archive, mine[0].id, "me", NOON)
        late = alerts.claim_due(other, "them", NOON + timedelta(seconds=60), 9, 60).deliveries
        assert [d.key for d in late] == ["b"]
        late = alerts.claim_due(other, "them", NOON + timedelta(seconds=60), 9, 60).deliveries
        assert [d.key for d in late] == ["c"]


def test_a_retry_waits_for_its_time(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a")
    (claimed,) = alerts.claim_due(archive, "me", NOON, 5, 60).deliveries
    alerts.mark_retry(archive, claimed.id, "me", NOON, NOON + timedelta(minutes=5), "timed out")
    assert alerts.claim_due(archive, "me", NOON + timedelta(minutes=4), 5, 60).deliveries == ()
    (again,) = alerts.claim_due(archive, "me", NOON + timedelta(minutes=5), 5, 60).deliveries
    assert (again.attempts, again.detail, again.state) == (2, "timed out", "pending")


@pytest.mark.parametrize("state", ["sent", "dead"])
def test_what_is_settled_is_never_claimed_again(archive: Archive, alert: Alert, state: str) -> None:
    put(archive, alert, "a")
    (claimed,) = alerts.claim_due(archive, "me", NOON, 5, 60).deliveries
    if state == "sent":
        alerts.mark_sent(archive, claimed.id, "me", NOON)
    else:
        alerts.mark_dead(archive, claimed.id, "me", NOON, "no such address")
    assert alerts.claim_due(archive, "me", NOON + timedelta(days=9), 5, 60).deliveries == ()
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


def test_the_claim_counts_the_attempt_and_gives_up_what_has_used_them_up(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a")
    now = NOON
    for number in (1, 2):
        claim = alerts.claim_due(archive, "me", now, 5, 60, attempts=2)
        assert [d.attempts for d in claim.deliveries] == [number]
        assert claim.retired == ()
        now += timedelta(seconds=60)
    claim = alerts.claim_due(archive, "me", now, 5, 60, attempts=2)
    assert claim.deliveries == ()
    assert [(d.state, d.detail.split(":")[0]) for d in claim.retired] == [("dead", "given up after 2 attempts")]
    assert alerts.claim_due(archive, "me", now, 5, 60, attempts=2) == alerts.Claim()


def test_what_is_being_sent_for_the_last_time_is_not_given_up(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a")
    alerts.claim_due(archive, "me", NOON, 5, 60, attempts=1)
    assert alerts.claim_due(archive, "them", NOON + timedelta(seconds=59), 5, 60, attempts=1) == alerts.Claim()


def test_a_claim_for_one_monitor_leaves_those_of_others_alone(
    archive: Archive, alert: Alert, making: Callable[..., Article]
) -> None:
    other = alerts.insert_alert(archive, Alert("airport", None, NOON, "alert", "a feed", kind="health", subject="u"))
    put(archive, alert, "a")
    put(archive, other, "b")
    assert [d.key for d in alerts.claim_due(archive, "me", NOON, 5, 60, monitor="airport").deliveries] == ["b"]
    assert [d.key for d in alerts.claim_due(archive, "me", NOON, 5, 60, monitor="harbour").deliveries] == ["a"]


@pytest.mark.parametrize("settle", ["sent", "retry", "dead"])
def test_who_lost_the_lease_settles_nothing(archive: Archive, alert: Alert, settle: str) -> None:
    put(archive, alert, "a")
    (mine,) = alerts.claim_due(archive, "me", NOON, 5, 60).deliveries
    later = NOON + timedelta(minutes=2)
    alerts.claim_due(archive, "them", later, 5, 60)
    settled = {
        "sent": lambda owner: alerts.mark_sent(archive, mine.id, owner, later),
        "retry": lambda owner: alerts.mark_retry(archive, mine.id, owner, NOON, later, "no answer"),
        "dead": lambda owner: alerts.mark_dead(archive, mine.id, owner, NOON, "no such address"),
    }[settle]
    assert not settled("me")
    assert [(d.state, d.detail) for d in alerts.deliveries_of(archive, alert.id)] == [("pending", "")]
    assert settled("them")
    assert not settled("them")


def test_health_alerts_are_many_and_developments_are_decided_once(archive: Archive) -> None:
    told = [
        alerts.insert_alert(archive, Alert("harbour", None, NOON, "alert", "a feed", kind="health", subject="u"))
        for _ in range(2)
    ]
    assert told[0].id != told[1].id
    assert [(row["kind"], row["subject"]) for row in alerts.listing(archive)] == [("health", "u")] * 2


def test_what_a_dead_process_held_is_tried_alone_and_after_everything_else(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "a", "b")
    alerts.claim_due(archive, "dead", NOON, 5, 60)
    put(archive, alert, "c", "d")
    now = NOON + timedelta(seconds=60)
    claims = []
    for _ in range(4):
        claim = alerts.claim_due(archive, "me", now, 5, 600)
        claims.append([d.key for d in claim.deliveries])
    assert claims == [["c", "d"], ["a"], ["b"], []]


def test_what_shared_a_claim_with_a_killer_is_sent_nonetheless(archive: Archive, alert: Alert) -> None:
    put(archive, alert, "killer", "b", "c")
    sent: list[str] = []
    for run in range(9):
        now = NOON + run * timedelta(minutes=2)
        while claim := alerts.claim_due(archive, f"run-{run}", now, 5, 60, attempts=3).deliveries:
            if claim[0].key == "killer":
                break
            for delivery in claim:
                alerts.mark_sent(archive, delivery.id, f"run-{run}", now)
                sent.append(delivery.key)
    states = {d.key: (d.state, d.attempts) for d in alerts.deliveries_of(archive, alert.id)}
    assert sorted(sent) == ["b", "c"]
    assert states["killer"] == ("dead", 3)
