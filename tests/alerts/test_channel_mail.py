"""Mail: both parts, threads, fixed ids, headers that no text can break; encrypted or not at all."""

from __future__ import annotations

import email
import email.policy
import ssl
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitors.alerts.message import BulletinMessage, HealthMessage, Message
from monitors.errors import ChannelError
from tests.alerts.receivers.desk import MESSAGE, NOW, local, opened
from tests.alerts.receivers.http_sink import Reply, http_sink
from tests.alerts.receivers.mail_sink import MailSink, mail_sink

MAIL: dict[str, Any] = local(
    {
        "id": "mail",
        "type": "email",
        "host": "127.0.0.1",
        "security": "none",
        "sender": "Wirewatch <wire@desk.example>",
        "to": ["Ana <ana@desk.example>", "ben@desk.example"],
    }
)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def delivered(*messages: Message, **changes: Any) -> list[EmailMessage]:
    with mail_sink() as sink:
        channel = opened({**MAIL, "port": sink.port, **changes})
        for number, message in enumerate(messages):
            channel.send(f"key-{number}", message)
    return [read(mail) for mail in sink.mails]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_mail_tells_all_of_it_in_both_parts() -> None:
    (mail,) = delivered(replace(MESSAGE, before="agreed since 2026-02-20"))
    assert mail["Subject"] == "Port talks: scheduled (was agreed)"
    assert mail["To"] == "Ana <ana@desk.example>, ben@desk.example"
    for kind in ("plain", "html"):
        text = part(mail, kind)
        for told in (
            "from agreed to", "2026-03-04", "Geneva", "Talks will be held on Wednesday.", "Harbour Post",
            "2026-03-01 12:00 UTC", "2 families", "corroborated", "agreed since 2026-02-20",
        ):  # fmt: skip
            assert told in text
    assert 'href="https://harbour.example/a?b=1&amp;c=2"' in part(mail, "html")
    assert "https://harbour.example/a?b=1&c=2" in part(mail, "plain")


def test_times_are_those_of_the_reader() -> None:
    with mail_sink() as sink:
        opened({**MAIL, "port": sink.port}, policy={"timezone": "Asia/Seoul"}).send("k", MESSAGE)
        assert "2026-03-01 21:00 KST" in part(read(sink.mails[0]), "plain")


def test_headers_let_programs_know_it_is_one() -> None:
    (mail,) = delivered(MESSAGE)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<harbour.wirewatch.desk.example>"
    assert mail["List-Unsubscribe"] == "<mailto:wire@desk.example?subject=unsubscribe>"
    assert mail["Date"] is not None
    (own,) = delivered(MESSAGE, unsubscribe="https://desk.example/stop?x=1")
    assert own["List-Unsubscribe"] == "<https://desk.example/stop?x=1>"
    assert own["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_repeat_has_the_same_message_id() -> None:
    with mail_sink() as sink:
        channel = opened({**MAIL, "port": sink.port})
        for key in ("key-1", "key-1", "key-2"):
            channel.send(key, MESSAGE)
    first, again, other = (read(mail)["Message-ID"] for mail in sink.mails)
    assert first == again != other


def test_mails_of_one_situation_form_a_thread_and_a_correction_answers() -> None:
    correction = BulletinMessage(
        "harbour", "correction", "Correction: port talks", ("Cancelled.",), situation="port-talks", answers="key-0"
    )
    health = HealthMessage("harbour", "ill", "Harbour Post", "silent", NOW)
    first, second, third, other, ill = delivered(
        MESSAGE, replace(MESSAGE, status="occurred"), correction, replace(MESSAGE, situation="strike"), health
    )
    root = first["References"]
    assert second["References"] == root == second["In-Reply-To"]
    assert third["References"] == f"{root} {first['Message-ID']}"
    assert third["In-Reply-To"] == first["Message-ID"]
    assert other["References"] != root
    assert ill["References"] is None


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: x@y.example", "a\nb", "\x00\x85\u2028\u202e\u200b" + chr(0xD800) + "x", "=?utf-8?q?=0D=0ABcc?="]
)
def test_no_text_can_add_a_header(text: str) -> None:
    hostile = replace(MESSAGE, title=text, status=text, monitor=text, situation=text, sentence=text, publisher=text)
    mails = delivered(hostile.cleaned(), hostile)
    for mail in mails:
        assert mail["Bcc"] is None
        assert mail.keys() == delivered(MESSAGE)[0].keys()
        assert not mail.defects


def test_urgent_mail_is_marked() -> None:
    usual, urgent = delivered(MESSAGE, replace(MESSAGE, priority="urgent"))
    assert (usual["Importance"], urgent["Importance"]) == (None, "high")


def test_long_digest_stays_below_what_mail_services_cut() -> None:
    lines = tuple(f"<b>Development {n}</b> " + "가" * 150 for n in range(900))
    (mail,) = delivered(BulletinMessage("harbour", "digest", "Digest", lines))
    html = part(mail, "html")
    assert len(html.encode()) <= 102_000
    assert "more lines: <code>wirewatch alerts</code>" in html


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return context, file


def test_starttls_and_sign_in(authority: tuple[ssl.SSLContext, Path]) -> None:
    context, file = authority
    with mail_sink(MailSink(password="pass-word"), tls=context) as sink:
        secure = {**MAIL, "port": sink.port, "security": "starttls", "ca_file": str(file)}
        login = {"username": "wire", "password": "env:MAIL_PASSWORD"}
        opened({**secure, **login}, MAIL_PASSWORD="pass-word").send("k", MESSAGE)
        assert (len(sink.mails), sink.logins) == (1, [("wire", "pass-word")])
        with pytest.raises(ChannelError, match="refused the sign-in: status 535") as raised:
            opened({**secure, **login}, MAIL_PASSWORD="wrong-word").send("k", MESSAGE)
        assert not raised.value.retry
        assert "wrong-word" not in str(raised.value)


def test_certificate_that_is_not_trusted_gets_no_mail(authority: tuple[ssl.SSLContext, Path]) -> None:
    with mail_sink(tls=authority[0]) as sink:
        with pytest.raises(ChannelError, match="no trusted encrypted connection") as raised:
            opened({**MAIL, "port": sink.port, "security": "starttls"}).send("k", MESSAGE)
        assert (raised.value.retry, sink.mails) == (True, [])


def test_server_without_starttls_gets_no_mail() -> None:
    with mail_sink() as sink:
        with pytest.raises(ChannelError, match="does not offer encryption") as raised:
            opened({**MAIL, "port": sink.port, "security": "starttls"}).send("k", MESSAGE)
        assert (raised.value.retry, sink.mails) == (False, [])


@pytest.mark.parametrize(
    ("answer", "retry"), [("451 try later", True), ("421 busy", True), ("552 too large", False), ("554 no", False)]
)
def test_what_the_server_says_of_the_mail_decides(answer: str, retry: bool) -> None:
    with mail_sink(MailSink(data=answer)) as sink:
        with pytest.raises(ChannelError) as raised:
            opened({**MAIL, "port": sink.port}).send("k", MESSAGE)
        assert raised.value.retry == retry


def test_connection_lost_after_the_mail_is_tried_again() -> None:
    with mail_sink(MailSink(drop=True)) as sink:
        with pytest.raises(ChannelError, match="ended before the answer") as raised:
            opened({**MAIL, "port": sink.port}).send("k", MESSAGE)
        assert raised.value.retry


@pytest.mark.parametrize(("answer", "retry"), [("450 later", True), ("550 unknown", False)])
def test_all_recipients_refused(answer: str, retry: bool) -> None:
    refusing = MailSink(rcpt=dict.fromkeys(("ana@desk.example", "ben@desk.example"), answer))
    with mail_sink(refusing) as sink:
        with pytest.raises(ChannelError, match="every recipient was refused") as raised:
            opened({**MAIL, "port": sink.port}).send("k", MESSAGE)
        assert raised.value.retry == retry


def test_one_recipient_refused_is_said_and_the_others_are_not_told_twice() -> None:
    with mail_sink(MailSink(rcpt={"ben@desk.example": "550 unknown"})) as sink:
        remark = opened({**MAIL, "port": sink.port}).send("k", MESSAGE)
        assert sink.recipients == [["ana@desk.example"]]
        assert remark == "sent, but not to all: ben@desk.example: status 550 (“unknown”)"


def test_server_that_says_nothing_costs_its_time_limit() -> None:
    with http_sink(Reply(hang=True)) as silent:
        port = int(silent.url.rpartition(":")[2])
        with pytest.raises(ChannelError, match="no answer in time") as raised:
            opened({**MAIL, "port": port, "timeout": 0.3}).send("k", MESSAGE)
        assert raised.value.retry


def test_private_server_is_refused_unless_the_channel_allows_it() -> None:
    with mail_sink() as sink:
        with pytest.raises(ChannelError, match="allow_private") as raised:
            opened({**MAIL, "port": sink.port, "allow_private": False}).send("k", MESSAGE)
        assert (raised.value.retry, sink.mails) == (False, [])
