"""Lists of feeds go out and come back; what is no such list is refused by line."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import yaml
from documents import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.definition.model import Feed
from monitors.errors import InputError
from monitors.feeds.opml import Outline, read_opml, write_opml
from monitors.feeds.proposal import feeds_block, proposed_feed

LIST = b"""<?xml version="1.0"?>
<opml version="1.1"><head><title>Mine</title></head><body>
<outline text="Asia"><outline text="Courier &amp; Co" xmlUrl="https://courier.example/rss?a=1&amp;b=2" htmlUrl="https://courier.example/"/>
  <outline title="Wire" text="other" xmlurl="feed://wire.example/atom" language="ko-KR"/></outline>
<outline text="again" xmlUrl="https://courier.example/rss?a=1&amp;b=2"/>
<outline text="local" xmlUrl="file:///etc/passwd"/>
<outline text="a page" url="https://page.example/"/>
</body></opml>"""

title = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)


def test_folders_are_passed_through_and_each_address_counts_once() -> None:
    outlines, left_out = read_opml(LIST, "list.opml")
    assert outlines == (
        Outline("Courier & Co", "https://courier.example/rss?a=1&b=2", "https://courier.example/"),
        Outline("Wire", "http://wire.example/atom", None, "ko-KR"),
    )
    assert left_out == ("list.opml:6: 'file:///etc/passwd' is no http or https address",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "list.opml:1: not well-formed XML"),
        (b"<opml>\n<body>\n<outline></body></opml>", "list.opml:3: not well-formed XML: mismatched tag"),
        (b"<rss>\n</rss>", "list.opml:1: <rss> is not OPML"),
        (b"<opml><body/></opml>", "list.opml: no outline in it has the address of a feed"),
        (b'<!DOCTYPE opml [\n<!ENTITY a "b">]><opml/>', "list.opml:2: declares entities"),
        (b'<!DOCTYPE opml [\n<!ENTITY a SYSTEM "file:///etc/passwd">]><opml/>', "list.opml:2: declares entities"),
        (b"<opml>" + b"<outline>" * 60, "list.opml:1: folders nested more than 50 deep"),
        (b'<?xml version="1.0" encoding="euc-kr"?><opml>\xc7\xd1</opml>', "save the file as UTF-8"),
        (b" " * (11 * 1024 * 1024), "larger than 10 MB"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_feeds_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read_opml(data, "list.opml")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(title, st.integers(0, 99), st.sampled_from(["en", "ko", None])), min_size=1, max_size=8))
def test_what_was_written_reads_back(rows: list[tuple[str, int, str | None]]) -> None:
    given_rows = {number: (name, language) for name, number, language in rows}
    outlines = [
        Outline(f"x {name}", f"https://a.example/{number}?q=a&r=%22", "https://a.example/", language)
        for number, (name, language) in given_rows.items()
    ]
    text = write_opml("Mine & <yours>", outlines, NOW)
    read, left_out = read_opml(text.encode(), "list.opml")
    assert left_out == ()
    assert [(o.url, o.site, o.language) for o in read] == [(o.url, o.site, o.language) for o in outlines]
    root = ET.fromstring(text)
    assert root.get("version") == "2.0"
    assert [o.get("title") for o in root.iter("outline")] == [o.title for o in outlines]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<opml>",
                "<outline ",
                "xmlUrl=",
                '"http://a.example/"',
                ">",
                "/>",
                "</opml>",
                "<!DOCTYPE o [",
                "<!ENTITY a 'b'>",
                "]>",
                "&a;",
                "\x00",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_any_file_is_a_list_or_an_input_error(text: str) -> None:
    try:
        outlines, _ = read_opml(text.encode(), "list.opml")
    except InputError as error:
        outlines, said = (), str(error)
    else:
        said = "list.opml"
    assert said.startswith("list.opml")
    assert all(outline.url.startswith("http") for outline in outlines)


@pytest.mark.parametrize(
    ("outline", "publisher", "family", "language", "zone"),
    [
        (Outline("Courier World", "https://rss.courier.example/world"), "Courier World", "courier", "en", "UTC"),
        (Outline("Courier Asia", "https://www.courier.example/asia"), "Courier Asia", "courier", "en", "UTC"),
        (Outline("연합뉴스", "https://www.yna.co.kr/rss/news.xml"), "연합뉴스", "yna", "ko", "Asia/Seoul"),
        (Outline("", "https://www.post.co.jp/rss"), "post", "post", "ja", "Asia/Tokyo"),
        (Outline("朝日新聞", "https://asahi.example.jp/rss"), "朝日新聞", "example", "ja", "Asia/Tokyo"),
        (Outline("人民网", "https://people.com.cn/rss"), "人民网", "people", "zh", "UTC"),
        (Outline("Herald", "https://korea.example/rss", None, "en-US"), "Herald", "korea", "en", "UTC"),
        (Outline("Daily Wire-Post", "https://feedburner.com/abc"), "Daily Wire-Post", "daily-wire-post", "en", "UTC"),
        (Outline("Local", "http://10.0.0.1:8080/rss"), "Local", "10-0-0-1", "en", "UTC"),
    ],
)  # fmt: skip
def test_a_feed_is_proposed(outline: Outline, publisher: str, family: str, language: str, zone: str) -> None:
    feed = proposed_feed(outline)
    assert feed is not None
    assert (feed.publisher, feed.family, feed.language, feed.timezone) == (publisher, family, language, zone)


def test_a_language_that_is_not_read_is_left_out() -> None:
    assert proposed_feed(Outline("Journal", "https://journal.example/rss", None, "fr")) is None


def test_the_block_is_what_a_monitor_file_takes() -> None:
    feeds = [
        Feed(url="https://a.example/rss?x=1#y", publisher="A: the 'paper'", family="a", language="en"),
        Feed(url="https://b.example/rss", publisher="연합뉴스", family="b", language="ko", timezone="Asia/Seoul"),
    ]
    block = feeds_block(feeds)
    assert "연합뉴스" in block
    assert [Feed.model_validate(row) for row in yaml.safe_load(block)["feeds"]] == feeds
