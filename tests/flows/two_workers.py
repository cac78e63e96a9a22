"""Prefect's server on PostgreSQL, a work pool, two workers; one of them is killed with all it started, in a run.

    python tests/flows/two_workers.py [FOLDER]

It takes some five minutes and prints what happened, as one JSON object. Everything is on loopback, and ends with it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from postgres import PostgreSQL, free_port
from slow_feeds import SlowFeeds

ROOT = Path(__file__).resolve().parents[2]
POOL = "wirewatch"
WORKERS = ("one", "two")
ROUNDS = 2
FEEDS, HOSTS, DELAY, AT_ONCE = 160, 32, 0.4, 4
"""A pass polls four batches at once, four feeds in each: some five seconds."""

HEALTHY_WITHIN, DONE_WITHIN, RETRIED_WITHIN = 180.0, 240.0, 420.0
HEARTBEAT = 30
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}


@dataclass
class Site:
    """The server, its workers and what they work on."""

    folder: Path
    api: str
    environment: dict[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.folder / "news.db"

    def prefect(self, *arguments: str) -> None:
        """A command of Prefect's, in the checkout."""
        command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"

    def start_worker(self, name: str) -> None:
        """A worker that takes one run at a time. With its own home, as on a machine of its own."""
        environment = self.environment | {"PREFECT_HOME": str(self.folder / f"worker-{name}")}
        with self.log(name).open("wb") as log:
            self.workers[name] = subprocess.Popen(
                [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--name", name, "--limit", "1"],
                env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def online(self) -> set[str]:
        """The workers that the server has heard of."""
        workers = self.ask(f"/work_pools/{POOL}/workers/filter", {})
        return {worker["name"] for worker in workers if worker["status"] == "ONLINE"}

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def takers(self, run: str) -> list[str]:
        """The workers that took a run, by what each says; one that was a moment too late says that it aborts."""
        out = []
        for name in WORKERS:
            said = self.log(name).read_text("utf-8", "replace")
            if said.count(f"submitting flow run '{run}'") > said.count(f"Aborted submission of flow run '{run}'"):
                out.append(name)
        return out

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Prefect's REST API."""
        request = urllib.request.Request(self.api + path, headers={"Content-Type": "application/json"})
        if body is not None:
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def start_run(self, deployment: str) -> str:
        found = self.ask(f"/deployments/name/ingest/{deployment}")
        run: str = self.ask(f"/deployments/{found['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"]
        return run

    def state(self, run: str) -> str:
        kind: str = self.ask(f"/flow_runs/{run}")["state_type"]
        return kind

    def history(self, run: str) -> list[tuple[str, str, str]]:
        """(time, name, message) of each state of a run, in order."""
        states = self.ask(f"/flow_run_states/?flow_run_id={run}")
        return [(state["timestamp"], state["name"], state["message"] or "") for state in states]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        from monitors.archive.connection import open_reader
        from monitors.errors import ArchiveError

        try:
            with open_reader(self.archive) as archive:
                return [dict(row) for row in archive.rows(sql)]
        except ArchiveError:  # not there yet
            return []


def main(folder: Path) -> dict[str, Any]:
    """Start everything, see both workers at work, kill one in a run, and look at what is left."""
    with SlowFeeds(FEEDS, HOSTS, DELAY) as feeds, site(folder, feeds) as here:
        for name in WORKERS:
            here.start_worker(name)
        wait(lambda: here.online() == set(WORKERS), HEALTHY_WITHIN, here)
        shared: list[dict[str, Any]] = []
        for _ in range(ROUNDS):
            runs = [here.start_run(name) for name in ("a", "b")]
            wait(lambda runs=runs: all(here.state(run) in ENDED for run in runs), DONE_WITHIN, here)
            shared += [{"state": here.state(run), "workers": here.takers(run)} for run in runs]
        baseline = here.start_run("c")
        wait(lambda: here.state(baseline) in ENDED, DONE_WITHIN, here)
        feeds.editions = 2
        lost = here.start_run("c")
        wait(lambda: articles(here, "c") > FEEDS, DONE_WITHIN, here)
        (victim,) = here.takers(lost)
        began = time.monotonic()
        kill_all(here.workers[victim].pid)
        kept = articles(here, "c")
        wait(lambda: here.state(lost) == "CRASHED" or len(here.takers(lost)) > 1, RETRIED_WITHIN, here)
        noticed = time.monotonic() - began
        wait(lambda: len(here.takers(lost)) > 1 and here.state(lost) in ENDED, RETRIED_WITHIN, here)
        done = time.monotonic() - began
        feeds.editions = 1  # nothing that is new to `a`: how far an orphan comes depends on when it is told to stop
        return {
            "shared": shared,
            "killed": victim,
            "taken_by": here.takers(lost),
            "noticed_after": round(noticed, 1),
            "done_after": round(done, 1),
            "orphan": orphan(here),
            "history": here.history(lost),
            "articles_at_the_kill": kept,
            "alerts": [line["key"] for line in lines(folder / "alerts.jsonl") if line["monitor"] == "c"],
            **left(here),
        }


def orphan(here: Site) -> dict[str, Any]:
    """What becomes of a run of which only the worker is killed, and not the run's own process."""
    run = here.start_run("a")
    wait(lambda: here.state(run) == "RUNNING", DONE_WITHIN, here)
    (taker,) = here.takers(run)
    here.workers[taker].kill()
    began = time.monotonic()
    wait(lambda: here.state(run) in {"SCHEDULED", "COMPLETED", "FAILED"}, RETRIED_WITHIN, here)
    wait(lambda: not held(here), RETRIED_WITHIN, here)  # its own process is at an end too
    return {"settled_after": round(time.monotonic() - began, 1), "history": here.history(run)}


def articles(here: Site, monitor: str) -> int:
    rows = here.rows(f"select count(*) as n from articles where monitor = '{monitor}'")
    return int(rows[0]["n"]) if rows else 0


def held(here: Site) -> list[dict[str, Any]]:
    """The leases that have not run out."""
    return here.rows("select name from leases where until > strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")


def lines(file: Path) -> list[dict[str, Any]]:
    """The alerts of a file channel; none where there is no file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def left(here: Site) -> dict[str, Any]:
    """What the archive holds at the end."""
    from monitors.archive.connection import open_archive
    from monitors.archive.integrity import examine
    from monitors.clock import utc_now

    with open_archive(here.archive) as archive:
        findings = examine(archive, here.archive, utc_now())
    return {
        "articles": {name: articles(here, name) for name in ("a", "b", "c")},
        "doubled": here.rows("select canonical_url from articles group by monitor, canonical_url having count(*) > 1"),
        "unread": here.rows("select count(*) as n from unread")[0]["n"],
        "leases": held(here),
        "outcomes": here.rows("select monitor, outcome from runs order by id"),
        "findings": [(finding.state, finding.subject, finding.detail) for finding in findings],
    }


@contextmanager
def site(folder: Path, feeds: SlowFeeds) -> Iterator[Site]:
    """PostgreSQL, Prefect's server on it, the pool, the deployments and the automations; workers end with it."""
    with ExitStack() as stack:
        database = stack.enter_context(PostgreSQL())
        port = free_port()
        own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT),
            "PYTHONPATH": str(ROOT),
            "WIREWATCH_CHECKOUT": str(ROOT),
        }
        here = Site(folder, f"http://127.0.0.1:{port}/api", own)
        server = own | {
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.url,
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        }
        with here.log("server").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
                env=server, cwd=folder, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        stack.callback(lambda: kill_all(process.pid))
        stack.callback(lambda: [kill_all(worker.pid) for worker in here.workers.values()])
        wait(lambda: healthy(here), HEALTHY_WITHIN, here)
        here.prefect("work-pool", "create", POOL, "--type", "process")
        template = str(ROOT / "deploy" / "kubernetes" / "job-template.json")
        here.prefect("work-pool", "create", "jobs", "--type", "kubernetes", "--base-job-template", template)
        here.prefect("deploy", "--all", "--prefect-file", str(deployments(here, feeds)))
        here.prefect("automation", "create", "--from-file", str(ROOT / "deploy" / "prefect" / "lost-runs.yaml"))
        yield here


def deployments(here: Site, feeds: SlowFeeds) -> Path:
    """The `ingest` of prefect.yaml three times, each with a monitor of its own and without its schedule."""
    project = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    (ingest,) = (one for one in project["deployments"] if one["name"] == "ingest")
    project["deployments"] = []
    for name in ("a", "b", "c"):
        monitor = here.folder / f"{name}.yaml"
        monitor.write_text(feeds.monitor(AT_ONCE).replace("id: lund\nlanguages", f"id: {name}\nlanguages"), "utf-8")
        parameters = {"monitor_file": str(monitor), "archive_file": str(here.archive), "due_only": False}
        project["deployments"].append(ingest | {"name": name, "parameters": parameters, "schedules": []})
    file = here.folder / "prefect.yaml"
    file.write_text(yaml.safe_dump(project), "utf-8")
    return file


def healthy(here: Site) -> bool:
    try:
        return bool(here.ask("/health"))
    except OSError:
        return False


def wait(until: Callable[[], bool], seconds: float, here: Site) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "\n".join(
            f"== {log.name}\n{log.read_text('utf-8', 'replace')[-3000:]}" for log in sorted(here.folder.glob("*.log"))
        )
        time.sleep(0.25)


def kill_all(process: int) -> None:
    """SIGKILL for a process and all that it started, as when a machine dies. Linux: it reads /proc."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    todo = [process]
    while todo:
        number = todo.pop()
        todo += parents.get(number, [])
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary)), indent=1))
