"""No secret of a channel reaches the archive, a log, an error or the output, whatever happens to the message."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitors.alerts.channels.hiding import hidden, hide, hide_address
from monitors.alerts.channels.registry import open_channels
from monitors.alerts.deliver import deliver_due
from monitors.alerts.message import to_payload
from monitors.alerts.retry import RetryPlan
from monitors.archive.alerts import insert_alert, insert_deliveries
from monitors.archive.connection import Archive
from monitors.archive.records import Alert, Delivery
from monitors.definition.model import Monitor
from tests.alerts.receivers.desk import MESSAGE, NOW, local, monitor_with
from tests.alerts.receivers.http_sink import Reply, Sink, http_sink
from tests.alerts.receivers.mail_sink import MailSink, mail_sink

MARK = "MARKERmarker"
"""Every secret below holds it."""

SECRETS = {
    "SIGNING": "whsec_" + "MARKERmarkerAAAABBBBCCCCDDDDEEEE",
    "TOKEN": f"12345:{MARK}-bot",
    "TOPIC": f"{MARK}-topic",
    "MAIL_USER": f"{MARK}-user",
    "MAIL_PASSWORD": f"{MARK}-password",
}


def channels(port: int) -> list[dict[str, Any]]:
    return [
        local({"id": "hook", "type": "webhook", "url": "env:URL", "secrets": ["env:SIGNING"]}),
        local({"id": "slack", "type": "slack", "url": "env:URL"}),
        local({"id": "discord", "type": "discord", "url": "env:URL"}),
        local({"id": "telegram", "type": "telegram", "token": "env:TOKEN", "chat": "42", "api": "env:ROOT"}),
        local({"id": "ntfy", "type": "ntfy", "server": "env:ROOT", "topic": "env:TOPIC", "token": "env:TOKEN"}),
        local(
            {
                "id": "mail", "type": "email", "host": "127.0.0.1", "port": port, "security": "none",
                "sender": "wire@desk.example", "to": ["ana@desk.example"], "username": "env:MAIL_USER",
                "password": "env:MAIL_PASSWORD",
            }
        ),
        {"id": "apprise", "type": "apprise", "url": "env:APPRISE"},
    ]  # fmt: skip


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any library logs, at debug level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("urllib3", "apprise", "requests", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def put(archive: Archive, monitor: Monitor, times: int = 1) -> None:
    """Deliveries for every channel, as the policy would make them."""
    alert = insert_alert(archive, Alert("harbour", None, NOW, "alert", "a test", kind="health", subject="network"))
    insert_deliveries(
        archive,
        [
            Delivery(alert.id, channel.id, f"key-{channel.id}-{n}", to_payload(MESSAGE), not_before=NOW)
            for n in range(times)
            for channel in monitor.channels
        ],
    )


ECHO = (
    b'{"ok": false, "description": "no such token 12345:MARKERmarker-bot in MARKERmarker-topic, '
    b'/services/MARKERmarker/in-the-path"}'
)


@pytest.mark.parametrize(
    "replies",
    [(Reply(200),), (Reply(404, body=ECHO),), (Reply(500, body=ECHO),), (Reply(drop=True),), (Reply(301),)],
    ids=["taken", "refused", "failed", "dropped", "moved"],
)
@pytest.mark.parametrize("mail_is_fine", [True, False])
def test_markers_are_nowhere(
    archive: Archive,
    archive_path: Path,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    replies: tuple[Reply, ...],
    mail_is_fine: bool,
) -> None:
    post = MailSink(password=SECRETS["MAIL_PASSWORD"] if mail_is_fine else "another")
    with http_sink(*replies) as sink, mail_sink(post) as server:
        monitor = monitor_with(channels(server.port))
        environment = SECRETS | addresses(sink)
        put(archive, monitor)
        screen = io.StringIO()
        opened = open_channels(monitor, archive_path, screen, environment=environment)
        summary = deliver_due(archive, opened, lambda: NOW, "me", plan=RetryPlan(attempts=2))
        again = deliver_due(archive, opened, lambda: NOW + timedelta(hours=2), "me", plan=RetryPlan(attempts=2))
    archive.connection.execute("pragma wal_checkpoint(truncate)")
    assert len(sink.got) >= 6, "every channel was used"
    assert set(post.logins) == {(SECRETS["MAIL_USER"], SECRETS["MAIL_PASSWORD"])}
    assert any(MARK in str(request) for request in sink.got), "the markers were sent"
    written = capfd.readouterr()
    everything = {
        "archive": b"".join(file.read_bytes() for file in archive_path.parent.iterdir()).decode("latin-1"),
        "log": log.getvalue(),
        "errors": repr(summary) + repr(again) + repr(opened) + repr(monitor),
        "output": screen.getvalue() + written.out + written.err,
    }
    assert "127.0.0.1" in everything["log"], "the libraries did log"
    assert [place for place, text in everything.items() if MARK in text] == []


def addresses(sink: Sink) -> dict[str, str]:
    return {
        "ROOT": sink.url,
        "URL": f"{sink.url}/services/{MARK}/in-the-path?wait={MARK}-in-query",
        "APPRISE": sink.url.replace("http://", f"json://{MARK}-login:{MARK}-word@")
        + f"/{MARK}-path?+X-Key={MARK}-header",
    }


def test_parts_of_an_address_are_hidden_and_its_host_is_not() -> None:
    hide_address("https://hooks.example.org/services/T0SECRETTEAM/B0SECRETBOT?key=VALUEOFKEY")
    text = hidden("POST hooks.example.org /services/T0SECRETTEAM/B0SECRETBOT, T0SECRETTEAM, VALUEOFKEY")
    assert text.startswith("POST hooks.example.org ")
    assert "SECRET" not in text
    assert "VALUEOFKEY" not in text


def test_what_a_secret_becomes_in_an_address_is_hidden_too() -> None:
    hide("pass word/1+2")
    assert hidden("x pass%20word%2F1%2B2 y pass%20word/1%2B2") == "x *** y ***"
