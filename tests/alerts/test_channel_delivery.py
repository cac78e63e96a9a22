"""Through the outbox to real receivers: what they ask for is kept to, and one that stalls costs the others nothing."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitors.alerts.channels.registry import open_channels
from monitors.alerts.deliver import DeliverySummary, deliver_due
from monitors.alerts.message import Message, to_payload
from monitors.alerts.retry import RetryPlan
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Alert, Delivery
from tests.alerts.receivers import http_sink as http_receiver
from tests.alerts.receivers import mail_sink as mail_receiver
from tests.alerts.receivers.desk import MESSAGE, NOW, OVER_HTTP, SIGNING, local, monitor_with
from tests.alerts.receivers.http_sink import Reply, http_sink

HOOK, SLACK = OVER_HTTP[:2]


def put(archive: Archive, channels: Sequence[str], times: int) -> None:
    """`times` deliveries for each channel, due now."""
    payload = to_payload(MESSAGE)
    with archive.writing():
        for n in range(times):
            alert = insert_alert(archive, Alert("harbour", None, NOW, "alert", "test", kind="health", subject=str(n)))
            rows = [Delivery(alert.id, c, f"{c}-{n}", payload, not_before=NOW) for c in channels]
            insert_deliveries(archive, rows)


def deliver(
    archive: Archive, channels: Sequence[Mapping[str, Any]], now: datetime = NOW, **environment: str
) -> DeliverySummary:
    known = {"SIGNING": SIGNING, "TOKEN": "12345:token-of-bot", **environment}
    opened = open_channels(monitor_with(channels), Path("w.db"), io.StringIO(), clock=lambda: NOW, environment=known)
    return deliver_due(archive, opened, lambda: now, "me", plan=RetryPlan(base=30), spread=lambda: 1.0)


def states(archive: Archive) -> Counter[str]:
    return Counter(row["state"] for row in archive.rows("select state from deliveries"))


def test_receiver_that_asks_to_wait_is_left_alone_until_then(archive: Archive) -> None:
    put(archive, ["hook"], 30)
    with http_sink(*[Reply(200)] * 4, Reply(429, {"Retry-After": "600"}), Reply(200)) as sink:
        hook = [local(HOOK)]
        first = deliver(archive, hook, URL=sink.url)
        assert (first.sent, len(sink.got)) == (4, 5)
        waiting = archive.rows(
            "select attempts, not_before, detail from deliveries where state = 'pending' order by id"
        )
        assert waiting[0]["not_before"] == "2026-03-01T12:10:00Z"
        assert [row["attempts"] for row in waiting] == [1] + [0] * 25
        assert deliver(archive, hook, NOW + timedelta(seconds=599), URL=sink.url).sent == 10
        assert deliver(archive, hook, NOW + timedelta(seconds=600), URL=sink.url).sent == 16
    assert states(archive) == {"sent": 30}


def test_channel_that_fails_again_and_again_is_left_alone_for_the_round(archive: Archive) -> None:
    put(archive, ["hook", "slack"], 50)
    with http_sink(Reply(500)) as broken, http_sink() as good:
        both = [local({**HOOK, "url": "env:BROKEN"}), local(SLACK)]
        summary = deliver(archive, both, URL=good.url, BROKEN=broken.url)
        assert len(broken.got) == 3
        assert (summary.sent, len(good.got)) == (50, 50)
    assert states(archive) == {"sent": 50, "pending": 50}


def test_what_was_not_tried_says_why(archive: Archive) -> None:
    put(archive, ["hook"], 5)
    with http_sink(Reply(500)) as broken:
        deliver(archive, [local(HOOK)], URL=broken.url)
    details = [row["detail"] for row in archive.rows("select detail from deliveries order by id")]
    assert details[2].startswith("channel hook: status 500")
    assert details[3].startswith("not tried, as channel hook had just failed: channel hook: status 500")


def test_message_that_is_refused_holds_up_none_after_it(archive: Archive) -> None:
    put(archive, ["hook"], 6)
    with http_sink(Reply(400), Reply(413), Reply(400), Reply(200)) as sink:
        summary = deliver(archive, [local(HOOK)], URL=sink.url)
    assert (summary.dead, summary.sent) == (3, 3)


def test_remark_of_a_channel_is_kept(archive: Archive) -> None:
    put(archive, ["mail"], 1)
    refusing = mail_receiver.MailSink(rcpt={"ben@desk.example": "550 unknown"})
    with mail_receiver.mail_sink(refusing) as sink:
        deliver(archive, [mail_channel(sink.port, to=["ana@desk.example", "ben@desk.example"])])
    assert archive.rows("select state, detail from deliveries") == [
        {"state": "sent", "detail": "sent, but not to all: ben@desk.example: status 550 (“unknown”)"}
    ]


def mail_channel(port: int, **changes: Any) -> dict[str, Any]:
    mail = {
        "id": "mail", "type": "email", "host": "127.0.0.1", "port": port, "security": "none",
        "sender": "wire@desk.example", "to": ["ana@desk.example"],
    }  # fmt: skip
    return local({**mail, **changes})


@contextmanager
def program(module: Any, *arguments: str) -> Iterator[str]:
    """A receiver in a process of its own, so that it does not share our interpreter's lock; what it printed first."""
    running = subprocess.Popen(
        [sys.executable, str(module.__file__), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdin is not None
    try:
        yield running.stdout.readline().strip()
    finally:
        running.stdin.close()
        running.wait(20)
        running.stdout.close()


ALERTS = 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """Deliveries a second, by the clock and by the time that the processor worked for us."""

    by_clock: float
    by_processor: float


def pace(archive: Archive, channels: list[dict[str, Any]], **environment: str) -> Pace:
    """How fast ALERTS for each channel go out, up to the last that is not of the channel "stalled"."""
    names = [channel["id"] for channel in channels if channel["id"] != "stalled"]
    put(archive, [channel["id"] for channel in channels], ALERTS)
    ended: dict[str, tuple[float, float]] = {}
    known = {"SIGNING": SIGNING, "TOKEN": "12345:token-of-bot", **environment}
    opened = open_channels(monitor_with(channels), Path("w.db"), io.StringIO(), environment=known)

    @dataclass
    class Timed:
        name: str

        def send(self, key: str, message: Message) -> str | None:
            remark = opened[self.name].send(key, message)
            ended[self.name] = time.monotonic(), time.process_time()
            return remark

    started = time.monotonic(), time.process_time()
    summary = deliver_due(archive, {name: Timed(name) for name in opened}, lambda: NOW, "me")
    assert summary.sent == ALERTS * len(names), summary.failures[:3]
    clock, processor = (max(ended[name][n] for name in names) - started[n] for n in (0, 1))
    return Pace(ALERTS * len(names) / clock, ALERTS * len(names) / processor)


@pytest.mark.slow
def test_thousand_alerts_to_five_channels_and_beside_a_stalled_one(archive: Archive, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(program(http_receiver))
        port = int(stack.enter_context(program(mail_receiver)))
        stalled = stack.enter_context(program(http_receiver, "hang"))
        five = [*(local(channel) for channel in OVER_HTTP[:4]), mail_channel(port)]
        alone = pace(archive, five, URL=url)
        with open_archive(tmp_path / "second.db") as second:
            beside = pace(second, [*five, local({**HOOK, "id": "stalled", "url": "env:STALLED"}, timeout=6)],
                          URL=url, STALLED=stalled)  # fmt: skip
    print(f"\n{alone.by_clock:.0f} a second to five channels ({alone.by_processor:.0f} by processor time), "
          f"{beside.by_clock:.0f} beside a stalled one")  # fmt: skip
    # By the processor's time, so that other work on the machine decides nothing.
    assert alone.by_processor >= 200
    assert beside.by_processor / alone.by_processor > 0.7
    assert beside.by_clock / alone.by_clock > 0.5
