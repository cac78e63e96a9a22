"""Feeds polled by a Dask cluster: the archive of threads, byte for byte, and nothing lost when a worker dies."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from dask_cluster import DaskCluster
from slow_feeds import SlowFeeds

from monitors.archive.connection import open_reader
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.errors import InputError, WirewatchError
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer, Format
from monitors.ingest.documents import Document, read_documents

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("prefect"),
    pytest.mark.timeout(400),
    pytest.mark.skipif(find_spec("prefect_dask") is None, reason="the extra wirewatch[dask] is not installed"),
]

STREAM = Path(__file__).parents[2] / "seeds" / "demo" / "stream.jsonl"
FORMATS: dict[str, Format] = {"en": "rss", "ko": "atom", "ja": "json"}

WHEN_DONE = frozenset(
    {"active", "applied_at", "content_since", "decided", "discovered", "failed_since", "finished"}
    | {"first_seen", "key", "last_good", "last_polled", "last_seen", "next_poll", "next_try"}
    | {"not_before", "raised", "released", "seconds", "sent", "since", "started", "tried"}
)
"""Columns that hold when something was done or how long it took; a delivery's key is made of it."""


def rows(archive: Path) -> dict[str, bytes]:
    """Every row of every table, ids included, as bytes; without the times at which things were done.

    The stream is of 2018, so that a time of this year in a message is when it was made.
    """
    now = re.compile(rf"{utc_now().year}-\d\d-\d\dT[\d:]+Z")
    out: dict[str, bytes] = {}
    with open_reader(archive) as opened:
        tables = opened.values("select name from sqlite_master where type = 'table' and sql not like '%virtual%'")
        for (table,) in tables:
            found = opened.rows(f'select * from "{table}"')
            kept = [{name: value for name, value in dict(row).items() if name not in WHEN_DONE} for row in found]
            out[table] = now.sub("now", json.dumps(kept, ensure_ascii=False, default=repr)).encode()
    return out


def publish(feeds: tuple[FeedServer, ...], documents: list[Document]) -> None:
    """Each language by a server of its own, so that there are three hosts and as many batches."""
    for server, (language, name) in zip(feeds, FORMATS.items(), strict=True):
        server.publish({name: [d for d in documents if d.lang == language]})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("dask")) as started:
        started.work()
        started.work()
        yield started


def test_two_workers_and_threads_keep_the_same_bytes(server: None, cluster: DaskCluster, tmp_path: Path) -> None:
    from flows.once import run

    documents = list(read_documents([str(STREAM)]))
    with FeedServer() as rss, FeedServer() as atom, FeedServer() as js:
        shipped = load_monitor(shipped_monitor_path())
        definition = demo_monitor(shipped, rss.port, ["rss"])
        feeds = [
            feed
            for port, name in ((rss.port, "rss"), (atom.port, "atom"), (js.port, "json"))
            for feed in demo_monitor(shipped, port, [name]).feeds  # type: ignore[list-item]
        ]
        monitor = tmp_path / "demo.yaml"
        document = definition.model_copy(update={"feeds": tuple(feeds)}).model_dump(mode="json", exclude_defaults=True)
        monitor.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        ways = {"threads": None, "dask": cluster.address}
        summaries = {}
        for shown in (documents[: len(documents) // 2], documents):
            publish((rss, atom, js), shown)
            for way, address in ways.items():
                summaries[way] = run(monitor, tmp_path / way / "w.db", False, dask_address=address)
    assert summaries["dask"].counts() == summaries["threads"].counts()
    assert summaries["dask"].developments
    assert summaries["dask"].alerts
    threads, dask = (rows(tmp_path / way / "w.db") for way in ways)
    differing = {table: (dask[table], threads[table]) for table in threads if dask[table] != threads[table]}
    assert not differing
    assert dask.keys() == threads.keys()
    assert len(json.loads(threads["articles"])) > 100
    assert len(json.loads(threads["deliveries"])) > 0


def test_a_worker_that_is_killed_in_a_batch_loses_no_feed(server: None, cluster: DaskCluster, tmp_path: Path) -> None:
    from flows.once import run

    victim = cluster.workers.pop()
    with SlowFeeds(80, 8, 0.4) as feeds:
        (tmp_path / "monitor.yaml").write_text(feeds.monitor(workers=4), "utf-8")

        def kill() -> None:
            while feeds.asked < 12:  # two workers poll four at once, so that both are at work
                time.sleep(0.05)
            victim.kill()
            victim.wait(10)

        killer = threading.Thread(target=kill)
        killer.start()
        summary = run(tmp_path / "monitor.yaml", tmp_path / "w.db", False, dask_address=cluster.address)
        killer.join()
    assert victim.returncode == -9
    assert feeds.asked > 80, "the dead worker's batch was asked for again"
    assert (summary.feeds_polled, summary.feeds_failed, summary.entries_new) == (80, (), 80)


def test_a_cluster_that_is_lost_ends_the_pass_in_a_sentence(server: None, tmp_path: Path) -> None:
    from flows.once import run

    with DaskCluster(tmp_path) as lost, SlowFeeds(80, 8, 0.4) as feeds:
        lost.work()
        (tmp_path / "monitor.yaml").write_text(feeds.monitor(workers=4), "utf-8")

        def kill() -> None:
            while feeds.asked < 12:
                time.sleep(0.05)
            assert lost.scheduler is not None
            lost.scheduler.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(WirewatchError, match="was lost in the middle of the pass; what was stored stays"):
            run(tmp_path / "monitor.yaml", tmp_path / "w.db", False, dask_address=lost.address)
        killer.join()
    with open_reader(tmp_path / "w.db") as archive:
        assert archive.values("select outcome from runs") == [("failed",)]
        assert archive.values("select count(*) from leases") == [(0,)]


def test_what_cannot_be_reached_is_named(server: None, tmp_path: Path) -> None:
    from flows.fan_out import fan_out

    with (
        pytest.raises(WirewatchError, match="no Dask scheduler answers at tcp://"),
        fan_out("tcp://127.0.0.1:1"),
    ):
        pass
    with DaskCluster(tmp_path) as empty, pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.fan_out.HAS_WORKERS_WITHIN", 0.5)
        with pytest.raises(WirewatchError, match="has no workers; start one with `dask worker"), fan_out(empty.address):
            pass
    with pytest.raises(InputError, match="looks like tcp://"), fan_out("10.0.0.5"):
        pass
