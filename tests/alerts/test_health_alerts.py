"""The health of a feed is told to the channels that the policy names, in a message that says what to do."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.alerts.channels.registry import open_channels
from monitors.alerts.deliver import deliver_due
from monitors.alerts.health import ADVICE, tell_back, tell_ill, tell_offline, tell_recovered
from monitors.alerts.message import HealthMessage, from_payload, headline, to_lines, to_object, to_payload
from monitors.archive import alerts
from monitors.archive.connection import Archive
from monitors.archive.feeds import save_poll
from monitors.archive.records import FeedHealth, FeedState, Poll
from monitors.definition.model import Monitor
from monitors.feeds.health import VERDICTS, is_ill

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
SILENT = FeedHealth(
    "harbour", "https://harbour.example/rss", "silent", NOW - timedelta(days=2), "nothing new within 36 hours"
)
MESSAGE = HealthMessage(
    monitor="harbour",
    event="ill",
    title="Harbour Post",
    verdict="silent",
    since=NOW,
    detail="nothing new",
    advice="See its site.",
    url="https://harbour.example/rss",
)


def telling(harbour: Monitor, channels: tuple[str, ...] | None) -> Monitor:
    policy = harbour.policy.model_copy(update={"health_channels": channels})
    return harbour.model_copy(update={"policy": policy})


def test_ill_feed_is_told_with_publisher_reason_time_and_advice(
    archive: Archive, archive_path: Path, harbour: Monitor
) -> None:
    alert = tell_ill(archive, harbour, harbour.feeds[0], SILENT, NOW)
    assert (alert.kind, alert.development_id, alert.subject) == ("health", None, "https://harbour.example/rss")
    screen = io.StringIO()
    deliver_due(archive, open_channels(harbour, archive_path, screen), lambda: NOW, "me", monitor="harbour")
    assert screen.getvalue().splitlines() == [
        "! Harbour Post: the feed has fallen silent",
        "  nothing new within 36 hours",
        "  since 2026-02-27 12:00 UTC",
        f"  {ADVICE['silent']}",
        "  https://harbour.example/rss",
    ]
    (line,) = (archive_path.parent / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    assert (written["kind"], written["event"], written["verdict"], written["since"]) == (
        "health", "ill", "silent", "2026-02-27T12:00:00Z",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channels", "told"), [(None, ["screen", "log"]), (("log",), ["log"]), (("log", "log"), ["log"]), ((), [])]
)
def test_policy_names_who_is_told(
    archive: Archive, harbour: Monitor, channels: tuple[str, ...] | None, told: list[str]
) -> None:
    alert = tell_ill(archive, telling(harbour, channels), harbour.feeds[0], SILENT, NOW)
    assert [d.channel for d in alerts.deliveries_of(archive, alert.id)] == told
    assert alert.decision == ("alert" if told else "mute")
    assert ("health_channels" in alert.reason) == (not told)


def test_recovery_names_what_is_over(archive: Archive, harbour: Monitor) -> None:
    alert = tell_recovered(archive, harbour, harbour.feeds[0], SILENT, NOW)
    message = from_payload(alerts.deliveries_of(archive, alert.id)[0].payload)
    assert headline(message) == "Harbour Post: the feed is healthy again (was silent)"
    assert to_lines(message, UTC)[1] == "since 2026-02-27 12:00 UTC until 2026-03-01 12:00 UTC"


def test_network_notices_name_the_monitor_and_no_feed(archive: Archive, harbour: Monitor) -> None:
    for alert in (tell_offline(archive, harbour, NOW), tell_back(archive, harbour, NOW, NOW + timedelta(hours=2))):
        message = from_payload(alerts.deliveries_of(archive, alert.id)[0].payload)
        assert alert.subject == "network"
        assert headline(message).startswith("Harbour: ")
        assert "harbour.example" not in "".join(to_lines(message, UTC))


def test_listing_has_health_beside_developments(archive: Archive, harbour: Monitor) -> None:
    tell_ill(archive, harbour, harbour.feeds[0], SILENT, NOW)
    (row,) = alerts.listing(archive, "harbour")
    assert (row["kind"], row["subject"], row["situation"]) == ("health", "https://harbour.example/rss", None)
    assert row["reason"].startswith("Harbour Post: the feed has fallen silent (silent: ")
    assert json.loads(json.dumps(row)) == row
    assert archive.rows("select subject, channel from deliveries_readable")[0]["subject"] == row["subject"]


def test_each_time_it_turns_ill_is_a_delivery_of_its_own(archive: Archive, harbour: Monitor) -> None:
    keys = set()
    for hour in range(3):
        alert = tell_ill(archive, harbour, harbour.feeds[0], SILENT, NOW + timedelta(hours=hour))
        keys |= {delivery.key for delivery in alerts.deliveries_of(archive, alert.id)}
    assert len(keys) == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_payload_of_a_hostile_feed_survives_the_round_trip_cleaned(text: str) -> None:
    hostile = HealthMessage(
        monitor=text, event="ill", title=text, verdict="silent", since=NOW, detail=text, url=f"javascript:{text}"
    )
    message = from_payload(to_payload(hostile))
    assert message == hostile.cleaned()
    assert message.url is None
    assert not any(c in line for line in to_lines(message, UTC) for c in "\x1b\n\u202e\u2028")


def test_every_ill_verdict_has_advice_and_a_headline_of_its_own() -> None:
    ill = {verdict for verdict in VERDICTS if is_ill(verdict)}
    assert set(ADVICE) == ill
    assert len({headline(HealthMessage("m", "ill", "P", verdict, NOW)) for verdict in ill}) == len(ill)
    assert not any(f"is {verdict}" in headline(HealthMessage("m", "ill", "P", verdict, NOW)) for verdict in ill)


def test_object_is_json_with_times_in_utc() -> None:
    written = json.loads(json.dumps(to_object(MESSAGE)))
    assert (written["kind"], written["since"], written["until"]) == ("health", "2026-03-01T12:00:00Z", None)


def test_rollback_takes_the_alert_along(archive: Archive, harbour: Monitor) -> None:
    def store_and_fail() -> None:
        with archive.writing():
            save_poll(archive, Poll("harbour", "u", NOW, "gone"), FeedState("harbour", "u"))
            tell_ill(archive, harbour, harbour.feeds[0], SILENT, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        store_and_fail()
    assert alerts.listing(archive) == []
    assert alerts.pending(archive) == 0
