"""The ingest flow and the plain pass over the same feeds leave the same archive and the same counts."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from monitors.archive.connection import open_reader
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.errors import MonitorFileError
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer, Format
from monitors.ingest.documents import Document, read_documents
from monitors.ingest.one_pass import run_pass
from monitors.ingest.summary import PassSummary

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(180)]

STREAM = Path(__file__).parents[2] / "seeds" / "demo" / "stream.jsonl"
FORMATS: dict[str, Format] = {"en": "rss", "ko": "atom", "ja": "json"}
DOCUMENTS = 60

COMPARED = {
    "articles": "select url, title, language, publisher_id, published, feed_url, group_id, relation from articles",
    "texts": "select article_id, title, text from article_texts",
    "developments": "select situation, status, previous_status, article_id, published, novelty, reason, event_date, "
    "place, tier, families, baseline from developments",
    "evidence": "select development_id, article_id, sentence, start from evidence",
    "alerts": "select development_id, decision, reason, priority from alerts",
    "deliveries": "select alert_id, channel, state, attempts from deliveries",
    "polls": "select feed_id, outcome, entries_seen, entries_new, entries_known from polls",
    "runs": "select outcome, counts from runs",
}
"""What is compared: every row, without ids and the times at which things were done."""


@dataclass
class Passes:
    """Two passes each way, the second with more in the feeds than the first."""

    plain: list[PassSummary]
    flow: list[PassSummary]
    plain_archive: Path
    flow_archive: Path


def publish(feeds: FeedServer, documents: list[Document]) -> None:
    feeds.publish(
        {name: [d for d in documents if d.lang == language] for language, name in FORMATS.items()}  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def passes(server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passes]:
    from flows.once import run

    folder = tmp_path_factory.mktemp("passes")
    documents = list(read_documents([str(STREAM)]))[:DOCUMENTS]
    with FeedServer() as feeds:
        monitor_file = folder / "demo.yaml"
        definition = demo_monitor(load_monitor(shipped_monitor_path()), feeds.port, sorted(FORMATS.values()))
        monitor_file.write_text(
            yaml.safe_dump(definition.model_dump(mode="json", exclude_defaults=True), allow_unicode=True), "utf-8"
        )
        monitor = load_monitor(monitor_file)
        found = Passes([], [], folder / "plain" / "plain.db", folder / "flow" / "flow.db")
        ways: list[tuple[list[PassSummary], Callable[[], PassSummary]]] = [
            (found.plain, lambda: run_pass(monitor, found.plain_archive, clock=utc_now, alert_stream=io.StringIO())),
            (found.flow, lambda: run(monitor_file, found.flow_archive, False)),
        ]
        for shown in (documents[: DOCUMENTS // 2], documents):
            publish(feeds, shown)
            for summaries, way in ways:
                summaries.append(way())
        yield found


def test_both_count_the_same(passes: Passes) -> None:
    assert [s.counts() for s in passes.flow] == [s.counts() for s in passes.plain]
    assert passes.flow[1].developments, "the stream brings developments, or this compares nothing"
    assert passes.flow[1].alerts


@pytest.mark.parametrize("table", COMPARED)
def test_both_keep_the_same_rows(passes: Passes, table: str) -> None:
    with open_reader(passes.plain_archive) as plain, open_reader(passes.flow_archive) as flow:
        expected = plain.values(f"{COMPARED[table]} order by rowid")
        assert flow.values(f"{COMPARED[table]} order by rowid") == expected
    assert expected


def test_run_and_artifact_are_named_after_the_monitor(passes: Passes) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        runs = {run.id: run.name for run in client.read_flow_runs() if run.name.startswith("demo ")}
        keys = Counter(artifact.key for artifact in client.read_artifacts() if artifact.flow_run_id in runs)
    assert len(runs) >= len(passes.flow)
    assert keys == {"wirewatch-us-korea": len(passes.flow), "wirewatch-counts-us-korea": len(passes.flow)}


def test_deliver_finds_nothing_left_to_send(passes: Passes, tmp_path: Path) -> None:
    from flows.deliver import deliver

    monitor_file = passes.flow_archive.parent.parent / "demo.yaml"
    summary = deliver(str(monitor_file), str(passes.flow_archive))
    assert (summary.sent, summary.retrying, summary.dead) == (0, 0, 0)


def test_failure_is_the_library_s_own_and_prints_nothing(
    server: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from flows.once import run

    with pytest.raises(MonitorFileError):
        run(tmp_path / "missing.yaml", tmp_path / "w.db", False)
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "w.db").exists()
