"""A feed that turns bad is told of once, and once more when it is well again; without a network no feed is blamed."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killable_pass import passes_that_hang_once_all_is_stored
from newsroom import OPENING, START, Newsroom, alert_lines, alerts_on, glacier, polling

from monitors.archive import alerts, feeds
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.feeds import list_feeds
from monitors.archive.health import load_health, offline_since
from monitors.archive.records import FeedState, Poll
from monitors.definition.model import Monitor
from monitors.errors import ArchiveError
from monitors.feeds.entry import Entry
from monitors.feeds.health import is_ill
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.poll import PollResult
from monitors.ingest.health import HealthCounts, ill_feeds, judge_feed, judge_network
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary
from tests.killing import Killer

HOUR = timedelta(hours=1)
URLS = [f"https://feed-{number}.example/rss" for number in range(6)]
DATED = Entry(
    guid=None,
    url="https://feed-0.example/1",
    title="Headline",
    summary="",
    published=START - HOUR,
    date_confidence="stated",
    raw_date=None,
    language=None,
    publisher=None,
    publisher_url=None,
    author=None,
)
UNDATED = replace(DATED, published=None, date_confidence="missing")
FOUND: dict[str, tuple[Entry, ...]] = {"dated": (DATED,), "undated": (UNDATED,), "empty": ()}


@dataclass
class Watch:
    """Passes over made-up polls, an hour apart, into a real archive."""

    archive: Archive
    monitor: Monitor
    passes: int = 0

    def see(self, **outcomes: str) -> HealthCounts:
        """One pass: what each feed, named `f0` and so on, answered; "dated", "undated", "empty" or an outcome."""
        self.passes += 1
        now = START + self.passes * HOUR
        results = [self._result(int(name[1:]), what, now) for name, what in outcomes.items()]
        offline = any(what == "offline" for what in outcomes.values())
        counts = HealthCounts()
        with self.archive.writing():
            judge_network(self.archive, self.monitor, results, now, offline=offline)
            for result in results:
                feeds.save_poll(self.archive, result.poll, result.state)
                counts += judge_feed(self.archive, self.monitor, result, result.poll, now)
        return replace(counts, ill=ill_feeds(self.archive, self.monitor))

    def _result(self, number: int, what: str, now: datetime) -> PollResult:
        feed = self.monitor.feeds[number]
        entries = FOUND.get(what, ())
        poll = Poll(self.monitor.id, feed.url, now, "ok" if what in FOUND else what, entries_seen=len(entries))
        state = FeedState(self.monitor.id, feed.url, last_polled=now)
        return PollResult(feed, poll, state, entries)

    def told(self, subject: str = URLS[0]) -> list[str]:
        """What was told of a feed, or of the network, oldest first: the headlines without their names."""
        rows = alerts.listing(self.archive, self.monitor.id)
        return [row["reason"].partition(": ")[2].partition(" (")[0] for row in rows[::-1] if row["subject"] == subject]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with open_archive(tmp_path / "wirewatch.db") as archive:
        yield Watch(archive, glacier(URLS))


def test_told_once_when_it_turns_ill_and_once_when_it_recovers(watch: Watch) -> None:
    polls = ["dated", "not-found", "not-found", "not-found", "not-found", "dated", "unchanged"]
    counts = [watch.see(f0=what, f1="unchanged") for what in polls]
    assert [(c.ill, c.newly_ill, c.recovered) for c in counts] == [
        (0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 1, 0), (1, 0, 0), (0, 0, 1), (0, 0, 0),
    ]  # fmt: skip
    assert watch.told() == ["the feed cannot be read", "the feed is healthy again"]
    assert watch.told(URLS[1]) == []


def test_another_illness_is_kept_but_not_told_again(watch: Watch) -> None:
    for what in ["dated", *["server-error"] * 3, "gone"]:
        watch.see(f0=what)
    assert load_health(watch.archive, watch.monitor.id)[URLS[0]].verdict == "ended"
    assert watch.told() == ["the feed cannot be read"]


def test_a_feed_that_never_worked_is_told_of_once(watch: Watch) -> None:
    counts = [watch.see(f0="not-a-feed").newly_ill for _ in range(6)]
    assert counts == [0, 0, 1, 0, 0, 0]
    assert watch.told() == ["the address answers with something that is no feed"]


def test_offline_is_told_once_and_back_once_and_blames_no_feed(watch: Watch) -> None:
    watch.see(f0="dated")
    for _ in range(5):
        assert watch.see(**{f"f{number}": "offline" for number in range(6)}) == HealthCounts()
    assert offline_since(watch.archive, watch.monitor.id) == START + 2 * HOUR
    watch.see(f0="not-polled")
    assert watch.told("network") == ["offline, most feeds are out of reach"]
    watch.see(f0="unchanged")
    watch.see(f0="unchanged")
    assert watch.told("network") == ["offline, most feeds are out of reach", "online again"]
    assert offline_since(watch.archive, watch.monitor.id) is None
    assert watch.told() == []


def test_a_feed_that_left_the_monitor_file_is_not_counted(watch: Watch) -> None:
    for _ in range(3):
        watch.see(f0="not-found")
    watch.monitor = glacier(URLS[1:])
    assert watch.see(f0="unchanged").ill == 0


def test_what_was_told_survives_a_move_of_the_feed(watch: Watch) -> None:
    for _ in range(3):
        watch.see(f0="undated")
    watch.archive.change("update feeds set moved_to = 'https://new.example/rss' where url = ?", [URLS[0]])
    feeds.adopt_moved(watch.archive, watch.monitor.id, ["https://new.example/rss"])
    assert load_health(watch.archive, watch.monitor.id)["https://new.example/rss"].told


def test_failure_while_telling_leaves_neither_alert_nor_mark(watch: Watch) -> None:
    watch.see(f0="not-found")
    watch.see(f0="not-found")
    watch.archive.change("create trigger fail before insert on deliveries begin select raise(abort, 'no room'); end")
    with pytest.raises(ArchiveError, match="no room"):
        watch.see(f0="not-found")
    assert watch.told() == []
    assert not load_health(watch.archive, watch.monitor.id)[URLS[0]].told
    watch.archive.change("drop trigger fail")
    assert watch.see(f0="not-found").newly_ill == 1


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*(OUTCOMES.keys() - {"ok"}), *FOUND]), max_size=30))
def test_every_sequence_of_polls_tells_ill_and_recovered_by_turns(polls: list[str]) -> None:
    with open_archive(":memory:") as archive:
        watch = Watch(archive, glacier(URLS))
        turned = [watch.see(f0=what) for what in polls]
        told = watch.told()
        assert ["again" in text for text in told] == [bool(number % 2) for number in range(len(told))]
        assert sum(c.newly_ill + c.recovered for c in turned) == len(told)
        known = load_health(archive, watch.monitor.id).get(URLS[0])
        assert bool(known and is_ill(known.verdict)) == bool(len(told) % 2)
        network = watch.told("network")
        assert ["again" in text for text in network] == [bool(number % 2) for number in range(len(network))]


class Courier:
    """A server with two feeds: /good, which is always well, and /bad, which answers as it is told."""

    def __init__(self) -> None:
        courier = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body, header = WELL if self.path == "/good" else courier.answer
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if header:
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.answer: Answer = WELL
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.urls = [f"http://127.0.0.1:{self._server.server_port}/{name}" for name in ("bad", "good")]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


Answer = tuple[int, str, bytes, tuple[str, str] | None]


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Courier</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int, date: str = "Tue, 20 Apr 2032 11:00:00 GMT") -> str:
    stated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>Harbour fair, day {number}</title><guid>id-{number}</guid>{stated}</item>"


WELL: Answer = (200, "application/rss+xml", rss(item(1), item(2, "Tue, 20 Apr 2032 10:00:00 GMT")), None)
PAGE = b"<!doctype html><html><body><h1>Courier</h1><p>Welcome.</p></body></html>"
TURNS_BAD: dict[str, tuple[Answer, int]] = {
    "failing": ((404, "text/plain", b"no such path", None), 3),
    "ended": ((410, "text/plain", b"gone", None), 1),
    "not-a-feed": ((200, "text/html", PAGE, None), 3),
    "challenge": ((403, "text/html", PAGE, ("cf-mitigated", "challenge")), 3),
    "empty": ((200, "application/rss+xml", rss(), None), 3),
    "undated": ((200, "application/rss+xml", rss(item(1, ""), item(2, "")), None), 3),
}
"""For each verdict: what the server answers, and after how many polls people are told."""


@dataclass
class Passes:
    """Passes an hour apart over a courier's feeds."""

    archive: Path
    courier: Courier
    monitor: Monitor
    made: int = 0
    terminal: str = ""

    def run(self, apart: timedelta = HOUR) -> PassSummary:
        self.made += 1
        moment = START + self.made * apart
        stream = io.StringIO()
        summary = run_pass(self.monitor, self.archive, clock=lambda: moment, alert_stream=stream)
        self.terminal = stream.getvalue()
        return summary

    def verdicts(self) -> dict[str, str | None]:
        with open_reader(self.archive) as archive:
            return {row["url"].rpartition("/")[2]: row["verdict"] for row in list_feeds(archive)}


@pytest.fixture
def passes(tmp_path: Path) -> Iterator[Passes]:
    courier = Courier()
    yield Passes(tmp_path / "wirewatch.db", courier, glacier(courier.urls))
    courier.close()


def health_lines(archive: Path) -> list[tuple[str, str]]:
    return [(line["event"], line["verdict"]) for line in alert_lines(archive) if line["kind"] == "health"]


@pytest.mark.parametrize("verdict", TURNS_BAD)
def test_a_server_that_turns_bad_is_told_of_once_and_once_more_when_it_recovers(passes: Passes, verdict: str) -> None:
    assert passes.run().feeds_ill == 0
    passes.courier.answer, needed = TURNS_BAD[verdict]
    turned = [passes.run() for _ in range(needed + 1)]
    quiet = [(0, 0)] * (needed - 1)
    assert [(s.feeds_ill, s.feeds_newly_ill) for s in turned] == [*quiet, (1, 1), (1, 0)]
    assert passes.verdicts() == {"bad": verdict, "good": "healthy"}
    assert health_lines(passes.archive) == [("ill", verdict)]
    if verdict == "ended":
        return
    passes.courier.answer = WELL
    recovered = passes.run()
    assert (recovered.feeds_ill, recovered.feeds_recovered) == (0, 1)
    assert alerts_on(passes.terminal) == [f"! Courier 1: the feed is healthy again (was {verdict})"]
    assert passes.run().feeds_recovered == 0
    assert health_lines(passes.archive) == [("ill", verdict), ("recovered", verdict)]


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signal here")
def test_a_feed_that_ended_in_a_pass_that_was_killed_is_told_of_by_the_next(passes: Passes, tmp_path: Path) -> None:
    passes.run()
    passes.courier.answer, _ = TURNS_BAD["ended"]
    stored = tmp_path / "stored"
    given = (str(passes.archive), passes.courier.urls, str(stored))
    with Killer(passes_that_hang_once_all_is_stored, *given) as killer:
        for seconds in (0.5, 2, 8, 32):
            assert killer.kills(seconds, START + (passes.made + 1) * HOUR)
            if stored.exists():
                break
    assert stored.exists()
    assert health_lines(passes.archive) == []
    passes.made += 1
    summary = passes.run()
    assert (summary.feeds_polled, summary.feeds_ill) == (1, 1)
    assert health_lines(passes.archive) == [("ill", "ended")]


def test_a_feed_that_is_quiet_for_longer_than_expected_is_silent(passes: Passes) -> None:
    bad, good = passes.monitor.feeds
    passes.monitor = passes.monitor.model_copy(update={"feeds": (bad.model_copy(update={"expect": "6h"}), good)})
    newly_ill = [passes.run(timedelta(hours=2)).feeds_newly_ill for _ in range(5)]
    assert newly_ill == [0, 0, 1, 0, 0]
    assert passes.verdicts() == {"bad": "silent", "good": "healthy"}
    passes.courier.answer = (200, "application/rss+xml", rss(item(3, "Tue, 20 Apr 2032 23:30:00 GMT")), None)
    assert passes.run(timedelta(hours=2)).feeds_recovered == 1


def test_nobody_is_told_when_no_channel_is_to_be(passes: Passes) -> None:
    policy = passes.monitor.policy.model_copy(update={"health_channels": ()})
    passes.monitor = passes.monitor.model_copy(update={"policy": policy})
    passes.courier.answer, _ = TURNS_BAD["failing"]
    assert [passes.run().feeds_newly_ill for _ in range(4)] == [0, 0, 1, 0]
    assert health_lines(passes.archive) == []
    with open_reader(passes.archive) as archive:
        assert archive.rows("select kind, decision from alerts") == [{"kind": "health", "decision": "mute"}]


@pytest.fixture
def closed() -> Iterator[list[str]]:
    """Addresses on five hosts at ports where nobody listens: bound, so that nobody else begins to."""
    hosts = [f"127.0.0.{number}" for number in range(31, 36)]
    sockets = [socket.socket() for _ in hosts]
    try:
        for host, own in zip(hosts, sockets, strict=True):
            try:
                own.bind((host, 0))
            except OSError:
                pytest.skip("this system has one loopback address only")
        yield [f"http://{host}:{own.getsockname()[1]}/rss" for host, own in zip(hosts, sockets, strict=True)]
    finally:
        for own in sockets:
            own.close()


def test_passes_offline_give_one_notice_and_one_when_we_are_back(newsroom: Newsroom, closed: list[str]) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    online = newsroom.monitor
    offline = glacier(closed, polling=polling(*(url.split("/")[2].split(":")[0] for url in closed)))
    newsroom.monitor = offline
    assert [newsroom.run(engine=None).offline for _ in range(4)] == [True] * 4
    assert health_lines(newsroom.archive) == [("offline", "offline")]
    newsroom.monitor = online
    assert newsroom.run().feeds_ill == 0
    newsroom.run()
    assert health_lines(newsroom.archive) == [("offline", "offline"), ("back", "offline")]
