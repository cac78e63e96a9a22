"""What passes learn about their feeds: guids, intervals, gaps, moves, ends, and whose fault a failure is."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from newsroom import HOUR, START, glacier, polling

from monitors.archive.connection import open_archive, open_reader
from monitors.archive.entries import forget_off_topic, would_forget
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary


class Site:
    """Answers by path: a body, or a status with a location. Paths that are not set are not found."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, location, body = site.answers.get(self.path, (404, "", b""))
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.answers: dict[str, tuple[int, str, bytes]] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def publish(self, path: str, items: Sequence[str]) -> None:
        self.answers[path] = (200, "", rss(items))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def rss(items: Sequence[str]) -> bytes:
    return f'<rss version="2.0"><channel><title>Courier</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int, guid: str = "", *, link: bool = True, title: str = "") -> str:
    """On topic; the link is the same for the same number."""
    address = f"<link>https://news.tarnland.example/stories/{number}</link>" if link else ""
    name = title or f"Tarnland and Velmora speak of water, part {number}"
    return f'<item><title>{name}</title>{address}<guid isPermaLink="false">{guid or f"id-{number}"}</guid></item>'


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.close()


class Passes:
    """Passes an hour apart over the feeds of a monitor; every feed is due each time unless asked otherwise."""

    def __init__(self, archive: Path, *urls: str, **changes: Any) -> None:
        self.archive = archive
        self.monitor = glacier(list(urls), **changes)
        self.made = 0

    def run(self, **options: Any) -> PassSummary:
        self.made += 1
        moment = START + self.made * HOUR
        return run_pass(self.monitor, self.archive, clock=lambda: moment, alert_stream=io.StringIO(), **options)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with open_reader(self.archive) as archive:
            return archive.rows(sql)

    def feed(self) -> dict[str, Any]:
        return self.rows("select * from feeds")[0]

    def last_poll(self) -> dict[str, Any]:
        return self.rows("select * from polls order by id desc limit 1")[0]


@pytest.fixture
def passes(site: Site, tmp_path: Path) -> Passes:
    return Passes(tmp_path / "wirewatch.db", site.url("/feed"))


def test_a_feed_that_changes_all_its_guids_brings_nothing_new(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(n) for n in range(6)])
    assert passes.run().articles_new == 6
    for turn in range(2):
        site.publish("/feed", [item(n, f"turn-{turn}-{n}") for n in range(6)])
        summary = passes.run()
        assert (summary.entries_seen, summary.entries_known, summary.articles_new) == (6, 6, 0)
    assert passes.feed()["guids_distrusted"] == "its guids changed for known addresses"
    assert {row["key"][:2] for row in passes.rows("select key from entries")} == {"u:"}
    assert passes.rows("select count(*) as n from entries") == [{"n": 6}]
    assert not passes.last_poll()["possible_gap"]


def test_entries_that_come_back_after_the_guids_changed_are_still_known(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(n) for n in range(8)])
    passes.run()
    site.publish("/feed", [item(n, f"again-{n}") for n in range(4)])
    passes.run()
    site.publish("/feed", [item(n) for n in range(4, 8)])
    assert passes.run().entries_known == 4


def test_a_guid_that_repeats_stays_distrusted_when_it_stands_alone(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(1, "same"), item(2, "same"), item(3)])
    assert passes.run().articles_new == 3
    assert "2 different addresses" in passes.feed()["guids_distrusted"]
    site.publish("/feed", [item(4, "same"), item(3)])
    summary = passes.run()
    assert (summary.entries_known, summary.articles_new) == (1, 1)


def test_the_verdict_keeps_entries_without_an_address_known(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(1, link=False), item(2), item(3)])
    passes.run()
    site.publish("/feed", [item(1, link=False), item(2), item(3), item(4, "x"), item(5, "x")])
    summary = passes.run()
    assert (summary.entries_known, summary.articles_new) == (3, 2)


def test_one_changed_guid_is_no_verdict(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(n) for n in range(4)])
    passes.run()
    site.publish("/feed", [item(0, "other"), *(item(n) for n in range(1, 4))])
    assert passes.run().articles_new == 0
    assert passes.feed()["guids_distrusted"] == ""


def test_a_poll_that_shares_nothing_with_the_last_is_a_possible_gap_and_shortens_the_interval(
    site: Site, passes: Passes
) -> None:
    site.publish("/feed", [item(n) for n in range(4)])
    passes.run()
    assert not passes.last_poll()["possible_gap"]
    site.publish("/feed", [item(n) for n in range(10, 14)])
    passes.run()
    assert passes.last_poll()["possible_gap"]
    assert "possible gap" in passes.last_poll()["detail"]
    state = passes.rows("select (julianday(next_poll) - julianday(last_polled)) * 1440 as minutes from feeds")[0]
    assert 8.9 < state["minutes"] < 11.1


def test_an_unchanged_feed_is_asked_less_often(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(n) for n in range(4)])
    sql = "select (julianday(next_poll) - julianday(last_polled)) * 1440 as minutes from feeds"
    waits = []
    for _ in range(5):
        passes.run()
        waits.append(passes.rows(sql)[0]["minutes"])
    assert passes.last_poll()["outcome"] == "unchanged"
    assert 13 < waits[0] < 17
    assert 49 < waits[4] < 61


def test_an_ended_feed_is_left_alone_by_every_pass_and_named(site: Site, passes: Passes) -> None:
    site.answers["/feed"] = (410, "", b"")
    assert passes.run().feeds_ended == ((site.url("/feed"), "Courier 1"),)
    assert passes.rows("select outcome from polls") == [{"outcome": "gone"}]
    for due_only in (True, False):
        summary = passes.run(due_only=due_only)
        assert (summary.feeds_polled, len(summary.feeds_ended)) == (0, 1)
    assert len(site.asked) == 1


def test_only_due_feeds_are_polled_when_asked_so(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(1)])
    passes.run()
    assert passes.run(due_only=True).feeds_polled == 1
    passes.made -= 1
    assert passes.run(due_only=True).feeds_polled == 0


def moved(site: Site, passes: Passes, polls: int) -> None:
    site.publish("/new;v=2", [item(n) for n in range(3)])
    site.answers["/feed"] = (301, site.url("/new;v=2"), b"")
    for _ in range(polls):
        summary = passes.run()
    assert summary.articles_new == (3 if polls == 1 else 0)


def test_a_permanent_redirect_is_believed_after_three_polls(site: Site, passes: Passes) -> None:
    moved(site, passes, 2)
    assert passes.feed()["moved_to"] is None
    summary = passes.run()
    assert passes.feed()["moved_to"] == site.url("/new;v=2")
    assert summary.feeds_moved == ((site.url("/feed"), "Courier 1", site.url("/new;v=2")),)
    site.asked.clear()
    site.publish("/new;v=2", [item(n) for n in range(4)])
    assert passes.run().articles_new == 1
    assert site.asked == ["/new;v=2"]
    assert {row["url"] for row in passes.rows("select url from feeds")} == {site.url("/feed")}
    assert passes.rows("select count(*) as n from polls") == [{"n": 4}]


def test_a_new_address_that_fails_is_given_up_and_ends_nothing(site: Site, passes: Passes) -> None:
    moved(site, passes, 3)
    site.answers["/new;v=2"] = (410, "", b"")
    assert passes.run().feeds_ended == ()
    assert passes.last_poll()["outcome"] == "not-found"
    assert "given up" in passes.last_poll()["detail"]
    site.publish("/feed", [item(n) for n in range(4)])
    assert passes.run().articles_new == 1
    assert passes.feed()["moved_to"] is None


def test_naming_the_new_address_in_the_monitor_file_forgets_nothing(site: Site, passes: Passes) -> None:
    moved(site, passes, 3)
    passes.monitor = glacier([site.url("/new;v=2")])
    site.publish("/new;v=2", [item(n) for n in range(4)])
    summary = passes.run()
    assert (summary.entries_known, summary.articles_new) == (3, 1)
    assert passes.rows("select url, moved_to, baseline_done from feeds") == [
        {"url": site.url("/new;v=2"), "moved_to": None, "baseline_done": 1}
    ]


def dead(number: int) -> str:
    return f"http://127.0.0.{number}:9/feed"


def over_hosts(tmp_path: Path, site: Site, count: int) -> Passes:
    """`count` feeds on hosts where nothing listens, and one that is well, in batches of one host."""
    urls = [dead(number) for number in range(2, 2 + count)]
    allowed = ("127.0.0.1", *(f"127.0.0.{number}" for number in range(2, 2 + count)))
    return Passes(tmp_path / "wirewatch.db", *urls, site.url("/feed"), polling=polling(*allowed))


def test_offline_is_judged_over_the_whole_pass_and_blames_no_feed(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch has too few hosts for a verdict of its own."""
    monkeypatch.setattr("monitors.ingest.steps.batches.__defaults__", (1,))
    site.publish("/feed", [item(1)])
    passes = over_hosts(tmp_path, site, 5)
    summary = passes.run()
    assert summary.offline
    assert passes.rows("select outcome, count(*) as n from polls group by outcome order by outcome") == [
        {"outcome": "offline", "n": 5},
        {"outcome": "ok", "n": 1},
    ]
    assert passes.rows("select max(failure_score) as worst from feeds") == [{"worst": 0.0}]
    assert passes.rows("select distinct detail from polls where outcome = 'offline'")[0]["detail"].startswith(
        "unreachable: "
    )


def test_a_few_dead_hosts_are_their_own_fault(tmp_path: Path, site: Site) -> None:
    site.publish("/feed", [item(1)])
    passes = over_hosts(tmp_path, site, 2)
    summary = passes.run()
    assert not summary.offline
    assert [outcome for _, _, outcome, _ in summary.feeds_failed] == ["unreachable", "unreachable"]
    assert passes.rows("select count(*) as n from feeds where failure_score > 0") == [{"n": 2}]


def off_topic(number: int) -> str:
    return item(number, title=f"Harbour fair opens with {number} tugboats")


def later(passes: Passes, days: float) -> None:
    passes.made += round(days * 24)


def forget(passes: Passes) -> int:
    with open_archive(passes.archive) as archive:
        expected = would_forget(archive, passes.monitor.id)
        forgotten = forget_off_topic(archive, passes.monitor.id)
    assert forgotten == expected
    return forgotten


def test_only_what_is_off_topic_and_left_its_feed_half_a_year_ago_is_forgotten(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(1), off_topic(2), off_topic(3), off_topic(4)])
    passes.run()
    for day in range(0, 200, 40):  # entry 3 stays in the feed all the time, 4 for the first half of it
        later(passes, 40)
        site.publish("/feed", [item(100 + day), off_topic(3), *([off_topic(4)] if day < 80 else [])])
        passes.run()
    assert forget(passes) == 1
    assert forget(passes) == 0
    assert {row["key"] for row in passes.rows("select key from entries where article_id is null")} == {
        "g:id-3",
        "g:id-4",
    }
    before = passes.rows("select count(*) as n from articles")
    site.publish("/feed", [item(1), off_topic(2), off_topic(3)])
    summary = passes.run()
    assert (summary.entries_known, summary.entries_off_topic, summary.articles_new) == (2, 1, 0)
    assert passes.rows("select count(*) as n from articles") == before


def test_a_feed_that_is_not_read_for_years_forgets_nothing(site: Site, passes: Passes) -> None:
    entries = [item(1), off_topic(2)]
    site.publish("/feed", entries)
    passes.run()
    later(passes, 700)
    passes.run()  # unchanged
    site.answers["/feed"] = (503, "", b"")
    later(passes, 700)
    passes.run()
    assert forget(passes) == 0
    site.publish("/feed", [*entries, item(3)])
    assert passes.run().entries_known == 2


def test_an_article_is_known_by_its_guid_after_years_though_its_address_changed(site: Site, passes: Passes) -> None:
    site.publish("/feed", [item(1), item(2)])
    passes.run()
    later(passes, 900)
    site.publish("/feed", [item(3)])
    passes.run()
    assert forget(passes) == 0
    site.publish("/feed", [item(3), item(9, "id-1", title="Tarnland and Velmora speak of water, part 1")])
    assert passes.run().articles_new == 0
