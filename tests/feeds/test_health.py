"""The verdict on a feed follows from what its polls found, and needs three that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from documents import NOW, feed
from hypothesis import given
from hypothesis import strategies as st

from monitors.archive.records import FeedHealth, Poll
from monitors.feeds.entry import Entry
from monitors.feeds.health import VERDICTS, is_ill, observe, quiet_limit
from monitors.feeds.outcomes import OUTCOMES

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = feed()
NEW = FeedHealth("m", FEED.url)


def entry(published: datetime | None) -> Entry:
    return Entry(
        guid=None,
        url="https://news.example/1",
        title="Headline",
        summary="",
        published=published,
        date_confidence="missing" if published is None else "stated",
        raw_date=None,
        language=None,
        publisher=None,
        publisher_url=None,
        author=None,
    )


def dated(now: datetime) -> tuple[Entry, ...]:
    """Ten days of entries, one every twelve hours, the latest an hour old."""
    return tuple(entry(now - HOUR - number * 12 * HOUR) for number in range(20))


def step(health: FeedHealth, what: str, now: datetime, *, score: float = 0.0, expect: str | None = None) -> FeedHealth:
    """One poll: an outcome, or "dated", "undated" or "empty" for what an ok poll found."""
    found = {"dated": dated(now), "undated": (entry(None),), "empty": ()}
    outcome = "ok" if what in found else what
    entries = found.get(what, ())
    poll = Poll("m", FEED.url, now, outcome, entries_seen=len(entries), detail="detail")
    return observe(health, feed(expect=expect), poll, entries, fresh=len(entries), score=score)


def after(*polls: str, apart: timedelta = HOUR, score: float = 0.0) -> FeedHealth:
    health = NEW
    for number, what in enumerate(polls):
        health = step(health, what, NOW + number * apart, score=score)
    return health


@pytest.mark.parametrize(
    ("polls", "verdict", "since"),
    [
        (["dated"], "healthy", 0),
        (["dated", "server-error", "server-error"], "healthy", 0),
        (["dated", "server-error", "server-error", "unreachable"], "failing", 1),
        (["not-found", "not-found"], "healthy", 0),
        (["not-found", "not-found", "not-found"], "failing", 0),
        (["dated", "not-found", "offline", "not-found", "host-paused", "not-found"], "failing", 1),
        (["dated", "not-found", "unchanged", "not-found", "not-found"], "healthy", 0),
        (["not-found", "not-found", "not-found", "dated"], "healthy", 3),
        (["not-found", "not-found", "not-found", "unchanged"], "healthy", 3),
        (["dated", "gone"], "ended", 1),
        (["dated", "gone", "gone"], "ended", 1),
        (["gone", "dated"], "healthy", 1),
        (["dated", "not-a-feed", "not-a-feed", "not-a-feed"], "not-a-feed", 1),
        (["dated", "server-error", "server-error", "challenge"], "challenge", 1),
        (["dated", "empty-body", "empty-body", "empty-body"], "empty", 1),
        (["dated", "empty", "empty"], "healthy", 0),
        (["dated", "empty", "empty", "empty"], "empty", 1),
        (["dated", "empty", "unchanged", "unchanged"], "empty", 1),
        (["dated", "empty", "empty", "empty", "server-error"], "empty", 1),
        (["dated", "empty", "empty", "empty", "dated"], "healthy", 4),
        (["empty", "empty", "empty", "empty"], "healthy", 0),
        (["undated", "undated"], "healthy", 0),
        (["undated", "undated", "undated"], "undated", 0),
        (["undated", "unchanged", "unchanged"], "undated", 0),
        (["undated", "undated", "undated", "empty"], "undated", 0),
        (["undated", "undated", "undated", "dated"], "healthy", 3),
        (["offline", "host-paused", "not-polled"], "healthy", None),
    ],
)
def test_verdict_and_since_when(polls: list[str], verdict: str, since: int | None) -> None:
    health = after(*polls)
    assert health.verdict == verdict
    assert health.since == (None if since is None else NOW + since * HOUR)
    assert bool(health.detail) == is_ill(verdict)


def test_high_failure_score_needs_no_three_polls() -> None:
    assert after("dated", "not-found", score=3.0).verdict == "failing"
    assert after("dated", "not-found", score=2.9).verdict == "healthy"


def test_detail_names_the_outcome() -> None:
    assert after("not-found", "not-found", "not-found").detail == "not-found: detail"


@pytest.mark.parametrize(
    ("quiet", "expect", "verdict"),
    [
        (35 * HOUR, None, "healthy"),
        (37 * HOUR, None, "silent"),
        (5 * HOUR, "6h", "healthy"),
        (7 * HOUR, "6h", "silent"),
        (37 * HOUR, "2d", "healthy"),
        (49 * HOUR, "2d", "silent"),
    ],
)
def test_silent_is_quiet_for_three_gaps_or_longer_than_expected(
    quiet: timedelta, expect: str | None, verdict: str
) -> None:
    health = after("dated", "unchanged")
    last = NOW - HOUR
    health = step(health, "unchanged", last + quiet, expect=expect)
    assert health.verdict == verdict
    assert verdict == "healthy" or health.since == last


def test_something_new_ends_the_silence() -> None:
    silent = step(after("dated", "unchanged"), "unchanged", NOW + 3 * DAY)
    assert silent.verdict == "silent"
    heard = step(silent, "dated", NOW + 3 * DAY + HOUR)
    assert (heard.verdict, heard.since) == ("healthy", NOW + 3 * DAY + HOUR)


def test_silence_is_no_matter_of_the_first_two_polls() -> None:
    old = Poll("m", FEED.url, NOW + 60 * DAY, "ok")
    health = observe(NEW, FEED, old, dated(NOW), fresh=10, score=0.0)
    assert health.verdict == "healthy"
    assert step(health, "unchanged", NOW + 61 * DAY).verdict == "healthy"
    assert step(step(health, "unchanged", NOW + 61 * DAY), "unchanged", NOW + 62 * DAY).verdict == "silent"


def test_failing_feed_is_not_called_silent() -> None:
    health = after("dated", "unchanged", "unchanged")
    assert step(health, "unreachable", NOW + 9 * DAY).verdict == "healthy"


def hours(*numbers: float) -> list[int]:
    return [int(number * 60) for number in numbers]


@pytest.mark.parametrize(
    ("active", "limit"),
    [
        (hours(*range(200)), DAY),
        (hours(*range(100)), 3 * DAY),
        (hours(*range(0, 200, 12)), 36 * HOUR),
        (hours(0, 168, 336, 504, 672), 21 * DAY),
        (hours(*range(50), *range(110, 170)), 91.5 * HOUR),
        (hours(0, 90000, 90012, 90024, 90036, 90048), 36 * HOUR),
        (hours(0, 12, 24), None),
        ([], None),
    ],
    ids=[
        "busy",
        "busy, known for days",
        "twice a day",
        "weekly",
        "with a weekend",
        "with a pinned item",
        "too little known",
        "nothing known",
    ],
)
def test_the_limit_follows_the_rhythm(active: list[int], limit: timedelta | None) -> None:
    assert quiet_limit(active) == limit
    assert quiet_limit(active, 6 * HOUR) == 6 * HOUR


def test_entry_from_the_future_is_no_activity() -> None:
    poll = Poll("m", FEED.url, NOW, "ok")
    health = observe(NEW, FEED, poll, (entry(NOW + DAY), entry(NOW - HOUR)), fresh=2, score=0.0)
    assert health.active == (int((NOW - HOUR).timestamp() // 60),)


@given(st.lists(st.sampled_from([*OUTCOMES, "dated", "undated", "empty"]), max_size=40), st.integers(1, 200))
def test_every_sequence_of_polls_ends_in_a_known_verdict(polls: list[str], apart: int) -> None:
    health = NEW
    for number, what in enumerate(polls):
        if what != "ok":
            before, health = health, step(health, what, NOW + number * apart * HOUR)
            assert health.verdict in VERDICTS
            assert health.told == before.told
            assert list(health.active) == sorted(set(health.active))
            assert health.since is None or health.since <= NOW + number * apart * HOUR
            if OUTCOMES.get(what) and OUTCOMES[what].severity == "ours":
                assert health == before
    assert replace(health, verdict="healthy").feed_url == FEED.url


RECOVERY = {
    "failing": ("server-error", "dated"), "not-a-feed": ("not-a-feed", "dated"), "challenge": ("challenge", "dated"),
    "empty": ("empty-body", "dated"), "undated": ("undated", "dated"),
}  # fmt: skip


@pytest.mark.parametrize("verdict", RECOVERY)
def test_a_verdict_is_raised_and_taken_back_as_the_reference_says(verdict: str) -> None:
    what, good = RECOVERY[verdict]
    assert after("dated", what, what).verdict == "healthy"
    assert after("dated", what, what, what).verdict == verdict
    assert after("dated", what, what, what, good).verdict == "healthy"
    assert "3 " in VERDICTS[verdict].raised or VERDICTS[verdict].raised.startswith("as for failing")
    assert VERDICTS[verdict].recovers.startswith("with the first poll")


def test_every_verdict_says_what_raises_it_and_how_it_ends() -> None:
    assert set(RECOVERY) | {"healthy", "ended", "silent"} == set(VERDICTS)
    assert [name for name, verdict in VERDICTS.items() if not (verdict.meaning and verdict.raised)] == []
    assert [name for name, verdict in VERDICTS.items() if is_ill(name) and not verdict.recovers] == []
    assert after("dated", "gone").verdict == "ended"
