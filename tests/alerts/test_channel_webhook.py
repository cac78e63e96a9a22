"""Webhooks are signed by Standard Webhooks, so that its own library verifies them; the id stays over retries."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from monitors.alerts.channels.trial import trial_message
from monitors.alerts.channels.webhook import content, signing_key
from monitors.alerts.message import BulletinMessage, HealthMessage
from monitors.clock import utc_now
from monitors.errors import ChannelError
from tests.alerts.receivers.desk import MESSAGE, NOW, OVER_HTTP, SIGNING, local, monitor_with, opened
from tests.alerts.receivers.http_sink import Got, Reply, http_sink

HOOK = OVER_HTTP[0]
NEXT = "whsec_" + "WllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE="


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verifier knows no clock but the real one, and refuses what is older than five minutes."""
    monkeypatch.setattr("tests.alerts.receivers.desk.NOW", utc_now())


def sent(secrets: list[str], *keys: str, replies: tuple[Reply, ...] = (), **environment: str) -> list[Got]:
    with http_sink(*replies) as sink:
        channel = opened(local(HOOK, secrets=secrets), sink.url, **environment)
        for key in keys or ("key-1",):
            try:
                channel.send(key, MESSAGE)
            except ChannelError:
                continue
        return sink.got


def test_reference_library_verifies_the_signature() -> None:
    (got,) = sent(["env:SIGNING"])
    assert Verifier(SIGNING).verify(got.body, dict(got.headers))["type"] == "alert.development"


def test_changed_body_id_or_time_does_not_verify() -> None:
    (got,) = sent(["env:SIGNING"])
    later = str(int(got.headers["webhook-timestamp"]) + 1)
    for body, headers in (
        (got.body + b" ", dict(got.headers)),
        (got.body, {**got.headers, "webhook-id": "key-2"}),
        (got.body, {**got.headers, "webhook-timestamp": later}),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(SIGNING).verify(body, headers)


@pytest.mark.parametrize("known", [SIGNING, NEXT])
def test_during_a_rotation_the_old_and_the_new_secret_verify(known: str) -> None:
    (got,) = sent(["env:SIGNING", "env:NEXT"], NEXT=NEXT)
    assert got.headers["webhook-signature"].count("v1,") == 2
    Verifier(known).verify(got.body, dict(got.headers))


def test_id_and_body_stay_the_same_when_it_is_tried_again() -> None:
    first, second = sent(["env:SIGNING"], "key-1", "key-1", replies=(Reply(503), Reply(200)))
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "key-1"
    assert first.body == second.body


def test_new_secret_counts_without_a_restart(tmp_path: Any) -> None:
    secret = tmp_path / "signing"
    secret.write_text(SIGNING + "\n")
    with http_sink() as sink:
        channel = opened(local(HOOK, secrets=[f"file:{secret}"]), sink.url)
        channel.send("key-1", MESSAGE)
        secret.write_text(NEXT)
        channel.send("key-2", MESSAGE)
        Verifier(SIGNING).verify(sink.got[0].body, dict(sink.got[0].headers))
        Verifier(NEXT).verify(sink.got[1].body, dict(sink.got[1].headers))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + "QUJD" * 30])
def test_secret_of_another_form_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as raised:
        signing_key(secret)
    assert "QUJD" not in str(raised.value)


def test_body_says_what_it_is_and_when_it_was() -> None:
    health = HealthMessage("harbour", "recovered", "Post", "silent", NOW, NOW + timedelta(hours=1))
    bulletin = BulletinMessage("harbour", "digest", "Digest", ("a", "b"))
    assert [(found["type"], found.get("timestamp")) for found in map(content, (MESSAGE, health, bulletin))] == [
        ("alert.development", "2026-03-01T12:00:00Z"),
        ("alert.health", "2026-03-01T13:00:00Z"),
        ("alert.bulletin", None),
    ]
    assert content(trial_message(monitor_with([HOOK]), "hook", NOW))["type"] == "alert.test"


def test_body_is_small_whatever_the_article_says() -> None:
    with http_sink() as sink:
        opened(local(HOOK), sink.url).send("k", replace(MESSAGE, sentence="가" * 50_000, title="가" * 50_000).cleaned())
        assert len(sink.got[0].body) < 20_000
        assert json.loads(sink.got[0].body)["data"]["sentence"].endswith("…")
