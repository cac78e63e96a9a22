"""Everything due is sent at least once; one failing channel delays no other; what fails is tried again, then dead."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.alerts.channels.registry import open_channels
from monitors.alerts.deliver import deliver_due
from monitors.alerts.health import tell_offline
from monitors.alerts.message import Message
from monitors.alerts.outbox import enqueue
from monitors.alerts.retry import RetryPlan
from monitors.archive import alerts
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Alert, Article, Delivery
from monitors.clock import iso
from monitors.definition.model import Monitor
from monitors.errors import ChannelError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Send = Callable[[str], None]


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Recorder:
    """A channel that keeps the keys it was given, after doing what `first` does."""

    first: Send = lambda key: None
    keys: list[str] = field(default_factory=list)

    def send(self, key: str, message: Message) -> None:
        self.first(key)
        self.keys.append(key)


def fail(*, retry: bool) -> Send:
    def refuse(key: str) -> None:
        raise ChannelError("log", "no answer", retry=retry)

    return refuse


def break_down(key: str) -> None:
    raise RuntimeError("https://token@log.example")


@pytest.fixture
def alert(archive: Archive, harbour: Monitor, article: Article, raise_development) -> Alert:
    return enqueue(archive, harbour, raise_development(), article, NOW)


def by_channel(archive: Archive, alert: Alert) -> dict[str, Delivery]:
    return {delivery.channel: delivery for delivery in alerts.deliveries_of(archive, alert.id)}


def test_terminal_and_file_get_the_alert_once(
    archive: Archive, archive_path: Path, harbour: Monitor, alert: Alert
) -> None:
    screen = io.StringIO()
    channels = open_channels(harbour, archive_path, screen)
    first = deliver_due(archive, channels, Clock(), "me")
    second = deliver_due(archive, channels, Clock(), "me")
    assert (first.sent, second.sent) == (2, 0)
    assert screen.getvalue().count("!! Port talks: scheduled (was agreed)") == 1
    lines = (archive_path.parent / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines] == [by_channel(archive, alert)["log"].key]


def test_failing_channel_holds_up_no_other(archive: Archive, alert: Alert) -> None:
    screen, log = Recorder(), Recorder(fail(retry=True))
    summary = deliver_due(archive, {"screen": screen, "log": log}, Clock(), "me")
    stored = by_channel(archive, alert)
    assert (summary.sent, summary.retrying, summary.dead) == (1, 1, 0)
    assert (stored["screen"].state, stored["log"].state) == ("sent", "pending")
    assert "no answer" in stored["log"].detail
    assert [failure.delivery.channel for failure in summary.failures] == ["log"]


def test_hanging_channel_holds_up_no_other(archive: Archive, alert: Alert) -> None:
    released = threading.Event()
    log = Recorder(lambda key: assert_true(released.wait(20)))
    screen = Recorder(lambda key: released.set())
    summary = deliver_due(archive, {"log": log, "screen": screen}, Clock(), "me")
    assert summary.sent == 2


def assert_true(value: bool) -> None:
    assert value


def test_failure_is_tried_again_when_its_time_has_come(archive: Archive, alert: Alert) -> None:
    clock, plan = Clock(), RetryPlan(base=100)
    log = Recorder(fail(retry=True))
    channels = {"screen": Recorder(), "log": log}
    deliver_due(archive, channels, clock, "me", plan=plan, spread=lambda: 1.0)
    log.first = Recorder().first
    clock.now = NOW + timedelta(seconds=99)
    assert deliver_due(archive, channels, clock, "me", plan=plan).sent == 0
    clock.now = NOW + timedelta(seconds=100)
    assert deliver_due(archive, channels, clock, "me", plan=plan).sent == 1
    assert log.keys == [by_channel(archive, alert)["log"].key]


def test_failure_that_trying_again_cannot_help_is_dead_at_once(archive: Archive, alert: Alert) -> None:
    summary = deliver_due(archive, {"screen": Recorder(), "log": Recorder(fail(retry=False))}, Clock(), "me")
    assert summary.dead == 1
    assert by_channel(archive, alert)["log"].state == "dead"


def test_gives_up_after_the_last_attempt(archive: Archive, alert: Alert) -> None:
    clock, plan = Clock(), RetryPlan(base=1, attempts=3)
    channels = {"screen": Recorder(), "log": Recorder(fail(retry=True))}
    outcomes = []
    for _ in range(4):
        summary = deliver_due(archive, channels, clock, "me", plan=plan)
        outcomes.append((summary.retrying, summary.dead))
        clock.now += timedelta(hours=1)
    assert outcomes == [(1, 0), (1, 0), (0, 1), (0, 0)]
    assert by_channel(archive, alert)["log"].detail.startswith("given up after 3 attempts")


def test_fault_in_a_channels_code_is_contained_and_its_text_is_kept_out(archive: Archive, alert: Alert) -> None:
    summary = deliver_due(archive, {"screen": Recorder(), "log": Recorder(break_down)}, Clock(), "me")
    detail = by_channel(archive, alert)["log"].detail
    assert (summary.sent, summary.retrying) == (1, 1)
    assert "RuntimeError" in detail
    assert "token" not in detail


def test_channel_that_the_monitor_file_lost_is_named(archive: Archive, alert: Alert) -> None:
    summary = deliver_due(archive, {"screen": Recorder()}, Clock(), "me")
    assert summary.retrying == 1
    assert "no channel 'log'" in by_channel(archive, alert)["log"].detail


def test_unreadable_payload_is_dead_and_blocks_nothing(archive: Archive, alert: Alert) -> None:
    archive.change("update deliveries set payload = '{}' where channel = 'log'")
    summary = deliver_due(archive, {"screen": Recorder(), "log": Recorder()}, Clock(), "me")
    assert (summary.sent, summary.dead) == (1, 1)


def test_what_another_deliverer_holds_is_left_alone_until_its_lease_ends(archive: Archive, alert: Alert) -> None:
    clock = Clock()
    alerts.claim_due(archive, "other", NOW, 10, 60)
    channels = {"screen": Recorder(), "log": Recorder()}
    assert deliver_due(archive, channels, clock, "me").sent == 0
    clock.now = NOW + timedelta(seconds=61)
    assert deliver_due(archive, channels, clock, "me").sent == 2


DELIVER_AND_DIE = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from monitors.alerts.channels.file import JsonLinesFile
from monitors.alerts.deliver import deliver_due
from monitors.archive.connection import open_archive

class Fatal(JsonLinesFile):
    def send(self, key, message):
        super().send(key, message)
        os._exit(9)

path = Path(sys.argv[1])
log = Fatal("log", path.parent / "alerts.jsonl")
with open_archive(path) as archive:
    deliver_due(archive, {"log": log, "screen": log}, lambda: datetime(2026, 3, 1, 12, tzinfo=UTC), "doomed")
"""


def test_process_killed_between_sending_and_recording_loses_nothing_and_doubles_nothing_in_the_file(
    archive: Archive, archive_path: Path, harbour: Monitor, alert: Alert
) -> None:
    killed = subprocess.run([sys.executable, "-c", DELIVER_AND_DIE, archive_path], check=False)
    assert killed.returncode == 9
    with open_archive(archive_path) as after:
        clock = Clock(NOW + timedelta(hours=1))
        assert deliver_due(after, open_channels(harbour, archive_path, io.StringIO()), clock, "next").sent == 2
    keys = [json.loads(line)["key"] for line in (archive_path.parent / "alerts.jsonl").read_text().splitlines()]
    assert by_channel(archive, alert)["log"].key in keys
    assert len(keys) == len(set(keys))


DELIVER_AND_DIE_AT_ONCE = """
import os, sys
from pathlib import Path
from monitors.alerts.deliver import deliver_due
from monitors.alerts.retry import RetryPlan
from monitors.archive.connection import open_archive
from monitors.clock import from_iso

class Fatal:
    def send(self, key, message):
        os._exit(9)

with open_archive(Path(sys.argv[1])) as archive:
    deliver_due(archive, {"log": Fatal()}, lambda: from_iso(sys.argv[2]), "doomed", plan=RetryPlan(attempts=3))
"""


def test_delivery_that_kills_its_process_is_dead_after_the_last_attempt(
    archive: Archive, archive_path: Path, alert: Alert
) -> None:
    archive.change("delete from deliveries where channel = 'screen'")
    ends = []
    for hour in range(5):
        now = iso(NOW + timedelta(hours=hour))
        done = subprocess.run([sys.executable, "-c", DELIVER_AND_DIE_AT_ONCE, archive_path, now], check=False)
        ends.append(done.returncode)
    assert ends == [9, 9, 9, 0, 0]
    stored = by_channel(archive, alert)["log"]
    assert (stored.state, stored.attempts) == ("dead", 3)
    assert stored.detail.startswith("given up after 3 attempts")


def test_what_was_given_up_is_counted_as_dead(archive: Archive, alert: Alert) -> None:
    archive.change("update deliveries set attempts = 3 where channel = 'log'")
    channels = {"screen": Recorder(), "log": Recorder()}
    summary = deliver_due(archive, channels, Clock(), "me", plan=RetryPlan(attempts=3))
    assert (summary.sent, summary.dead) == (1, 1)
    assert channels["log"].keys == []


def test_monitors_that_share_an_archive_and_a_channels_name_send_their_own(
    archive: Archive, harbour: Monitor, alert: Alert
) -> None:
    airport = harbour.model_copy(update={"id": "airport"})
    tell_offline(archive, airport, NOW)
    mine, theirs = Recorder(), Recorder()
    deliver_due(archive, {"screen": mine, "log": mine}, Clock(), "me", monitor="harbour")
    deliver_due(archive, {"screen": theirs, "log": theirs}, Clock(), "them", monitor="airport")
    assert (len(mine.keys), len(theirs.keys)) == (2, 2)
    assert set(mine.keys) == {delivery.key for delivery in by_channel(archive, alert).values()}


def test_who_lost_the_lease_leaves_the_record_to_who_took_over(archive: Archive, alert: Alert) -> None:
    clock = Clock()

    def be_slow(key: str) -> None:
        with archive_of_its_own(archive) as other:
            # What a dead deliverer left is claimed one by one, and the screen's may not have been recorded yet.
            for _ in range(2):
                alerts.claim_due(other, "other", clock.now + timedelta(hours=1), 10, 60)
        raise ChannelError("log", "no answer", retry=False)

    deliver_due(archive, {"screen": Recorder(), "log": Recorder(be_slow)}, clock, "slow")
    stored = by_channel(archive, alert)["log"]
    assert (stored.state, stored.attempts) == ("pending", 2)


def archive_of_its_own(archive: Archive) -> Archive:
    return open_archive(archive.path)


def test_several_deliverers_at_once_send_everything_once(
    archive: Archive, archive_path: Path, harbour: Monitor, article: Article, raise_development
) -> None:
    with archive.writing():
        for _ in range(40):
            enqueue(archive, harbour, raise_development(), article, NOW)
    channel = Recorder()
    failures: list[BaseException] = []

    def deliver(owner: str) -> None:
        try:
            with open_archive(archive_path) as own:
                deliver_due(own, {"screen": channel, "log": channel}, Clock(), owner)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=deliver, args=(f"deliverer-{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(channel.keys) == len(set(channel.keys)) == 80
    assert alerts.pending(archive) == 0
