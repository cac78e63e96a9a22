"""What goes to a cluster: batches for every place, no more of the pass than a batch needs, and clear refusals."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.archive.records import Article, FeedState
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Feed
from monitors.developments.engine import Engine
from monitors.errors import InputError, WirewatchError
from monitors.ingest.steps import Prepared


def feeds(count: int) -> list[Feed]:
    return [
        Feed(url=f"http://127.0.0.1:{5000 + number}/", publisher="P", family="p", language="en")
        for number in range(count)
    ]


@settings(deadline=None)  # the first call imports Prefect
@given(count=st.integers(1, 600), places=st.integers(1, 8))
def test_every_feed_is_in_one_batch_in_order_and_every_place_has_work(count: int, places: int) -> None:
    from flows.fan_out import LARGEST_BATCH, ROUNDS, FanOut

    out = FanOut(lambda task, **parameters: None, places, ROUNDS, far=True)  # type: ignore[arg-type, return-value]
    batches = out.batches(feeds(count))
    assert [feed for batch in batches for feed in batch] == feeds(count)
    assert max(map(len, batches)) <= LARGEST_BATCH
    assert len(batches) >= min(count, places)


def test_a_batch_carries_its_own_states_and_comes_back_through_pickle(tmp_path: Path) -> None:
    from flows.fan_out import FanOut

    monitor = load_monitor(shipped_monitor_path())
    states = {feed.url: FeedState(monitor.id, feed.url) for feed in monitor.feeds}
    prepared = Prepared(1, datetime(2025, 8, 25, tzinfo=UTC), True, monitor.feeds, states)
    out = FanOut(lambda task, **parameters: None, 2, far=True)  # type: ignore[arg-type, return-value]
    work = out.work(monitor, monitor.feeds[:2], prepared, print)
    assert isinstance(work, partial)
    _, batch, carried, *_, progress = pickle.loads(pickle.dumps(work)).args
    assert batch == monitor.feeds[:2]
    assert carried.states.keys() == {feed.url for feed in batch}
    assert carried.feeds == ()
    assert progress is not print


@pytest.mark.parametrize(
    "address", ["10.0.0.5:8786", "tcp://10.0.0.5", "http://10.0.0.5:8786", "tcp://:8786", "tcp://h:x"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    from flows.fan_out import check_dask

    with pytest.raises(InputError, match="looks like tcp://"):
        check_dask(address)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.fan_out import check_dask

    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    with pytest.raises(WirewatchError, match=r"pip install 'wirewatch\[dask\]'"):
        check_dask("tcp://10.0.0.5:8786")


def test_a_cluster_elsewhere_needs_a_server_that_it_reaches() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.server import server_for_cluster

    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(WirewatchError, match="set PREFECT_API_URL"),
        server_for_cluster("tcp://10.0.0.5:8786"),
    ):
        pass


def test_few_articles_are_read_here_and_many_in_parts_in_order() -> None:
    from flows import fan_out

    engine = Engine(load_monitor(shipped_monitor_path()))
    titles = ("Trump met with Kim Jong Un in Singapore on Tuesday", "Kim Jong Un opens a school")
    day = datetime(2018, 6, 12, tzinfo=UTC)
    articles = [
        Article(
            monitor=engine.monitor.id, url=f"http://n.example/{number}", canonical_url=f"http://n.example/{number}",
            title=titles[number % 2], text="", language="en", publisher="P", family="p", published=day, discovered=day,
        )
        for number in range(fan_out.WORTH_SENDING)
    ]  # fmt: skip
    cluster = Cluster()
    read = fan_out._reader(cluster, engine)
    assert list(read(articles)) == [engine.read(article) for article in articles]
    assert [len(part) for part in cluster.parts] == [fan_out.READ_TOGETHER] * 3
    assert list(read(articles[:10])) == [engine.read(article) for article in articles[:10]]
    assert len(cluster.parts) == 3
    assert any(engine.read(article) for article in articles)


class Cluster:
    """A client whose workers are this process, over pickle as elsewhere."""

    def __init__(self) -> None:
        self.parts: list[list[Article]] = []

    def submit(self, work: Callable[..., Any], monitor: object, part: list[Article], *, pure: bool) -> Future[Any]:
        self.parts.append(part)
        done: Future[Any] = Future()
        done.set_result(pickle.loads(pickle.dumps(work(*pickle.loads(pickle.dumps((monitor, part)))))))
        return done
