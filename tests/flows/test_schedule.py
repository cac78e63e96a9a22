"""`wirewatch schedule` on a machine where nothing was set up: scheduled runs come, and come again after a crash.

Nothing cheaper notices a scheduler that is dead: deployment and health look well then.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import children, role

from monitors.archive.connection import open_reader
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.errors import ArchiveError
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer, Format
from monitors.ingest.documents import Document, read_documents

ROOT = Path(__file__).parents[2]
STREAM = ROOT / "seeds" / "demo" / "stream.jsonl"
FORMATS: dict[str, Format] = {"en": "rss", "ko": "atom", "ja": "json"}
INTERVAL = 10
ON_TIME = 10.0
"""Seconds from a slot to the start of its run at the most: before the next one. A process takes four to be ready."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("prefect"),
    pytest.mark.timeout(590),
    pytest.mark.skipif(os.name != "posix", reason="process groups are ended by POSIX signals"),
]


@dataclass
class Machine:
    """An empty machine with feeds, an archive and a monitor file, and the schedulers that were started on it."""

    folder: Path
    feeds: FeedServer
    documents: list[Document]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "archive" / "wirewatch.db"

    def publish(self, count: int) -> None:
        shown = self.documents[:count]
        self.feeds.publish({name: [d for d in shown if d.lang == language] for language, name in FORMATS.items()})

    def schedule(self, home: str = "home") -> subprocess.Popen[str]:
        """Start the command in a process group of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
            "HOME": str(self.folder / home),
            "XDG_DATA_HOME": str(self.folder / home / "data"),
            "PYTHONPATH": os.pathsep.join([str(self.folder / "site"), str(ROOT)]),
        }
        command = [sys.executable, "-m", "monitors.cli", "schedule", "--interval", str(INTERVAL)]
        command += ["--monitor", str(self.folder / "demo.yaml"), "--archive", str(self.archive)]
        number = len(list(self.folder.glob("*.log")))
        with (self.folder / f"{home}-{number}.log").open("w") as log:
            process = subprocess.Popen(
                command, env=environment, cwd=self.folder, stdout=log, stderr=log, text=True, start_new_session=True
            )
        self.started.append(process)
        return process

    def kill(self, scheduler: subprocess.Popen[str]) -> None:
        """End the whole process group without a word, as a power cut does."""
        self.started.remove(scheduler)
        os.killpg(scheduler.pid, signal.SIGKILL)
        scheduler.wait(10)

    def kill_one(self, scheduler: subprocess.Popen[str], wanted: str) -> subprocess.Popen[str]:
        """SIGKILL for its process of that role, as soon as there is one. The scheduler that is in charge then: where
        that ended too, a new one, as a service that is restarted.
        """
        found: list[int] = []

        def there() -> bool:
            found[:] = [process for process in children(scheduler.pid) if role(process) == wanted]
            return bool(found)

        self.wait(there, 60)
        os.kill(found[0], signal.SIGKILL)
        if wanted == "run":
            return scheduler
        scheduler.wait(60)
        self.started.remove(scheduler)
        return self.schedule()

    def said(self) -> str:
        return "".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    def runs(self, *outcomes: str) -> list[dict[str, Any]]:
        try:
            with open_reader(self.archive) as archive:
                rows = archive.rows("select id, started, finished, outcome from runs order by id")
        except ArchiveError:  # it is not there yet, or being made
            return []
        return [row for row in rows if not outcomes or row["outcome"] in outcomes]

    def wait(self, until: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert all(process.poll() is None for process in self.started), self.said()
            assert time.monotonic() < deadline, f"{self.runs()}\n{self.said()}"
            time.sleep(0.3)

    def slots(self, since: datetime, home: str = "home") -> list[tuple[datetime, datetime]]:
        """Slot and start of each run of `ingest` that Prefect scheduled and that began before it was killed."""
        path = self.folder / home / "data" / "wirewatch" / "schedule" / "us-korea" / "prefect.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as prefect:
            rows = prefect.execute(
                "select expected_start_time, start_time from flow_run join flow on flow.id = flow_id "
                "where flow.name = 'ingest' and auto_scheduled and start_time is not null "
                "and flow_run.state_name <> 'Crashed' order by 1"
            ).fetchall()
        pairs = [tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in row) for row in rows]
        return [(slot, begun) for slot, begun in pairs if begun > since]

    def urls_of_one_pass(self) -> set[str]:
        """What a single plain pass over all that was published keeps, in an archive of its own."""
        archive = self.folder / "undisturbed.db"
        command = [sys.executable, "-m", "monitors.cli", "run", "--plain"]
        command += ["--monitor", str(self.folder / "demo.yaml"), "--archive", str(archive)]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=self.folder, check=True, timeout=120)
        with open_reader(archive) as found:
            return {url for (url,) in found.values("select canonical_url from articles")}

    def alerts(self) -> Counter[str]:
        """How often each alert was written to the monitor's file."""
        lines = [line for file in self.archive.parent.glob("*.jsonl") for line in file.read_text("utf-8").splitlines()]
        return Counter(json.loads(line)["key"] for line in lines)


@contextmanager
def empty_machine(folder: Path) -> Iterator[Machine]:
    """A machine in a folder, where Wirewatch is installed and nothing else was done. Its schedulers end with it."""
    info = folder / "site" / "wirewatch-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wirewatch\nVersion: 0\n")
    runners = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][
        "wirewatch.runners"
    ]
    lines = [f"{name} = {target}" for name, target in runners.items()]
    (info / "entry_points.txt").write_text("\n".join(["[wirewatch.runners]", *lines, ""]))
    with FeedServer() as feeds:
        found = Machine(folder, feeds, list(read_documents([str(STREAM)])))
        definition = demo_monitor(load_monitor(shipped_monitor_path()), feeds.port, sorted(FORMATS.values()))
        (folder / "demo.yaml").write_text(
            yaml.safe_dump(definition.model_dump(mode="json", exclude_defaults=True), allow_unicode=True), "utf-8"
        )
        try:
            yield found
        finally:
            for process in [one for one in found.started if one.poll() is None]:
                found.kill(process)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with empty_machine(tmp_path) as found:
        yield found


def is_ours_alone() -> bool:
    """Whether no one else keeps the machine so busy that no process could be ready at its time."""
    return os.getloadavg()[0] < 2 * (os.cpu_count() or 1)


def make_due(machine: Machine) -> None:
    """Feeds are polled every ten minutes at the most: have them due now."""
    with sqlite3.connect(machine.archive, timeout=10) as archive:
        archive.execute("update feeds set next_poll = null")


def test_runs_come_on_time_and_again_after_the_whole_group_was_killed(machine: Machine) -> None:
    begun = datetime.now(UTC)
    machine.publish(30)
    scheduler = machine.schedule()
    machine.wait(lambda: len(machine.runs("ok")) >= 1, 180)
    machine.publish(60)
    make_due(machine)
    machine.wait(lambda: len(machine.runs("ok")) >= 4, 180)
    slots = machine.slots(begun)
    assert len(slots) >= 3
    if is_ours_alone():
        assert all(abs((start - slot).total_seconds()) < ON_TIME for slot, start in slots[1:]), slots
    before = machine.alerts()
    assert before, "alerts were delivered"

    machine.kill(scheduler)
    machine.publish(len(machine.documents))
    make_due(machine)
    killed = datetime.now(UTC)
    count = len(machine.runs())
    scheduler = machine.schedule()
    machine.wait(lambda: len([run for run in machine.runs("ok")[-3:] if run["id"] > count]) >= 2, 180)
    after = machine.slots(killed)
    # One catches up at once, and then one a slot: nothing is made up for.
    assert len(after) <= 1 + (datetime.now(UTC) - after[0][0]).total_seconds() / INTERVAL + 1
    assert all(slot > killed for slot, _ in after), "a slot from before the restart was made up for"

    scheduler.send_signal(signal.SIGTERM)
    assert scheduler.wait(60) == 0, machine.said()
    assert "running" not in [run["outcome"] for run in machine.runs()]
    with open_reader(machine.archive) as archive:
        assert archive.values("select * from leases") == []
        assert archive.values("select count(*) from articles")[0][0] > 30
        states = dict(archive.values("select state, count(*) from deliveries group by state"))
        urls = archive.values("select canonical_url from articles")
    assert len(set(urls)) == len(urls)
    assert states.keys() <= {"sent", "merged", "muted"}, states
    alerts = machine.alerts()
    assert alerts.keys() > before.keys(), "news from after the crash was told too"
    assert set(alerts.values()) == {1}, alerts


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are told apart by what /proc says")
def test_whichever_process_is_killed_runs_go_on_and_nothing_is_lost_or_told_twice(machine: Machine) -> None:
    begun = datetime.now(UTC)
    machine.publish(30)
    scheduler = machine.schedule()
    machine.wait(lambda: len(machine.runs("ok")) >= 1, 180)
    machine.publish(45)
    make_due(machine)
    machine.wait(lambda: len(machine.runs("ok")) >= 6, 300)
    if is_ours_alone():
        assert all(abs((start - slot).total_seconds()) < ON_TIME for slot, start in machine.slots(begun)[1:])
    told = machine.alerts()
    assert told, "alerts were delivered"
    for shown, victim in ((60, "run"), (75, "server"), (len(machine.documents), "scheduler")):
        machine.publish(shown)
        make_due(machine)
        killed = datetime.now(UTC)
        scheduler = machine.kill_one(scheduler, victim)
        last = machine.runs()[-1]["id"]
        machine.wait(lambda last=last: sum(run["id"] > last for run in machine.runs("ok")) >= 2, 180)
        if is_ours_alone():
            slots = machine.slots(killed)
            assert slots, victim
            assert all(abs((start - slot).total_seconds()) < ON_TIME for slot, start in slots[1:]), (victim, slots)
    scheduler.send_signal(signal.SIGTERM)
    assert scheduler.wait(60) == 0, machine.said()
    assert "running" not in [run["outcome"] for run in machine.runs()]
    with open_reader(machine.archive) as archive:
        assert archive.values("select * from leases") == []
        urls = [url for (url,) in archive.values("select canonical_url from articles")]
        assert archive.values("select count(*) from unread") == [(0,)]
        assert {state for (state,) in archive.values("select state from deliveries")} <= {"sent", "merged", "muted"}
    assert len(set(urls)) == len(urls)
    assert set(urls) == machine.urls_of_one_pass(), "what a pass finds that nothing disturbs"
    alerts = machine.alerts()
    assert alerts.keys() > told.keys(), "what came between the kills was told too"
    assert set(alerts.values()) == {1}, alerts


def test_two_schedulers_on_one_archive_take_turns(machine: Machine) -> None:
    machine.publish(30)
    one, other = machine.schedule("one"), machine.schedule("other")
    machine.wait(lambda: len(machine.runs("ok")) >= 2 and machine.said().count("Ctrl-C ends it") == 2, 240)
    pages = [line for line in machine.said().splitlines() if line.startswith("Prefect's page")]
    assert len(set(pages)) == 2, "each has a server of its own"
    machine.publish(60)
    make_due(machine)
    machine.wait(lambda: len(machine.runs("ok")) >= 5, 150)
    for process in (one, other):
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C at a terminal: to every process of the group
    assert [process.wait(60) for process in (one, other)] == [0, 0], machine.said()
    assert not any(words in machine.said() for words in ("Traceback", "signal")), machine.said()
    spans = sorted((run["started"], run["finished"]) for run in machine.runs("ok"))
    assert all(spans[n][1] <= spans[n + 1][0] for n in range(len(spans) - 1)), spans
    assert {run["outcome"] for run in machine.runs()} <= {"ok", "skipped", "failed"}, machine.runs()
    alerts = machine.alerts()
    assert alerts
    assert set(alerts.values()) == {1}
