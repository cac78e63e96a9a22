"""Without a network nothing is blamed but the network."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from newsroom import NEWS, OPENING, START, Newsroom, glacier, polling

from monitors.archive.connection import open_reader
from monitors.archive.feeds import load_states
from monitors.ingest.one_pass import run_pass

HOSTS = [f"127.0.0.{number}" for number in range(11, 17)]


@pytest.fixture
def closed_urls() -> Iterator[list[str]]:
    """Addresses on six hosts at ports where nobody listens: bound, so that nobody else begins to."""
    sockets = [socket.socket() for _ in HOSTS]
    try:
        for host, own in zip(HOSTS, sockets, strict=True):
            try:
                own.bind((host, 0))
            except OSError:
                pytest.skip("this system has one loopback address only")
        yield [f"http://{host}:{own.getsockname()[1]}/rss" for host, own in zip(HOSTS, sockets, strict=True)]
    finally:
        for own in sockets:
            own.close()


def test_a_pass_offline_ends_well_and_blames_no_feed(tmp_path: Path, closed_urls: list[str]) -> None:
    monitor = glacier(closed_urls, polling=polling(*HOSTS))
    archive = tmp_path / "wirewatch.db"
    summary = run_pass(monitor, archive, clock=lambda: START, alert_stream=io.StringIO())
    assert summary.offline
    assert {outcome for _, _, outcome, _ in summary.feeds_failed} == {"offline"}
    assert all("unreachable" in detail for _, _, _, detail in summary.feeds_failed)
    with open_reader(archive) as reading:
        states = load_states(reading, monitor.id, closed_urls)
        outcomes = {row[0] for row in reading.values("select outcome from polls")}
        runs = reading.values("select outcome from runs")
    assert all(state.failure_score == 0 and not state.baseline_done for state in states.values())
    assert (outcomes, runs) == ({"offline"}, [("offline",)])


def test_too_few_hosts_to_tell_leave_the_blame_with_the_feeds(newsroom: Newsroom, closed_urls: list[str]) -> None:
    served = [feed.url for feed in newsroom.monitor.feeds]
    newsroom.monitor = glacier([*served, *closed_urls[:2]], polling=polling("127.0.0.1", *HOSTS))
    newsroom.publish(rss=(OPENING,))
    summary = newsroom.run(engine=None)
    assert not summary.offline
    assert [outcome for _, _, outcome, _ in summary.feeds_failed] == ["unreachable", "unreachable"]
    with open_reader(newsroom.archive) as reading:
        states = load_states(reading, newsroom.monitor.id, closed_urls[:2])
    assert all(state.failure_score > 0 for state in states.values())


def test_what_came_out_while_offline_is_told_after(newsroom: Newsroom, closed_urls: list[str]) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    online = newsroom.monitor
    newsroom.monitor = glacier(closed_urls, polling=polling(*HOSTS))
    assert newsroom.run(engine=None).offline
    newsroom.monitor = online
    newsroom.publish(rss=(OPENING, NEWS))
    assert newsroom.run().alerts == 1
    assert [line["kind"] for line in newsroom.lines()].count("development") == 1
