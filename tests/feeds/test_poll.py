"""Polls against a real server: conditional requests, states, hosts, time, and being offline."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from documents import NOW, feed, healthy, item, polling, rss
from fault_server import Conversation, FaultServer, answer, redirect, says

from monitors.archive.records import FeedState
from monitors.feeds.fetch import Fetcher
from monitors.feeds.health import offline
from monitors.feeds.moves import believed_move
from monitors.feeds.poll import PollResult, poll_feed, poll_feeds

LATER = NOW + timedelta(minutes=1)


class Publisher:
    """A server that honours validators, and notes what it was sent."""

    def __init__(self) -> None:
        self.body = healthy()
        self.validators = {"ETag": '"v1"', "Last-Modified": "Mon, 25 Aug 2025 06:00:00 GMT"}
        self.conditions: list[str | None] = []

    def __call__(self, talk: Conversation) -> None:
        self.conditions.append(talk.header("If-None-Match"))
        if self.validators and talk.header("If-None-Match") == self.validators["ETag"]:
            talk.send(answer(status="304 Not Modified"))
        else:
            talk.send(answer(self.body, **{name.replace("-", "_"): value for name, value in self.validators.items()}))


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def server(publisher: Publisher) -> Iterator[FaultServer]:
    with FaultServer({"/feed": publisher, "/other": says(answer(healthy()))}) as running:
        yield running


def poll(server: FaultServer, state: FeedState | None = None, now: datetime = NOW, path: str = "/feed") -> PollResult:
    url = server.url(path)
    return poll_feed(feed(url), state or FeedState("m", url), Fetcher(polling()), lambda: now)


def stored(result: PollResult) -> FeedState:
    return replace(result.state, baseline_done=True)


def test_the_first_poll_reads_everything_and_keeps_the_validators(server: FaultServer) -> None:
    result = poll(server)
    assert (result.poll.outcome, result.poll.http_status, result.poll.entries_seen) == ("ok", 200, 3)
    assert result.poll.bytes == len(healthy())
    assert result.poll.monitor == "m"
    assert (result.state.etag, result.state.last_modified) == ('"v1"', "Mon, 25 Aug 2025 06:00:00 GMT")
    assert result.state.last_good == NOW
    assert result.format == "rss20"


def test_the_second_poll_is_conditional_and_unchanged(server: FaultServer, publisher: Publisher) -> None:
    first = poll(server)
    second = poll(server, stored(first), LATER)
    assert (second.poll.outcome, second.poll.http_status, second.entries) == ("unchanged", 304, ())
    assert second.state.etag == '"v1"'
    assert publisher.conditions == [None, '"v1"']


def test_the_same_body_is_unchanged_and_new_validators_are_kept(server: FaultServer, publisher: Publisher) -> None:
    first = poll(server)
    publisher.validators = {"ETag": '"v2"'}
    second = poll(server, stored(first), LATER)
    assert (second.poll.outcome, second.poll.http_status) == ("unchanged", 200)
    assert (second.state.etag, second.state.last_modified) == ('"v2"', None)
    publisher.validators = {}
    assert poll(server, stored(second), LATER).state.etag is None


def test_a_server_that_says_304_for_ever_is_found_out_within_a_day(server: FaultServer, publisher: Publisher) -> None:
    state, now = stored(poll(server)), NOW
    publisher.body = healthy(4)
    outcomes = []
    for _ in range(25):
        now += timedelta(hours=1)
        result = poll(server, state, now)
        state = stored(result)
        outcomes.append(result.poll.outcome)
    assert outcomes.count("ok") == 1


def test_until_a_poll_was_stored_nothing_counts_as_known(server: FaultServer, publisher: Publisher) -> None:
    lost = poll(server).state
    again = poll(server, lost, LATER)
    assert (again.poll.outcome, len(again.entries)) == ("ok", 3)
    assert publisher.conditions == [None, None]


def test_a_degraded_answer_leaves_the_last_good_state(server: FaultServer) -> None:
    good = stored(poll(server))
    server.scripts["/feed"] = says(answer(b"<html><body>We are back soon</body></html>", ETag='"page"'))
    bad = poll(server, good, LATER)
    assert bad.poll.outcome == "not-a-feed"
    assert (bad.state.etag, bad.state.body_hash, bad.state.last_good) == (good.etag, good.body_hash, good.last_good)
    assert bad.state.failure_score == 0.5


def test_expires_0_means_no_validators(server: FaultServer, publisher: Publisher) -> None:
    publisher.validators = {"ETag": '"v1"', "Expires": "0"}
    assert poll(server).state.etag is None


def test_a_permanent_move_is_told_and_not_yet_believed(server: FaultServer) -> None:
    server.scripts["/old"] = redirect("/feed", "301 Moved Permanently")
    result = poll(server, path="/old")
    assert result.moved_to == server.url("/feed")
    assert "moved permanently" in result.poll.detail
    assert result.state.url == server.url("/old")
    polls = [result.poll] * 3
    assert believed_move(polls) == server.url("/feed")
    assert believed_move(polls[:2]) is None
    assert believed_move([*polls, replace(result.poll, detail="")]) is None
    assert (
        believed_move([*polls, replace(result.poll, detail="moved permanently to https://else.example/; 2 undated")])
        is None
    )
    assert believed_move([*polls, replace(result.poll, outcome="not-a-feed")]) is None


def test_entries_over_the_cap_are_counted(server: FaultServer) -> None:
    server.scripts["/feed"] = says(answer(rss(item(n) for n in range(30))))
    url = server.url("/feed")
    result = poll_feed(feed(url), FeedState("m", url), Fetcher(polling(max_entries=10)), lambda: NOW)
    assert [entry.guid for entry in result.entries] == [f"id-{n}" for n in range(10)]
    assert "20 entries over the cap of 10 left out" in result.poll.detail


def test_requests_to_one_host_keep_their_distance_and_order() -> None:
    times: list[float] = []
    under_way = threading.Semaphore(1)
    overlapped: list[bool] = []

    def script(talk: Conversation) -> None:
        overlapped.append(not under_way.acquire(blocking=False))
        times.append(time.monotonic())
        talk.wait(0.05)
        talk.send(answer(healthy()))
        under_way.release()

    paths = [f"/{n}" for n in range(4)]
    with FaultServer(dict.fromkeys(paths, script)) as server:
        feeds = [feed(server.url(path)) for path in paths]
        results = poll_feeds(feeds, {}, polling(per_host_delay=0.2), lambda: NOW, monitor="m")
        assert server.seen == paths
    assert [result.poll.outcome for result in results] == ["ok"] * 4
    assert not any(overlapped)
    assert min(b - a for a, b in pairwise(times)) >= 0.2


def test_a_slow_host_holds_up_nobody(server: FaultServer) -> None:
    with FaultServer({"/slow": lambda talk: talk.wait(5)}) as slow:
        feeds = [feed(slow.url("/slow")), feed(server.url("/feed")), feed(server.url("/other"))]
        seen: list[tuple[str, float]] = []
        began = time.monotonic()
        results = poll_feeds(
            feeds,
            {},
            polling(deadline=0.8),
            lambda: NOW,
            lambda result: seen.append((result.poll.outcome, time.monotonic() - began)),
            monitor="m",
        )
    assert [result.poll.outcome for result in results] == ["deadline", "ok", "ok"]
    assert [outcome for outcome, _ in seen] == ["ok", "ok", "deadline"]
    assert seen[1][1] < 0.7


def test_the_runs_deadline_bounds_everything() -> None:
    with FaultServer(dict.fromkeys((f"/{n}" for n in range(6)), lambda talk: talk.wait(5))) as slow:
        feeds = [feed(slow.url(f"/{n}")) for n in range(6)]
        began = time.monotonic()
        results = poll_feeds(feeds, {}, polling(run_deadline=0.6, workers=2), lambda: NOW, monitor="m")
        assert time.monotonic() - began < 1.5
    assert [result.poll.outcome for result in results] == ["deadline"] * 2 + ["not-polled"] * 4
    assert all(result.state.failure_score == 0 for result in results[2:])


def test_a_host_that_says_too_many_is_left_alone_for_the_run() -> None:
    refusal = says(answer(status="429 Too Many Requests", Retry_After="3600"))
    with FaultServer({"/a": refusal, "/b": says(answer(healthy()))}) as server:
        feeds = [feed(server.url("/a")), feed(server.url("/b"))]
        results = poll_feeds(feeds, {}, polling(per_host_delay=0.01), lambda: NOW, monitor="m")
        assert server.seen == ["/a"]
    assert [result.poll.outcome for result in results] == ["rate-limited", "host-paused"]
    assert results[1].state.failure_score == 0
    assert results[1].state.next_poll == NOW + timedelta(hours=1)


def test_when_most_hosts_fail_we_are_offline_and_blame_no_feed(server: FaultServer) -> None:
    feeds = [feed(f"https://host-{n}.invalid/feed") for n in range(5)] + [feed(server.url("/feed"))]
    states = {feeds[0].url: FeedState("m", feeds[0].url, failure_score=2.0)}
    handed_on: list[PollResult] = []
    began = time.monotonic()
    results = poll_feeds(feeds, states, polling(per_host_delay=1), lambda: NOW, handed_on.append)
    assert time.monotonic() - began < 8
    assert offline(results)
    assert [result.poll.outcome for result in results] == ["offline"] * 5 + ["ok"]
    assert [result.state.failure_score for result in results] == [2.0, 0, 0, 0, 0, 0]
    assert sorted(result.feed.url for result in handed_on) == sorted(each.url for each in feeds)
    assert results[1].poll.detail.startswith(("unknown-host: ", "dns-temporary: "))
    assert results[1].poll.monitor == "m"


def test_a_few_dead_hosts_are_their_own_fault(server: FaultServer) -> None:
    feeds = [feed(f"https://host-{n}.invalid/feed") for n in range(3)] + [feed(server.url("/feed"))]
    results = poll_feeds(feeds, {}, polling(), lambda: NOW, monitor="m")
    assert not offline(results)
    assert {result.poll.outcome for result in results[:3]} <= {"unknown-host", "dns-temporary"}
    assert all(result.state.failure_score > 0 for result in results[:3])


def test_nothing_to_poll_is_no_outage() -> None:
    assert poll_feeds([], {}, polling(), lambda: NOW) == []
    assert not offline([])


def test_many_hosts_with_some_faults_lose_nothing() -> None:
    """Every healthy feed is read whole and once, whatever a tenth of the others does."""
    bad = [
        says(answer(status="500 Internal Server Error")),
        says(answer(healthy(), length=99999)),
        says(answer(b"<html></html>")),
        lambda talk: talk.wait(5),
        lambda talk: talk.reset(),
    ]
    count = 200
    scripts = {f"/{n}": bad[n // 10 % 5] if n % 10 == 0 else says(answer(healthy(n % 7))) for n in range(count)}
    with FaultServer(scripts) as server:
        feeds = [feed(server.url(f"/{n}")) for n in range(count)]
        seen: list[str] = []
        results = poll_feeds(
            feeds, {}, polling(deadline=1.5), lambda: NOW, lambda result: seen.append(result.feed.url), monitor="m"
        )
    assert sorted(seen) == sorted(each.url for each in feeds)
    for n, result in enumerate(results):
        if n % 10:
            assert (result.poll.outcome, len(result.entries)) == ("ok", n % 7), result.poll
        else:
            assert result.poll.outcome in {"server-error", "connection-broken", "not-a-feed", "deadline"}
