"""Whatever arrives: plain words, web addresses and aware dates come out, or NotAFeed and nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from xml.sax.saxutils import escape, quoteattr

from documents import NOW, feed
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitors.feeds.parse import NotAFeed, ParsedFeed, parse_feed

TAG = re.compile(r"</?(?:a|b|p|br|img|script|style|iframe|svg|object|embed|form|input|div)\b[^<>]*>", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

MARKUP = (
    "<script>alert(1)</script>", "<SCRIPT src=//x>", "</script>", "<img src=x onerror=alert(1)>", "<b>", "</b>",
    "&lt;script&gt;", "&amp;lt;b&amp;gt;", "&#60;img&#62;", "<!--", "-->", "<![CDATA[", "]]>", "<br/>", "<a href='",
    "'>", "<", ">", "&", "&nbsp;", "&#0;", "&#xd800;", "\u202e", "\u200b", "정상회담", "3 < 4", "AT&T", "talks", " ",
    "\n", "<svg/onload=x>",
)  # fmt: skip
text = st.lists(st.sampled_from(MARKUP), max_size=8).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30
)
date = st.sampled_from(
    (
        "2025-08-25", "Mon, 25 Aug 2025 10:00:00 +0900", "2099-01-01T00:00:00Z", "2025-13-45",
        "25/08/2025 오전 10:00", "0001-01-01T00:00:00+14:00", "now", "",
    )
) | text  # fmt: skip
link = st.sampled_from(
    ("https://a.example/1", "/talks", "javascript:alert(1)", "data:text/html,<b>", "http://[", "//b.example/x y", "")
) | text  # fmt: skip
row = st.fixed_dictionaries({"title": text, "body": text, "date": date, "link": link, "id": text})
Row = dict[str, str]


def check(parsed: ParsedFeed) -> None:
    assert not TAG.search(parsed.title)
    for entry in parsed.entries:
        for words in (entry.title, entry.summary, entry.author or "", entry.publisher or ""):
            assert not TAG.search(words)
            assert not CONTROL.search(words)
        assert "\n" not in entry.title
        assert entry.url is None or re.match(r"https?://[^\s<>\"]+$", entry.url, re.IGNORECASE)
        assert (entry.published is None) == (entry.date_confidence == "missing")
        if entry.published is not None:
            assert entry.published.utcoffset() == timedelta(0)
            assert entry.published <= NOW + timedelta(hours=1)


def xml_safe(value: str) -> str:
    """Without the signs that no XML document may hold."""
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)


def rss(rows: list[Row]) -> bytes:
    items = "".join(
        f"<item><title>{escape(r['title'])}</title><link>{escape(r['link'])}</link><guid>{escape(r['id'])}</guid>"
        f"<pubDate>{escape(r['date'])}</pubDate><description>{escape(r['body'])}</description></item>"
        for r in rows
    )
    return xml_safe(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>').encode()


def atom(rows: list[Row]) -> bytes:
    entries = "".join(
        f"<entry><id>{escape(r['id'])}</id><title type='html'>{escape(r['title'])}</title>"
        f"<link href={quoteattr(r['link'])}/><updated>{escape(r['date'])}</updated>"
        f"<content type='text'>{escape(r['body'])}</content></entry>"
        for r in rows
    )
    return xml_safe(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>').encode()


def json_feed(rows: list[Row]) -> bytes:
    items = [
        {"id": r["id"], "title": r["title"], "url": r["link"], "date_published": r["date"], "content_html": r["body"]}
        for r in rows
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}).encode()


@settings(max_examples=80, deadline=None)
@given(st.sampled_from((rss, atom, json_feed)), st.lists(row, min_size=1, max_size=4))
def test_entries_of_every_format_come_out_plain_with_aware_dates(write, rows: list[Row]) -> None:
    parsed = parse_feed(write(rows), {}, feed(), NOW)
    check(parsed)
    assert len(parsed.entries) + parsed.counts.get("bare", 0) == len(rows)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe<\x00r\x00s\x00s\x00>\x00")
@example(b"<?xml version='1.0' encoding='utf-7'?><rss/>")
@example(b"<?xml version='1.0' encoding='zlib'?><rss><channel/></rss>")
@example(b'{"version": "https://jsonfeed.org/version/1.1", "items": [1, null, {"id": [], "url": {}}]}')
@example(b'{"a":' * 5000)
@example(b"[" * 100_000)
def test_arbitrary_bytes_are_a_feed_or_none(body: bytes) -> None:
    try:
        parsed = parse_feed(body, {}, feed(), NOW)
    except NotAFeed as refused:
        parsed = ParsedFeed((), str(refused))
    check(parsed)
    assert parsed.format


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from((rss, atom, json_feed)),
    st.integers(0, 2000),
    st.binary(max_size=6),
    st.sampled_from(("", "utf-16", "euc-kr", "x-none")),
)
def test_a_damaged_document_is_a_feed_or_none(write, at: int, damage: bytes, charset: str) -> None:
    good = write([{"title": "Talks <b>set</b>", "body": "회담", "date": "2025-08-25", "link": "/1", "id": "1"}] * 3)
    at %= len(good)
    kind = {"content-type": f"text/xml; charset={charset}"} if charset else {}
    try:
        parsed = parse_feed(good[:at] + damage + good[at + len(damage) :], kind, feed(), NOW)
    except NotAFeed as refused:
        parsed = ParsedFeed((), str(refused))
    check(parsed)
    assert parsed.format
