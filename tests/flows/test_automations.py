"""The automations that are shipped: Prefect takes them, and they do what they say."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitors.errors import InputError, WirewatchError

FOLDER = Path(__file__).parents[2] / "deploy" / "automations"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(240)]


@contextmanager
def hook() -> Iterator[tuple[str, list[Any]]]:
    """A webhook on loopback: its address, and what it was sent."""
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", heard
        server.shutdown()


def wait(until: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def block_named(name: str, url: str) -> str:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    block = CustomWebhookNotificationBlock(name=name, url=url, json_data={"subject": "{{subject}}", "body": "{{body}}"})
    block.save(name, overwrite=True)
    return f"custom-webhook/{name}"


def test_both_are_made_once_however_often_they_are_applied(server: None) -> None:
    from prefect.client.orchestration import get_client

    from flows.automations import apply
    from flows.replay import replay

    block = block_named("taken", "http://127.0.0.1:9/")
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(client.create_flow(replay), "taken")
        files = sorted(FOLDER.glob("*.yaml"))
        said = [apply(client, file, block) for file in files * 2]
        assert [line.rpartition(": ")[2] for line in said] == ["made"] * 2 + ["brought up to date"] * 2
        made = {one.name: one for one in client.read_automations()}
        assert len(made) == len(files) == 2
        (action,) = made["Wirewatch: replay when asked"].actions
        assert getattr(action, "deployment_id", None) == deployment


def test_what_is_missing_is_named(server: None, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.automations import apply

    (tmp_path / "none.yaml").write_text("actions: [{type: run-deployment, deployment: nowhere}]", "utf-8")
    (tmp_path / "bad.yaml").write_text("name: x\ntrigger: {type: event}\nactions: [{type: leap}]", "utf-8")
    with get_client(sync_client=True) as client:
        with pytest.raises(InputError, match="--block slack-webhook/desk"):
            apply(client, FOLDER / "ingest-failed.yaml")
        with pytest.raises(WirewatchError, match="no block custom-webhook/nobody"):
            apply(client, FOLDER / "ingest-failed.yaml", "custom-webhook/nobody")
        with pytest.raises(WirewatchError, match="no deployment of the flow nowhere"):
            apply(client, tmp_path / "none.yaml")
        with pytest.raises(InputError, match=r"bad\.yaml: not an automation"):
            apply(client, tmp_path / "bad.yaml")


@pytest.mark.skipif(os.name != "posix", reason="measured on POSIX only")
def test_a_failed_pass_is_told_and_a_wanted_replay_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.orchestration import get_client
    from prefect.events import emit_event
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.states import Failed

    from flows.automations import apply
    from flows.ingest import ingest
    from flows.own_server import OwnServer
    from flows.replay import replay

    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    server = OwnServer([0], tmp_path / "server.log")
    try:
        server.wait_until_healthy()
        with (
            hook() as (url, heard),
            temporary_settings({PREFECT_API_URL: f"{server.page}/api"}),
            get_client(sync_client=True) as client,
        ):
            deployment = client.create_deployment(client.create_flow(replay), "replay")
            for file in FOLDER.glob("*.yaml"):
                apply(client, file, block_named("desk", url))
            time.sleep(5)  # the server looks for new automations every few seconds
            run = client.create_flow_run(ingest, name="us-korea 2026-03-01 12:00")
            client.set_flow_run_state(run.id, Failed(message="the disk is full"), force=True)
            wait(lambda: bool(heard), 40)
            assert heard[0]["body"] == "the disk is full"
            assert "ingest, us-korea 2026-03-01 12:00: Failed" in heard[0]["subject"]
            emit_event(
                "wirewatch.replay-wanted",
                resource={"prefect.resource.id": "wirewatch.monitor.us-korea"},
                payload={"since": "2025-08-01"},
            )
            wait(lambda: any(run.deployment_id == deployment for run in client.read_flow_runs()), 40)
            (wanted,) = [run for run in client.read_flow_runs() if run.deployment_id == deployment]
            assert {name: value for name, value in wanted.parameters.items() if value} == {"since": "2025-08-01"}
    finally:
        server.stop()
