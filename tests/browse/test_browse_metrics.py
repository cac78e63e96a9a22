"""/metrics is what Prometheus reads: held against its own parser, and against the archive."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from monitors.archive import leases, runs
from monitors.archive.connection import open_archive, open_reader
from monitors.browse.app import application
from monitors.browse.metrics import QUERIES, Metric, text
from monitors.browse.settings import Settings
from monitors.clock import utc_now
from monitors.ingest.turn import new_owner

HOW_TO = Path(__file__).parents[2] / "docs" / "howto" / "unattended.md"
BASE = "http://127.0.0.1:8765"


def samples(body: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = list(text_string_to_metric_families(body))
    assert all(family.documentation for family in families)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_figures_are_those_of_the_archive(client: TestClient, archive_file: Path) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(answer.text)
    with open_reader(archive_file) as archive:
        count = archive.values("select count(*) from articles")[0][0]
        news = archive.values("select count(*) from developments where baseline = 0")[0][0]
    assert sum(value for (name, _), value in found.items() if name == "wirewatch_articles") == count > 0
    assert sum(value for (name, _), value in found.items() if name == "wirewatch_developments_total") == news > 0
    assert found["wirewatch_archive_bytes", ()] >= archive_file.stat().st_size > 0
    for name, *_ in QUERIES:
        assert f"# TYPE wirewatch_{name} " in answer.text


def test_scheduler_and_last_good_run_are_seen(tmp_path: Path) -> None:
    now = utc_now().replace(microsecond=0)
    with open_archive(tmp_path / "w.db") as archive:
        runs.finish(archive, runs.start(archive, "harbour", now).id, now + timedelta(seconds=90), "ok", {})
        runs.finish(archive, runs.start(archive, "harbour", now).id, now + timedelta(hours=1), "skipped", {})
        leases.take(archive, "schedule harbour", new_owner(), now, 120)
        leases.take(archive, "schedule ferry", new_owner(), now - timedelta(hours=1), 120)
    client = TestClient(application(Settings(tmp_path / "w.db", clock=lambda: now)), base_url=BASE)
    found = samples(client.get("/metrics").text)
    ended = found["wirewatch_last_good_run_timestamp_seconds", (("monitor", "harbour"),)]
    assert ended == (now + timedelta(seconds=90)).timestamp()
    assert round(found["wirewatch_last_run_duration_seconds", (("monitor", "harbour"),)]) == 90
    assert found["wirewatch_scheduler_up", (("monitor", "harbour"),)] == 1
    assert found["wirewatch_scheduler_up", (("monitor", "ferry"),)] == 0
    assert found["wirewatch_runs_total", (("monitor", "harbour"), ("outcome", "skipped"))] == 1


def test_how_to_lists_every_metric(client: TestClient) -> None:
    listed = set(re.findall(r"`(wirewatch_[a-z_]+)`", HOW_TO.read_text("utf-8")))
    assert listed == set(re.findall(r"^# TYPE (\S+)", client.get("/metrics").text, flags=re.MULTILINE))


def test_names_that_break_lines_stay_inside_their_label() -> None:
    hostile = 'a"b\\c\nwirewatch_articles 99'
    found = samples(text([Metric("feeds", "gauge", "Feeds.", (({"monitor": hostile}, 1.0),))]))
    assert found == {("wirewatch_feeds", (("monitor", hostile),)): 1.0}


def test_metrics_are_behind_the_gate(archive_file: Path) -> None:
    client = TestClient(application(Settings(archive_file)), base_url="http://elsewhere.example")
    assert client.get("/metrics").status_code == 421
