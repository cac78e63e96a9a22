"""What keeps Wirewatch itself from its work is told once, and once more when it is over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from storytelling import Story

from monitors.alerts.health import health_channels
from monitors.alerts.message import HealthMessage, headline
from monitors.alerts.troubles import ADVICE, ENOUGH_DISK_BYTES, LITTLE_DISK_BYTES, disk, passes, tell_troubles
from monitors.archive import alerts, runs, troubles
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Delivery
from monitors.archive.troubles import Trouble
from monitors.clock import iso
from monitors.definition.model import Monitor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ROOM = ENOUGH_DISK_BYTES
INVITES = "Ada Brunnick invites Joren Saal to talks in Ostrava"
AGREES = "Joren Saal agrees to meet Ada Brunnick"
SCHEDULED = "Ada Brunnick and Joren Saal to meet in Ostrava on May 3"
SIGNED = "Tarnland and Velmora sign glacier treaty"
Tell = Callable[..., Story]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def begin(**policy: Any) -> Story:
        return Story(tmp_path, policy={"rules": [{"channels": ["mail", "phone"]}], **policy})

    return begin


class TestAChannel:
    def test_that_takes_nothing_is_told_once_through_the_others_and_when_it_takes_messages_again(
        self, tell: Tell
    ) -> None:
        story = tell().broken("phone")
        story.at("00:10").article(INVITES)
        story.want("00:10", INVITES)
        assert "1 message given up" in story.want("00:10", "Channel phone").text
        story.at("00:12").article(AGREES)
        story.want("00:12", AGREES)
        story.want_no_more("00:15").broken("phone", mended=True).article(SCHEDULED)
        story.want("00:15", SCHEDULED)
        story.want("00:15", SCHEDULED, channel="phone")
        assert "2 given up meanwhile" in story.want("00:15", "Channel phone").text
        story.want_no_more("00:20")

    def test_that_alone_is_to_tell_of_health_is_told_of_by_the_others(self, tell: Tell) -> None:
        story = tell(health_channels=["phone"]).broken("phone")
        story.at("00:10").article(INVITES)
        story.want("00:10", INVITES)
        story.want("00:10", "Channel phone")

    def test_the_end_of_all_channels_is_told_once_each_and_goes_round_in_no_loop(self, tell: Tell) -> None:
        story = tell().broken("phone").broken("mail")
        story.at("00:10").article(INVITES).want_no_more("01:30")
        found = story.rows("select subject, count(*) as alerts from alerts where kind = 'health' group by subject")
        assert [(row["subject"], row["alerts"]) for row in found] == [("channel mail", 1), ("channel phone", 1)]

    def test_a_silence_keeps_it_back(self, tell: Tell) -> None:
        story = tell().broken("phone").silence("channel phone", hours=24)
        story.at("00:10").article(INVITES)
        story.want("00:10", INVITES)
        story.want_no_more("00:20")


def fail(archive: Archive, channel: str, released: datetime, failed: datetime, state: str = "pending") -> None:
    """A delivery that was due at one time and failed at another."""
    number = int(archive.values("select count(*) from deliveries")[0][0])
    alert = alerts.insert_alert(
        archive, Alert("harbour", None, released, "alert", "r", kind="health", subject="network")
    )
    alerts.insert_deliveries(archive, [Delivery(alert.id, channel, f"k{number}", "{}", not_before=released)])
    archive.change(
        "update deliveries set state = ?, failed = ?, attempts = 1, detail = 'no answer', sent = ? where key = ?",
        [state, iso(failed), iso(failed) if state == "sent" else None, f"k{number}"],
    )


def told(archive: Archive, harbour: Monitor, now: datetime, free: int = ROOM) -> list[str]:
    return [alert.reason for alert in tell_troubles(archive, harbour, free, now)]


def test_a_channel_that_fails_for_an_hour_is_told_of_though_nothing_is_given_up(
    archive: Archive, harbour: Monitor
) -> None:
    fail(archive, "log", NOW, NOW + 50 * MINUTE)
    assert told(archive, harbour, NOW + 2 * HOUR) == []  # nobody tried since
    fail(archive, "log", NOW, NOW + 61 * MINUTE)
    (reason,) = told(archive, harbour, NOW + 62 * MINUTE)
    assert reason.startswith("Channel log: messages do not arrive (undelivered: 1 message tried in vain")
    (row,) = archive.rows("select channel from deliveries where alert_id = (select max(id) from alerts)")
    assert row["channel"] == "screen"


def test_one_message_that_fails_on_while_others_arrive_is_told_of_once_and_when_it_is_given_up(
    archive: Archive, harbour: Monitor
) -> None:
    fail(archive, "log", NOW, NOW + 61 * MINUTE)
    fail(archive, "log", NOW, NOW + 61 * MINUTE, "sent")
    (reason,) = told(archive, harbour, NOW + 62 * MINUTE)
    assert "it has taken others since" in reason
    archive.change("update deliveries set failed = ? where key = 'k0'", [iso(NOW + 3 * HOUR)])
    assert told(archive, harbour, NOW + 3 * HOUR) == []
    archive.change("update deliveries set failed = ?, state = 'dead' where key = 'k0'", [iso(NOW + 4 * HOUR)])
    (reason,) = told(archive, harbour, NOW + 4 * HOUR)
    assert "1 message given up" in reason


def test_what_failed_before_failures_had_times_is_not_told(archive: Archive, harbour: Monitor) -> None:
    fail(archive, "log", NOW, NOW, "dead")
    archive.change("update deliveries set failed = null")
    assert told(archive, harbour, NOW) == []


def test_a_channel_that_left_the_monitor_file_is_forgotten_without_a_word(archive: Archive, harbour: Monitor) -> None:
    troubles.save(archive, Trouble("harbour", "channel gone", "undelivered", NOW, NOW))
    assert told(archive, harbour, NOW + HOUR) == []
    assert troubles.load(archive, "harbour")["channel gone"].until == NOW + HOUR


def run(archive: Archive, at: datetime, outcome: str) -> None:
    started = runs.start(archive, "harbour", at)
    if outcome != "running":
        runs.finish(archive, started.id, at, outcome, {})


def test_passes_that_fail_in_a_row_are_told_once_and_when_one_works(archive: Archive, harbour: Monitor) -> None:
    for n, outcome in enumerate(("ok", "failed", "skipped", "interrupted", "running")):
        run(archive, NOW + n * MINUTE, outcome)
    assert told(archive, harbour, NOW + 5 * MINUTE) == []
    run(archive, NOW + 6 * MINUTE, "failed")
    assert told(archive, harbour, NOW + 6 * MINUTE) == [
        "Harbour: passes fail (passes-failing: 3 passes failed in a row)"
    ]
    run(archive, NOW + 7 * MINUTE, "failed")
    assert told(archive, harbour, NOW + 7 * MINUTE) == []
    run(archive, NOW + 8 * MINUTE, "ok")
    assert told(archive, harbour, NOW + 8 * MINUTE) == ["Harbour: passes work again"]
    assert told(archive, harbour, NOW + 9 * MINUTE) == []


def test_passes_that_stopped_are_told_by_whoever_still_delivers(archive: Archive, harbour: Monitor) -> None:
    for n in range(4):
        run(archive, NOW + n * 10 * MINUTE, "ok")
    assert told(archive, harbour, NOW + 80 * MINUTE) == []
    (reason,) = told(archive, harbour, NOW + 91 * MINUTE)
    assert "passes have stopped (passes-stopped: no pass has ended since 2026-03-01 12:30 UTC" in reason
    run(archive, NOW + 95 * MINUTE, "ok")
    assert told(archive, harbour, NOW + 96 * MINUTE) == ["Harbour: passes go on again"]


@pytest.mark.parametrize(("outcomes", "after"), [(["ok", "ok", "running"], 59), (["ok"], 600), ([], 600)])
def test_a_pass_under_way_and_one_that_was_the_first_have_not_stopped(
    harbour: Monitor, archive: Archive, outcomes: list[str], after: int
) -> None:
    for outcome in outcomes[:-1]:
        run(archive, NOW - timedelta(days=1), outcome)
    if outcomes:
        run(archive, NOW, outcomes[-1])
    found = runs.listing(archive, "harbour")
    assert list(passes(harbour, found, None, NOW + after * MINUTE)) == []


def test_passes_that_come_once_a_day_have_not_stopped_after_two(archive: Archive, harbour: Monitor) -> None:
    for n in range(4):
        run(archive, NOW + n * 24 * HOUR, "ok")
    assert told(archive, harbour, NOW + 5 * 24 * HOUR) == []


def test_a_disk_that_fills_up_is_told_once_and_at_the_edge_not_again(archive: Archive, harbour: Monitor) -> None:
    assert told(archive, harbour, NOW, LITTLE_DISK_BYTES) == []
    (reason,) = told(archive, harbour, NOW, LITTLE_DISK_BYTES - 1)
    assert reason.startswith("Harbour: the disk is nearly full (disk-full: 268.4 MB free")
    assert told(archive, harbour, NOW, LITTLE_DISK_BYTES + 1) == []
    assert told(archive, harbour, NOW, ENOUGH_DISK_BYTES) == ["Harbour: there is room on the disk again"]
    assert list(disk(harbour, ENOUGH_DISK_BYTES, None, NOW)) == []


def test_nothing_is_told_to_a_channel_of_itself(harbour: Monitor) -> None:
    def channels(wanted: tuple[str, ...] | None, ailing: str | None = None) -> tuple[str, ...]:
        policy = harbour.policy.model_copy(update={"health_channels": wanted})
        return health_channels(harbour.model_copy(update={"policy": policy}), ailing)

    assert channels(None) == ("screen", "log")
    assert channels(None, "log") == ("screen",)
    assert channels(("log", "log"), "log") == ("screen",)
    assert channels((), "log") == ()


def test_every_verdict_has_words_of_its_own_and_the_same_when_it_is_over() -> None:
    for verdict in ADVICE:
        ill = headline(HealthMessage("m", "ill", "T", verdict, NOW))
        well = headline(HealthMessage("m", "recovered", "T", verdict, NOW, NOW))
        assert "feed" not in ill + well
        assert verdict not in ill + well
