"""A hostile article through every renderer: nothing of it is live, nothing of it is lost; templates can be replaced."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from monitors.alerts.channels import discord, ntfy, slack, telegram
from monitors.alerts.channels.escaping import WORD_JOINER, for_discord, for_html, for_slack, for_telegram
from monitors.alerts.facts import Line, Link, facts_of
from monitors.alerts.message import AlertMessage, BulletinMessage, HealthMessage, one_line, to_lines
from monitors.alerts.rendering import Templates, faults
from tests.alerts.receivers.desk import MESSAGE, NOW

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
EVERY = pytest.mark.parametrize("text", [*HOSTILE, "x" * 10_000], ids=lambda text: ascii(text[:20]))

SLACK, DISCORD, PLAIN = Templates(str), Templates(for_discord), Templates(str)
TELEGRAM, HTML = Templates(for_telegram, for_html), Templates(for_html, for_html)


def hostile(text: str) -> AlertMessage:
    return replace(
        MESSAGE, title=text, sentence=text, publisher=text, place=text, event_date=text, note=text, before=text,
        reason=text, url=f"javascript:{text}",
        archive_url=f"javascript:{text}",
    )  # fmt: skip


class Seen(HTMLParser):
    """The tags, addresses and text of a page, as a reader would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


OWN_TAGS = {
    "html", "head", "meta", "title", "body", "h2", "table", "tr", "td", "b", "blockquote", "p", "i", "div", "a", "code",
}  # fmt: skip


@EVERY
def test_mail_shows_it_as_text(text: str) -> None:
    clean = hostile(text).cleaned()
    facts = facts_of(hostile(text), UTC)
    seen = Seen(HTML.render("email.html", facts))
    assert set(seen.tags) <= OWN_TAGS
    assert {name for name, _ in seen.attributes} <= {"style", "charset"}
    plain = PLAIN.render("email.txt", facts)
    for shown in (clean.title, clean.sentence, clean.publisher, clean.place or "", clean.note):
        assert shown in seen.text
        assert shown in plain


@EVERY
def test_slack_takes_it_literally(text: str) -> None:
    clean = hostile(text).cleaned()
    body = slack.content(SLACK, facts_of(hostile(text), UTC))
    header, rich = body["blocks"]
    (section,) = rich["elements"]
    assert header["text"]["type"] == "plain_text"
    assert len(header["text"]["text"]) <= 150
    assert {element["type"] for element in section["elements"]} <= {"text"}
    assert not re.search(r"[<>]", body["text"])
    shown = "".join(element["text"] for element in section["elements"])
    assert clean.sentence in shown
    assert clean.publisher in shown
    assert html.unescape(body["text"]).startswith(clean.title)


@EVERY
def test_discord_shows_it_and_mentions_nobody(text: str) -> None:
    clean = hostile(text).cleaned()
    body = discord.content(DISCORD, facts_of(hostile(text), UTC))
    assert body["allowed_mentions"] == {"parse": []}
    assert len(body["content"]) <= 2000
    content = body["content"]
    bare = re.sub(r"\\.", "", content.removeprefix("**").replace("**\n", "\n", 1))
    assert not re.search(r"[\\`*_~|<>\[\]()#@]|://", bare)
    shown = re.sub(r"\\(.)", r"\1", content)
    assert clean.title in shown
    assert clean.sentence in shown


@EVERY
def test_telegram_shows_it_as_text(text: str) -> None:
    clean = hostile(text).cleaned()
    body = telegram.content(TELEGRAM, facts_of(hostile(text), UTC))
    seen = Seen(body["text"])
    assert seen.tags == ["b"]
    assert len(body["text"]) <= 4096
    assert not re.search(r"[@#$/]\w", seen.text)
    shown = seen.text.replace(WORD_JOINER, "")
    assert clean.title in shown
    assert clean.sentence in shown


@EVERY
def test_ntfy_shows_it_within_its_bytes(text: str) -> None:
    clean = hostile(text).cleaned()
    body = ntfy.content(PLAIN, facts_of(hostile(text), UTC))
    assert not {"click", "actions"} & set(body)
    assert len(body["message"].encode()) <= 4096
    assert len(body["title"].encode()) <= 250
    assert clean.sentence in body["message"]


@EVERY
def test_bulletins_and_health_are_escaped_too(text: str) -> None:
    bulletin = BulletinMessage("m", "digest", text, (text, f"  {text}; https://harbour.example/a"), note=text)
    health = HealthMessage("m", "ill", text, "silent", NOW, detail=text, advice=text)
    for message in (bulletin, health):
        facts = facts_of(message, UTC)
        seen = Seen(HTML.render("email.html", facts))
        assert set(seen.tags) <= OWN_TAGS
        assert one_line(text, 120) in seen.text
        assert set(Seen(telegram.content(TELEGRAM, facts)["text"]).tags) <= {"b", "a"}
        assert "<" not in slack.content(SLACK, facts)["text"]


def test_link_of_the_article_is_live_everywhere() -> None:
    facts = facts_of(replace(MESSAGE, url="https://harbour.example/a_(b)?c=*d*&e=1"), UTC)
    url = str(facts.url)
    assert ("href", url) in Seen(HTML.render("email.html", facts)).attributes
    assert {"type": "link", "url": url} in slack.content(SLACK, facts)["blocks"][1]["elements"][0]["elements"]
    assert discord.content(DISCORD, facts)["content"].endswith(f"<{url}>")
    assert ("href", url) in Seen(telegram.content(TELEGRAM, facts)["text"]).attributes
    assert ntfy.content(PLAIN, facts)["click"] == url


def test_link_to_the_archive_is_live_beside_the_articles() -> None:
    page = "https://watch.example/wirewatch/developments/7"
    facts = facts_of(replace(MESSAGE, archive_url=page), UTC)
    assert ("href", page) in Seen(HTML.render("email.html", facts)).attributes
    assert f"Archive: {page}" in PLAIN.render("email.txt", facts).splitlines()
    elements = slack.content(SLACK, facts)["blocks"][1]["elements"][0]["elements"]
    assert [one["url"] for one in elements if one["type"] == "link"] == [MESSAGE.url, page]
    assert discord.content(DISCORD, facts)["content"].endswith(f"<{MESSAGE.url}>\nArchive: <{page}>")
    assert ("href", page) in Seen(telegram.content(TELEGRAM, facts)["text"]).attributes
    assert [action["url"] for action in ntfy.content(PLAIN, facts)["actions"]] == [page]
    assert f"archive: {page}" in to_lines(replace(MESSAGE, archive_url=page), UTC)


def test_link_in_a_sentence_is_text_in_slack_even_beside_the_real_one() -> None:
    evil = "https://evil.example/login"
    section = slack.content(SLACK, facts_of(replace(MESSAGE, note=f"see {evil}"), UTC))["blocks"][1]["elements"][0]
    assert [one["url"] for one in section["elements"] if one["type"] == "link"] == [MESSAGE.url]


def test_link_at_the_end_of_a_bulletins_line_is_a_link() -> None:
    message = BulletinMessage("m", "group", "Two", ("Port talks: off", "  Post, 1 family; https://harbour.example/a"))
    assert facts_of(message, UTC).lines == (
        Line("Port talks: off"),
        Line("Post, 1 family;", Link("https://harbour.example/a"), inner=True),
    )


@pytest.mark.parametrize("letter", ["가", "🚀", "é", "-"])
def test_long_digest_is_cut_to_each_limit_and_says_how_much_is_missing(letter: str) -> None:
    lines = tuple(f"{n} {letter * 80}" for n in range(200))
    facts = facts_of(BulletinMessage("m", "digest", "Digest", lines, url="https://harbour.example/all"), UTC)
    cut = {
        "discord": (discord.content(DISCORD, facts)["content"], 2000),
        "telegram": (telegram.content(TELEGRAM, facts)["text"], 4096),
        "slack": ("".join(str(e) for e in slack.content(SLACK, facts)["blocks"][1]["elements"][0]["elements"]), 20_000),
    }
    for text, limit in cut.values():
        assert len(text) <= limit
        assert "more lines" in text
        assert "https://harbour.example/all" in text
    assert "more lines" in ntfy.content(PLAIN, facts)["message"]


def test_status_and_link_outlast_a_sentence_that_is_too_long() -> None:
    facts = facts_of(replace(MESSAGE, sentence="-" * 400, url="https://harbour.example/" + "a" * 1500), UTC)
    content = discord.content(DISCORD, facts)["content"]
    assert len(content) <= 2000
    assert "scheduled" in content
    assert content.endswith(f"<{facts.url}>")


def own(folder: Path, escape: Any = str, **files: str) -> Templates:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return Templates(escape, folder=folder)


def test_template_of_the_users_replaces_one_and_leaves_the_others(tmp_path: Path) -> None:
    mine = own(tmp_path, for_discord, short__txt="{{ status }} @ {{ where }}\n")
    facts = facts_of(replace(MESSAGE, place="*Geneva*"), UTC)
    assert mine.render("discord.md", facts).startswith("**Port talks")
    ntfy_mine = own(tmp_path, ntfy__txt="mine: {{ status }}")
    assert ntfy.content(ntfy_mine, facts)["message"] == "mine: scheduled"


def test_template_cannot_forget_to_escape(tmp_path: Path) -> None:
    mine = own(tmp_path, for_html, email__html="<p>{{ sentence }} {{ sentence|safe }} {{ sentence|upper }}</p>")
    page = mine.render("email.html", facts_of(replace(MESSAGE, sentence="<script>x</script>"), UTC))
    assert Seen(page).tags == ["p"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ nonsense }}", "{{ headline.x.y }}", "{{ 1 / 0 }}", "{% for x in %}", "{% include 'none.txt' %}",
        "{{ headline.__class__.__mro__ }}", "{{ cycler.__init__.__globals__.os }}", "{{ range(10000000) }}",
    ],
)  # fmt: skip
def test_fault_or_escape_attempt_in_a_template_costs_no_alert(tmp_path: Path, text: str) -> None:
    mine = own(tmp_path, ntfy__txt=text)
    message = ntfy.content(mine, facts_of(MESSAGE, UTC))["message"]
    assert "Talks will be held on Wednesday." in message
    assert "(your template ntfy.txt failed: " in message


def test_check_names_the_line_of_a_fault(tmp_path: Path) -> None:
    own(tmp_path, ntfy__txt="ok\n{% if %}", short__txt="{{ status }}")
    (fault,) = faults(tmp_path)
    assert "ntfy.txt: line 2" in fault


def test_slack_fallback_escapes_its_three_signs() -> None:
    assert for_slack("<!channel> & co") == "&lt;!channel&gt; &amp; co"
