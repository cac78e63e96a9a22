"""Secrets stand outside the monitor file, and `check` and `ring` say what keeps a channel from sending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from monitors.alerts.channels.checks import channel_faults
from monitors.cli import app
from monitors.definition.channels import mailbox
from monitors.definition.load import load_monitor
from monitors.definition.secret_references import MissingSecret, read_secret
from monitors.errors import MonitorFileError
from tests.alerts.receivers.desk import OVER_HTTP, SIGNING, local, monitor_with
from tests.alerts.receivers.http_sink import Reply, http_sink

MAIL = {"id": "mail", "type": "email", "host": "mail.desk.example", "sender": "w@desk.example", "to": ["a@b.example"]}


@pytest.mark.parametrize(
    "channel",
    [
        {**OVER_HTTP[0], "secrets": ["whsec_TOPSECRETTOPSECRET"]},
        {**OVER_HTTP[0], "secrets": []},
        {**OVER_HTTP[1], "url": "https://hooks.example/TOPSECRET"},
        {**OVER_HTTP[2], "url": "file:relative/TOPSECRET"},
        {**OVER_HTTP[3], "token": "12345:TOPSECRET"},
        {**OVER_HTTP[4], "token": "env:not a name TOPSECRET"},
        {**MAIL, "password": "TOPSECRET"},
        {"id": "x", "type": "apprise", "url": "slack://TOPSECRET"},
    ],
)
def test_secret_in_the_file_is_refused_without_being_repeated(tmp_path: Path, channel: dict[str, Any]) -> None:
    file = written(tmp_path, [channel])
    with pytest.raises(MonitorFileError) as raised:
        load_monitor(file)
    assert "TOPSECRET" not in str(raised.value)
    assert f"channels[{channel['id']}]" in str(raised.value)


@pytest.mark.parametrize(
    "text",
    ["", "no-at", "a@b@c", "a@b.example\nBcc: x@y", "A <a@b.example", 'A "x" <a@b.example>',
     "=?utf-8?q?=0D=0A?= <a@b.c>",
     "a b@c.example", "\u202ea@b.example"],
)  # fmt: skip
def test_address_that_could_break_a_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected you@"):
        mailbox(text)
    with pytest.raises(ValidationError):
        monitor_with([{**MAIL, "to": [text]}])


def test_address_may_have_a_name() -> None:
    found = mailbox("Kim Á <kim+news@desk.example>")
    assert (found.display_name, found.addr_spec) == ("Kim Á", "kim+news@desk.example")


def test_secret_is_read_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("  in-a-file\n")
    assert read_secret("env:TOKEN", {"TOKEN": " in-a-variable "}) == "in-a-variable"
    assert read_secret(f"file:{file}", {}) == "in-a-file"
    assert read_secret("as it is", {}) == "as it is"


def test_missing_secret_says_where_it_was_looked_for(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    for reference, why in (
        ("env:TOKEN", "variable TOKEN is not set"),
        (f"file:{tmp_path / 'none'}", "cannot be read"),
        (f"file:{empty}", "is empty"),
        (f"file:{tmp_path}", "cannot be read"),
    ):
        with pytest.raises(MissingSecret, match=why):
            read_secret(reference, {})


def test_key_of_a_delivery_names_no_secret() -> None:
    monitor = monitor_with([*OVER_HTTP, MAIL])
    assert [channel.target() for channel in monitor.channels] == [
        "webhook", "slack", "discord", "telegram:42", "ntfy:harbour-alerts", "a@b.example",
    ]  # fmt: skip


def test_check_names_what_is_missing_and_never_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "ntfy.txt").write_text("{% if %}")
    monitor = monitor_with(
        [
            *OVER_HTTP[:3],
            {**OVER_HTTP[4], "templates": str(tmp_path / "broken")},
            {**MAIL, "username": "w", "security": "none", "ca_file": "/none.pem", "templates": "/nowhere"},
        ]
    )
    found = channel_faults(monitor, {"SIGNING": "whsec_TOPSECRET", "URL": "hooks.example/TOPSECRET"})
    text = "\n".join(found)
    assert "TOPSECRET" not in text
    for part in (
        "'hook': the signing secret env:SIGNING is not whsec_",
        "'slack': its address is no http(s) URL",
        "'ntfy': the environment variable TOKEN is not set",
        "ntfy.txt: line 1",
        "'mail': username and password go together",
        "ca_file: there is no file /none.pem",
        "there is no folder /nowhere",
    ):
        assert part in text
    assert (
        channel_faults(monitor_with(OVER_HTTP), {"SIGNING": SIGNING, "URL": "https://a.example/x", "TOKEN": "t"}) == []
    )


def written(folder: Path, channels: list[dict[str, Any]]) -> Path:
    base = monitor_with([{"id": "screen", "type": "terminal"}]).model_dump(mode="json", exclude_defaults=True)
    names = [channel["id"] for channel in channels]
    file = folder / "monitor.yaml"
    file.write_text(
        yaml.safe_dump({**base, "channels": channels, "policy": {"rules": [{"channels": names}]}}, allow_unicode=True)
    )
    return file


def ring(file: Path, *channels: str, **environment: str) -> Any:
    archive = str(file.parent / "w.db")
    arguments = ["ring", *channels, "--monitor", str(file), "--archive", archive]
    done = CliRunner().invoke(app, arguments, env=environment)
    assert not Path(archive).exists(), "a test leaves nothing in the archive"
    return done


def test_ring_sends_a_marked_message_by_the_real_way(tmp_path: Path) -> None:
    with http_sink() as sink:
        file = written(tmp_path, [local(OVER_HTTP[4])])
        done = ring(file, "ntfy", URL=sink.url, TOKEN="12345:abcdefg")
        assert (done.exit_code, done.output) == (0, "channel ntfy: took the test message\n")
        body = json.loads(sink.got[0].body)
        assert body["title"] == "TEST: Harbour"
        assert "Nothing has happened" in body["message"]


def test_ring_says_the_real_error_and_goes_on(tmp_path: Path) -> None:
    with http_sink(Reply(404, body=b"no_such_hook"), Reply(200)) as sink:
        file = written(tmp_path, [local(OVER_HTTP[1]), local(OVER_HTTP[2])])
        done = ring(file, URL=sink.url)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "channel slack: status 404 (“no_such_hook”): there is no receiver at the address; see to the address",
        "channel discord: took the test message",
    ]


def test_ring_of_an_unknown_channel_names_those_there_are(tmp_path: Path) -> None:
    done = ring(written(tmp_path, [OVER_HTTP[1]]), "nosuch")
    assert "it has slack" in str(done.exception)


def test_templates_lie_beside_the_monitor_file(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "ntfy.txt").write_text("mine: {{ title }}")
    with http_sink() as sink:
        file = written(tmp_path, [local({**OVER_HTTP[4], "templates": "words"})])
        assert ring(file, URL=sink.url, TOKEN="12345:abcdefg").exit_code == 0
        assert json.loads(sink.got[0].body)["message"] == "mine: TEST: Harbour"
