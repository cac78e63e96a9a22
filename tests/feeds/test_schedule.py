"""When a feed is polled next, and what failures cost it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from documents import NOW, feed
from hypothesis import given
from hypothesis import strategies as st

from monitors.archive.records import FeedState
from monitors.feeds import schedule
from monitors.feeds.outcomes import OUTCOMES

NEW = FeedState("m", "https://news.example/rss")
HOUR = timedelta(hours=1)


def settled(interval: timedelta) -> FeedState:
    """A healthy feed on `interval`, polled now."""
    state = replace(NEW, baseline_done=True, last_polled=NOW - interval, next_poll=NOW)
    state = schedule.after_success(state, NOW)
    jitter = 1 + 0.1 * schedule.jitter(state.url, NOW)
    return replace(state, next_poll=NOW + interval * jitter)


def wait(state: FeedState) -> timedelta:
    assert state.next_poll is not None
    return state.next_poll - NOW


def test_every_severity_costs_what_the_table_says() -> None:
    costs = {"temporary": 0.25, "soft": 0.5, "hard": 1.0, "ours": 0.0}
    for name, outcome in OUTCOMES.items():
        if outcome.severity != "good":
            assert schedule.after_failure(NEW, name, NOW).failure_score == costs[outcome.severity], name


def test_a_good_poll_clears_the_score() -> None:
    failed = schedule.after_failure(NEW, "not-found", NOW)
    assert failed.failure_score == 1
    assert schedule.after_success(failed, NOW).failure_score == 0


def test_waits_grow_to_a_day_and_end_in_a_weekly_probe() -> None:
    state, waits = NEW, []
    for _ in range(70):
        state = schedule.after_failure(state, "server-error", NOW)
        waits.append(wait(state))
    assert waits[0] < timedelta(minutes=20)
    assert max(waits[:58]) <= timedelta(hours=24 * 1.1)
    assert waits[20] > timedelta(hours=20)
    assert waits[-1] > timedelta(days=6)


def test_gone_is_never_due_again() -> None:
    state = schedule.after_failure(NEW, "gone", NOW)
    assert schedule.ended(state, NOW)
    assert schedule.due([feed()], {feed().url: state}, NOW + timedelta(days=400)) == []
    assert not schedule.ended(schedule.after_failure(NEW, "not-found", NOW), NOW)


@given(st.floats(0, 86400))
def test_the_server_is_never_asked_earlier_than_it_said(seconds: float) -> None:
    state = schedule.after_failure(NEW, "rate-limited", NOW, retry_after=seconds)
    assert wait(state) >= timedelta(seconds=seconds)


def test_what_is_ours_changes_no_feed_but_its_next_poll() -> None:
    state = schedule.after_failure(settled(HOUR), "offline", NOW)
    assert replace(state, next_poll=None) == replace(settled(HOUR), next_poll=None)
    assert wait(state) <= timedelta(minutes=10)
    assert schedule.after_failure(NEW, "not-polled", NOW) == NEW


@pytest.mark.parametrize(
    ("known", "expected", "gap"),
    [
        (40, HOUR * 2 + timedelta(minutes=10), False),
        (20, HOUR * 2, False),
        (5, HOUR, False),
        (0, timedelta(minutes=10), True),
    ],
)
def test_the_interval_follows_the_overlap(known: int, expected: timedelta, gap: bool) -> None:
    state, possible_gap = schedule.adapt(settled(HOUR * 2), seen=40, known=known)
    assert abs(schedule.interval_of(state) - expected) < timedelta(seconds=2)
    assert possible_gap is gap


def test_a_baseline_and_an_empty_poll_are_no_gap() -> None:
    assert schedule.adapt(replace(settled(HOUR), baseline_done=False), seen=40, known=0)[1] is False
    assert schedule.adapt(settled(HOUR), seen=0, known=0) == (settled(HOUR), False)


def test_jitter_does_not_let_the_interval_drift() -> None:
    state, now = settled(HOUR), NOW
    for _ in range(50):
        now += HOUR
        state = schedule.after_success(state, now)
    assert abs(schedule.interval_of(state) - HOUR) < timedelta(seconds=2)


def test_caching_headers_lengthen_and_never_shorten() -> None:
    assert schedule.interval_of(schedule.after_success(settled(HOUR), NOW, at_least=HOUR * 3)) > HOUR * 2.9
    assert schedule.interval_of(schedule.after_success(settled(HOUR), NOW, at_least=timedelta(0))) > HOUR * 0.9


def test_due_feeds_come_longest_waiting_first() -> None:
    feeds = [feed(f"https://news.example/{name}") for name in "abc"]
    states = {
        feeds[0].url: replace(NEW, last_polled=NOW - HOUR, next_poll=NOW),
        feeds[1].url: replace(NEW, last_polled=NOW - HOUR * 5, next_poll=NOW - HOUR),
    }
    assert [f.url[-1] for f in schedule.due(feeds, states, NOW)] == ["c", "b", "a"]
    assert [f.url[-1] for f in schedule.due(feeds, states, NOW - HOUR)] == ["c", "b"]


def test_validators_stay_at_home_once_a_day() -> None:
    state = replace(NEW, baseline_done=True, last_good=NOW)
    full = [
        hour
        for hour in range(1, 73)
        if schedule.wants_full_answer(replace(state, last_good=NOW + HOUR * (hour - 1)), NOW + HOUR * hour)
    ]
    assert len(full) == 3
    assert full[1] - full[0] == 24
    assert schedule.wants_full_answer(NEW, NOW)
