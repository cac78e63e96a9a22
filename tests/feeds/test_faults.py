"""Each scripted fault ends under its named outcome, within its bounds, and leaves the healthy feed beside it alone."""

from __future__ import annotations

import socket
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from content_faults import CONTENT_FAULTS
from documents import NOW, feed, healthy, polling
from fault_scripts import LIMIT, Fault
from fault_server import FaultServer, answer, says
from transport_faults import TRANSPORT_FAULTS

from monitors.archive.records import FeedState
from monitors.feeds.fetch import Fetcher
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.poll import PollResult, poll_feed, poll_feeds

FAULTS = (*TRANSPORT_FAULTS, *CONTENT_FAULTS)


def poll(url: str, deadline: float = 5.0, language: str = "ko") -> PollResult:
    fetcher = Fetcher(polling(deadline=deadline, max_bytes=LIMIT))
    return poll_feed(feed(url, language=language), FeedState("m", url), fetcher, lambda: NOW)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    scripts = {f"/{fault.name}": fault.script for fault in FAULTS}
    with FaultServer({**scripts, "/healthy": says(answer(healthy()))}) as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_ends_under_its_name_and_in_its_time(fault: Fault, server: FaultServer) -> None:
    deadline = 0.3 if fault.slow else 5.0
    began = time.monotonic()
    language = "ja" if fault.name == "shift-jis" else "ko"
    result = poll(server.url(f"/{fault.name}"), deadline, language)
    took = time.monotonic() - began
    assert result.poll.outcome == fault.outcome, result.poll.detail
    assert took < (1.5 if fault.slow else 6.0)
    assert fault.detail in result.poll.detail
    if fault.entries is not None:
        assert len(result.entries) == fault.entries
    if fault.outcome != "ok":
        assert result.entries == ()
        assert result.state.failure_score > 0
        assert result.state.body_hash is None
        assert result.poll.detail, "a failure says what happened"


def test_every_outcome_is_in_the_closed_set() -> None:
    assert {fault.outcome for fault in FAULTS} <= set(OUTCOMES)
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("name", ["gzip-bomb", "gzip-file-bomb", "double-gzip-bomb", "503-bomb", "endless-body"])
def test_a_bomb_does_not_fill_the_memory(name: str, server: FaultServer) -> None:
    tracemalloc.start()
    try:
        poll(server.url(f"/{name}"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * LIMIT


def test_korean_and_japanese_survive_every_charset(server: FaultServer) -> None:
    for name in ("euc-kr", "cp949", "lying-utf-8", "lying-header", "unknown-charset"):
        assert poll(server.url(f"/{name}")).entries[0].title == "한미 정상회담 개최", name
    assert poll(server.url("/cp949")).entries[1].title == "북한 똠방각하 발표"
    assert poll(server.url("/shift-jis"), language="ja").entries[0].title == "米朝首脳会談へ"


def test_an_outside_entity_is_not_read(server: FaultServer) -> None:
    (entry,) = poll(server.url("/outside-entity")).entries
    assert entry.title in {"", "&outside;"}


def test_retry_after_moves_the_next_poll_in_both_forms(server: FaultServer) -> None:
    for name in ("429-seconds", "429-date"):
        result = poll(server.url(f"/{name}"))
        assert result.retry_after == 7200.0
        assert result.state.next_poll is not None
        assert (result.state.next_poll - NOW).total_seconds() >= 7200


def test_no_connection_in_time_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = []
        for _ in range(4):  # fill the queue of a server that never accepts
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(address)
            waiting.append(sock)
        began = time.monotonic()
        result = poll(f"http://127.0.0.1:{address[1]}/", 0.5)
        for sock in waiting:
            sock.close()
    assert result.poll.outcome == "unreachable"
    assert time.monotonic() - began < 1.5


def test_a_refused_connection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert poll(f"http://127.0.0.1:{port}/").poll.outcome == "unreachable"


def test_a_name_without_address_is_an_unknown_host() -> None:
    result = poll("http://no-such-host.invalid/feed")
    assert result.poll.outcome in {"unknown-host", "dns-temporary"}
    assert result.poll.http_status is None


def test_the_healthy_feed_beside_all_faults_is_untouched(server: FaultServer) -> None:
    quick = [fault for fault in FAULTS if fault.name not in {"many-items", "to-private"}]
    urls: list[str] = []
    for fault in quick:
        urls += [server.url(f"/{fault.name}"), server.url(f"/healthy?beside={fault.name}")]
    began = time.monotonic()
    results = poll_feeds(
        [feed(url) for url in urls], {}, polling(deadline=2.0, max_bytes=LIMIT, workers=32), lambda: NOW, monitor="m"
    )
    assert time.monotonic() - began < 15
    assert [result.feed.url for result in results] == urls
    for result in results[1::2]:
        assert (result.poll.outcome, len(result.entries)) == ("ok", 3), result.poll
