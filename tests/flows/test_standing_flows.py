"""The flows beside the pass, run on a server: digest, health, maintenance, replay, and what they leave there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from monitors.archive.connection import open_reader
from monitors.clock import utc_now
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.documents import read_documents
from monitors.ingest.one_pass import run_pass

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(180)]

STREAM = Path(__file__).parents[2] / "seeds" / "demo" / "stream.jsonl"


@dataclass
class Desk:
    """A monitor with a daily digest, which is due, and its archive after two passes of the day before yesterday."""

    monitor: str
    archive: str


def two_days_ago() -> datetime:
    return utc_now() - timedelta(days=2)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    documents = [one for one in read_documents([str(STREAM)]) if one.lang == "en"]
    with FeedServer() as feeds:
        definition = demo_monitor(load_monitor(shipped_monitor_path()), feeds.port, ["rss"])
        content = definition.model_dump(mode="json", exclude_defaults=True)
        ended = utc_now() - timedelta(hours=1)
        content["policy"]["digest"] = {"at": f"{ended:%H:%M}", "channels": ["file"]}
        content["retention"] = {"text_days": 1}
        (folder / "desk.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        monitor = load_monitor(folder / "desk.yaml")
        for count in (len(documents) // 2, len(documents)):
            feeds.publish({"rss": documents[:count]})
            run_pass(monitor, folder / "desk.db", clock=two_days_ago, alert_stream=io.StringIO())
        yield Desk(str(folder / "desk.yaml"), str(folder / "desk.db"))


def artifact(key: str) -> Any:
    """The latest artifact of that key, its data read."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])))
    latest = max(found, key=lambda one: str(one.created))
    return latest.data if latest.type == "markdown" else json.loads(str(latest.data))


def test_digest_is_sent_once_whoever_asks_for_it(server: None, desk: Desk) -> None:
    from flows.digest import digest

    sent = digest(desk.monitor, desk.archive)
    again = digest(desk.monitor, desk.archive)
    assert (sent.sent, again.sent) == (1, 0)
    with open_reader(desk.archive) as archive:
        assert archive.values("select count(*) from alerts where kind = 'digest' and decision = 'alert'") == [(1,)]
    assert artifact("wirewatch-digest-us-korea").startswith("## Daily digest")


def test_digest_without_a_policy_is_skipped_with_the_reason(server: None, desk: Desk, tmp_path: Path) -> None:
    from flows.digest import digest

    content = yaml.safe_load(Path(desk.monitor).read_text("utf-8"))
    del content["policy"]["digest"]
    (tmp_path / "none.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    state = digest(str(tmp_path / "none.yaml"), desk.archive, return_state=True)
    assert (state.name, state.message) == ("Skipped", "the monitor us-korea has no policy.digest")


def test_health_is_a_table_and_fails_only_when_something_is_broken(server: None, desk: Desk, tmp_path: Path) -> None:
    from flows.health import health

    state = health(desk.monitor, desk.archive, return_state=True)
    assert state.is_completed(), state.message
    rows = {row["subject"]: row["state"] for row in artifact("wirewatch-health-us-korea")}
    assert rows["integrity"] == "good"
    broken = health(desk.monitor, str(tmp_path / "none.db"), return_state=True)
    assert (broken.name, broken.is_failed()) == ("Broken", True)
    assert "archive: " in (broken.message or "")


def test_maintain_backs_up_removes_texts_and_forgets_old_runs(server: None, desk: Desk, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.health import health
    from flows.maintain import maintain, trim

    health(desk.monitor, desk.archive, return_state=True)
    done = maintain(desk.monitor, desk.archive, str(tmp_path), keep=2, history_days=7)
    assert Path(done["backup"]).parent == tmp_path
    with open_reader(Path(done["backup"])) as copy, open_reader(desk.archive) as archive:
        texts = "select count(*) from article_texts where text <> ''"
        before, after = copy.values(texts)[0][0], archive.values(texts)[0][0]
        assert done["texts_removed"] > 0
        assert before - after == done["texts_removed"]
    assert done["runs_forgotten"] == 0, "none is a week old"
    assert {row["what"] for row in artifact("wirewatch-maintain-us-korea")} == {name.replace("_", " ") for name in done}
    with get_client(sync_client=True) as client:
        ended = [run for run in client.read_flow_runs() if run.end_time]
        assert trim(utc_now() + timedelta(seconds=1)) >= len(ended) > 0
        assert not [run for run in client.read_flow_runs() if run.end_time]


def test_replay_of_the_archive_leaves_a_table_and_a_file(server: None, desk: Desk, tmp_path: Path) -> None:
    from flows.replay import replay

    out = tmp_path / "out.jsonl"
    counts = replay(desk.monitor, desk.archive, documents=str(STREAM), since="2019-01-01", out_file=str(out))
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert counts["developments"] == len(lines) > 0
    assert all(line["published"] >= "2019" for line in lines)
    assert [row["doc"] for row in artifact("wirewatch-replay-us-korea")] == [line["doc"] for line in lines]


def test_replay_says_how_two_monitor_files_differ(server: None, desk: Desk, tmp_path: Path) -> None:
    from flows.replay import replay

    content = yaml.safe_load(Path(desk.monitor).read_text("utf-8"))
    content["situations"] = content["situations"][:1]
    for rule in content["policy"]["rules"]:
        rule.pop("situations", None)
    (tmp_path / "less.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    counts = replay(desk.monitor, documents=str(STREAM), compare_with=str(tmp_path / "less.yaml"))
    assert counts["differences"] > 0
    assert {row["monitor"] for row in artifact("wirewatch-replay-us-korea")} <= {"A", "B"}


def test_a_late_run_leaves_it_to_one_that_began_after_its_slot_and_only_to_that(server: None) -> None:
    from prefect import flow
    from prefect.client.orchestration import SyncPrefectClient, get_client
    from prefect.states import Completed, Running, Scheduled

    from flows.standing import SKIPPED, caught_up

    slot = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def run(client: SyncPrefectClient, deployment: UUID, at: datetime) -> UUID:
        made = client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=at))
        return made.id

    with get_client(sync_client=True) as client:
        flow_id = client.create_flow(flow(name="any")(lambda: None))
        deployment = client.create_deployment(flow_id, "late")
        own = run(client, deployment, slot)
        newer = run(client, deployment, slot + timedelta(minutes=10))
        assert not caught_up(client, deployment, own, slot), "a newer one that has not begun does nothing for us"
        client.set_flow_run_state(newer, Running(), force=True)
        assert caught_up(client, deployment, own, slot), "a newer one is at it"
        client.set_flow_run_state(own, Running(), force=True)
        assert not caught_up(client, deployment, newer, slot + timedelta(minutes=10)), "not both leave it to the other"
        client.set_flow_run_state(newer, Completed(name=SKIPPED), force=True)
        assert not caught_up(client, deployment, own, slot), "one that did nothing does not count"
        client.set_flow_run_state(own, Completed(), force=True)
        assert caught_up(client, deployment, newer, slot + timedelta(minutes=10)), "an older one did it since"
