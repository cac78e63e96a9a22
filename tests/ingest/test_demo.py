"""The demo: the shipped stream as feeds, and alerts as its time passes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from newsroom import alert_lines, alerts_on

from monitors.archive.connection import open_reader
from monitors.definition.load import shipped_monitor_path
from monitors.definition.model import Monitor
from monitors.ingest import demo
from monitors.ingest.demo import Tick, demo_monitor, play
from monitors.ingest.documents import Document, read_documents
from monitors.ingest.summary import PassSummary

pytestmark = pytest.mark.xdist_group("demo")

BACKGROUND = Path(__file__).parent / "demo_background_ids.json"


@dataclass
class Played:
    """What a run of the demo left."""

    archive: Path
    terminal: str
    summaries: list[PassSummary]
    ticks: list[Tick]
    naps: list[float]

    def alerted(self) -> list[str]:
        """The address of the article behind each alert."""
        with open_reader(self.archive) as archive:
            rows = archive.values(
                "select articles.url from alerts join developments on developments.id = development_id "
                "join articles on articles.id = article_id where decision = 'alert'"
            )
        return [row[0] for row in rows]


def played(monitor: Monitor, documents: list[Document], archive: Path, passes: int, seconds: float = 0) -> Played:
    ticks: list[Tick] = []
    naps: list[float] = []
    stream = io.StringIO()
    summaries = play(
        monitor, documents, archive, seconds=seconds, passes=passes, alert_stream=stream, on_tick=ticks.append,
        sleep=naps.append,
    )  # fmt: skip
    return Played(archive, stream.getvalue(), summaries, ticks, naps)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return list(read_documents([str(shipped_monitor_path().parent / "demo" / "stream.jsonl")]))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, shipped: Monitor, documents: list[Document]) -> Iterator[Played]:
    """The whole shipped stream in a few passes."""
    return played(shipped, documents, tmp_path_factory.mktemp("demo") / "wirewatch.db", passes=8)


def test_a_short_slice_tells_each_alert_once(tmp_path: Path, shipped: Monitor, documents: list[Document]) -> None:
    part = [document for document in documents if document.published.year == 2019]
    run = played(shipped, part, tmp_path / "wirewatch.db", passes=3, seconds=60)
    told = [line["key"] for line in alert_lines(run.archive)]
    assert len(told) == len(set(told)) == len(alerts_on(run.terminal)) == len(run.alerted()) >= 1
    assert sum(summary.alerts for summary in run.summaries) == len(told)
    assert run.summaries[0].alerts == 0
    assert [tick.number for tick in run.ticks] == [1, 2, 3]
    assert [tick.now for tick in run.ticks] == sorted(tick.now for tick in run.ticks)
    assert len(run.naps) == 2
    assert all(0 < nap <= 40 for nap in run.naps)


def test_the_whole_stream_raises_at_least_five_alerts_each_once(whole: Played) -> None:
    told = [line["key"] for line in alert_lines(whole.archive)]
    assert len(told) == len(set(told)) == len(alerts_on(whole.terminal)) == len(whole.alerted()) >= 5


@pytest.mark.parametrize("kind", json.loads(BACKGROUND.read_text(encoding="utf-8")))
def test_no_alert_comes_from_a_document_that_is_background(whole: Played, documents: list[Document], kind: str) -> None:
    names = {document.url: document.id for document in documents}
    background = json.loads(BACKGROUND.read_text(encoding="utf-8"))[kind]
    assert set(background) <= set(names.values())
    assert sorted({names[url] for url in whole.alerted()}.intersection(background)) == []


def test_every_feed_is_read_and_every_entry_counted(whole: Played, documents: list[Document]) -> None:
    assert all(summary.feeds_failed == () for summary in whole.summaries)
    assert {summary.feeds_polled for summary in whole.summaries} == {3}
    for one in whole.summaries:
        counted = one.entries_new + one.articles_revised + one.entries_known + one.entries_off_topic
        assert counted == one.entries_seen
    assert sum(one.entries_new + one.entries_off_topic for one in whole.summaries) == len(documents)


def test_the_archive_of_the_demo_can_be_browsed_and_nothing_waits(whole: Played) -> None:
    with open_reader(whole.archive) as archive:
        assert archive.values("pragma integrity_check") == [("ok",)]
        assert archive.values("select count(*) from unread") == [(0,)]
        assert {row[0] for row in archive.values("select outcome from runs")} == {"ok"}
        assert {row[0] for row in archive.values("select state from deliveries")} == {"sent"}


def test_its_feeds_are_the_monitor_s_in_nothing_but_name(shipped: Monitor) -> None:
    changed = demo_monitor(shipped, 4000, ["rss", "atom"])
    assert [feed.url for feed in changed.feeds] == ["http://127.0.0.1:4000/rss", "http://127.0.0.1:4000/atom"]
    assert (changed.seeds, changed.polling.allow_private) == ((), ("127.0.0.1",))
    assert not any(feed.full_text for feed in changed.feeds)
    assert (changed.policy.rules, changed.policy.health_channels) == (shipped.policy.rules, ())
    kept = {"id", "entities", "topic", "situations", "channels"}
    assert all(getattr(changed, name) == getattr(shipped, name) for name in kept)


def test_the_clock_stands_shortly_after_the_last_document(whole: Played, documents: list[Document]) -> None:
    assert whole.ticks[-1].now == documents[-1].published + demo.READING_TIME
