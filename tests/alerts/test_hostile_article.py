"""One article with everything hostile in it, from the archive through every channel: nothing live, nothing lost."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from monitors.alerts.channels.registry import open_channels
from monitors.alerts.corrections import correct
from monitors.alerts.deliver import deliver_due
from monitors.alerts.digesting import send
from monitors.alerts.outbox import enqueue
from monitors.alerts.release import release
from monitors.archive import articles, developments
from monitors.archive.connection import Archive
from monitors.archive.records import Article, Development, Evidence
from monitors.definition.model import Monitor
from tests.alerts.receivers.desk import NOW, OVER_HTTP, SIGNING, local, monitor_with
from tests.alerts.receivers.http_sink import http_sink
from tests.alerts.receivers.mail_sink import mail_sink

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
CALL = "@everyone <!channel>\r\nBcc: x@evil.example"
LINK = "[a](javascript:alert(1)) <https://evil.example|Sign in>"
MARKUP = "<script>alert(1)</script> =HYPERLINK(1) \u202eright\u200b\ud800 \x1b[31m"
WORDS = ("everyone", "alert", "HYPERLINK", "right")
"""What must still be seen, in each channel."""

MAIL = {
    "id": "mail", "type": "email", "host": "127.0.0.1", "security": "none", "sender": "wire@desk.example",
    "to": ["ana@desk.example"],
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}


def tell_everything(archive: Archive, monitor: Monitor) -> None:
    """Two developments of hostile articles in one group, a correction and a digest: all that a message can be."""
    for number, sentence in enumerate((f"{CALL} {LINK} {MARKUP}", " ".join(HOSTILE))):
        article = Article(
            monitor="harbour", url="javascript:alert(1)", canonical_url=f"https://harbour.example/{number}",
            title=f"{CALL} {LINK} {MARKUP}", text="", language="en", publisher=f"{CALL} {LINK}", family="post",
            published=NOW, discovered=NOW,
        )  # fmt: skip
        article = replace(article, id=articles.insert(archive, article))
        raised = Development(
            monitor="harbour", situation="port-talks", status="scheduled", previous_status="agreed",
            article_id=article.id, published=NOW, raised=NOW, novelty=f"n{number}", reason=CALL, event_date=CALL,
            place=f"{LINK} {MARKUP}", families=("post",), evidence=(Evidence(article.id, sentence, "title", 0, 9),),
        )  # fmt: skip
        enqueue(archive, monitor, developments.insert(archive, raised), article, NOW)
    later = NOW + timedelta(minutes=10)
    release(archive, monitor, later)
    correct(archive, 1, f"{CALL} {LINK} {MARKUP}", later)
    send(archive, monitor, "daily", later, later)
    release(archive, monitor, later)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in strings(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in strings(one))


def unsafe(text: str) -> set[str]:
    """Controls, marks of direction, invisible signs and half characters; the word joiner is one of our own."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")} - {"\n", "\u2060"}


def parts(mail: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}


def test_nothing_of_it_is_live_and_nothing_is_lost(archive: Archive, archive_path: Path) -> None:
    screen = io.StringIO()
    with http_sink() as sink, mail_sink() as post:
        channels = [
            *(local(channel) for channel in OVER_HTTP),
            local({**MAIL, "port": post.port}),
            {"id": "log", "type": "file", "path": "alerts.jsonl"},
            {"id": "screen", "type": "terminal"},
        ]
        monitor = monitor_with(
            channels, group_minutes=5, digest={"at": "07:30", "channels": [c["id"] for c in channels]}
        )
        tell_everything(archive, monitor)
        known = {"URL": sink.url, "SIGNING": SIGNING, "TOKEN": "12345:token"}
        opened = open_channels(monitor, archive_path, screen, environment=known)
        summary = deliver_due(archive, opened, lambda: NOW + timedelta(hours=1), "me")
        assert (summary.sent, summary.failures) == (3 * len(channels), ())
        bodies = [json.loads(request.body) for request in sink.got]
        mails = [message_from_bytes(mail, policy=default) for mail in post.mails]

    assert (len(bodies), len(mails)) == (15, 3)
    lines = (archive_path.parent / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    for mail in mails:
        assert not {"Bcc", "bcc"} & set(mail.keys())
        assert "evil.example" not in f"{mail['From']}{mail['To']}"
    pages = [parts(mail)["text/html"] for mail in mails]
    telegrams = [body["text"] for body in bodies if "parse_mode" in body]
    texts = ["\n".join(strings(body)) for body in bodies] + [text for mail in mails for text in parts(mail).values()]
    for text in [*texts, screen.getvalue(), *lines]:
        assert unsafe(text.replace("\r\n", "\n")) == set()
        if "Digest" not in text and "digest" not in text:
            assert [word for word in WORDS if word not in text] == []
    for page in [*pages, *telegrams]:
        tags = Tags(page)
        assert not tags.found & {"script", "img", "svg", "iframe", "link"}
        assert not [link for link in tags.links if "evil" in link or "javascript" in link]
    for body in bodies:
        if "allowed_mentions" in body:
            assert body["allowed_mentions"] == {"parse": []}
            assert not re.search(r"(?<!\\)@everyone|\]\(javascript", body["content"])
        if "blocks" in body:
            assert not re.search("<[!@#]|<https?:", body["text"])
            elements = [one for block in body["blocks"][1:] for one in block["elements"][0]["elements"]]
            assert not [one for one in elements if one["type"] == "link" and "javascript" in one["url"]]
