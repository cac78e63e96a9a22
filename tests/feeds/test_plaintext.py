"""Text comes out without markup, links only as http and https."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.feeds.plaintext import from_html, from_title, safe_link

TEXTS = [
    ("<p>One</p><p>Two</p>", "One\nTwo"),
    ("A<br>B<br/>C", "A\nB\nC"),
    ("a <b>bold</b> word", "a bold word"),
    ("Tom &amp; Jerry &#8211; &quot;x&quot;", 'Tom & Jerry – "x"'),
    ("before<script>alert(1)</script>after", "beforeafter"),
    ("before<STYLE>p{}</STYLE >after", "beforeafter"),
    ("x<!-- <b>hidden</b> -->y", "xy"),
    ("&lt;p&gt;twice escaped&lt;/p&gt;", "twice escaped"),
    ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;ok", "ok"),
    ('<a href="x" title="a > b">link</a>', "link"),
    ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
    ("a\x00b\x1bc\u202ed\u200be", "abcde"),
    ("<svg onload=alert(1)><math>x</math></svg>ok", "ok"),
    ("cut <scr", "cut"),
    ("<![CDATA[inside]]>", ""),
]
PIECES = ["<", ">", "&lt;", "&gt;", "&amp;", "script", "/", "img src=x", '"', "a", " ", "!--", "--"]
LINKS = [
    ("https://news.example/a", "https://news.example/a"),
    ("  https://news.example/a\n", "https://news.example/a"),
    ("/a?b=1", "https://news.example/a?b=1"),
    ("//cdn.example/x", "https://cdn.example/x"),
    ("https://news.example/a b", "https://news.example/a%20b"),
    ("\u00a0https://news.example/a\u00a0b\u3000", "https://news.example/a%C2%A0b"),
    ("https://news example/a", None),
    ("https://뉴스.example/기사", "https://뉴스.example/기사"),
    ("javascript:alert(1)", None),
    ("JaVaScRiPt:alert(1)", None),
    ("java\nscript:alert(1)", None),
    ("data:text/html,x", None),
    ("file:///etc/passwd", None),
    ("mailto:a@b.example", None),
    ("https://", None),
    ("https://news.example/<script>", None),
    ("https://[bad/", None),
    ("https://news.example/" + "x" * 3000, None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("markup", "text"), TEXTS)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert from_html(markup) == text


@pytest.mark.parametrize(("link", "safe"), LINKS)
def test_only_web_links_pass(link: str | None, safe: str | None) -> None:
    assert safe_link(link, "https://news.example/feed") == safe


def test_a_title_is_one_line_and_keeps_a_bare_bracket() -> None:
    assert from_title("Kim <b>meets</b>\n Trump &amp; Lee") == "Kim meets Trump & Lee"
    assert from_title("Poll: 40 % < 50 %") == "Poll: 40 % < 50 %"


@pytest.mark.parametrize(
    "piece", ["<", "<!", "<!--", "</", "<a ", '<a b="', "<a b='", "<?", "<![CDATA[", "<script>", "&", "&#"]
)
def test_broken_markup_takes_no_more_than_linear_time(piece: str) -> None:
    began = time.monotonic()
    from_html(piece * 50_000)
    assert time.monotonic() - began < 2


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_tag_that_browsers_know_survives(pieces: list[str]) -> None:
    text = from_html("".join(pieces))
    assert not re.search(r"</?(?:script|img|a)\b[^<>]*>", text)
