"""Documents beside their expected entries, and what must hold of any document."""

from __future__ import annotations

import ast
import json
import re
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from documents import NOW, feed, healthy, item, rss
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.feeds.entry import Entry
from monitors.feeds.parse import NotAFeed, ParsedFeed, parse_feed, split_publisher

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "feeds.tar.gz"
SETTINGS: dict[str, dict[str, str]] = {
    "rss20-korean-euckr": {"language": "ko", "timezone": "Asia/Seoul"},
    "rdf10-japanese": {"language": "ja", "timezone": "Asia/Tokyo"},
    "aggregator": {"role": "aggregator", "scope": "search"},
}
TWINS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
ACTIVE = re.compile(r"</?(?:script|iframe|style|object|embed|form|img|a)\b[^<>]*>", re.IGNORECASE)


def as_json(parsed: ParsedFeed) -> dict[str, object]:
    def row(entry: Entry) -> dict[str, object]:
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        values["published"] = entry.published.isoformat() if entry.published else None
        return {name: value for name, value in values.items() if value not in {None, ""}}

    return {
        "format": parsed.format,
        "title": parsed.title,
        "counts": dict(parsed.counts),
        "one_date": parsed.one_date,
        "entries": [row(entry) for entry in parsed.entries],
    }


def check_safe(parsed: ParsedFeed) -> None:
    for entry in parsed.entries:
        for text in (entry.title, entry.summary, entry.author or "", entry.publisher or ""):
            assert not ACTIVE.search(text)
            assert "\x00" not in text
        assert entry.url is None or entry.url.lower().startswith(("http://", "https://"))
        assert (entry.published is None) == (entry.date_confidence == "missing")
        if entry.published is not None:
            assert entry.published.utcoffset() == timedelta(0)
            assert entry.published <= NOW + timedelta(hours=1)


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem)
def test_a_document_reads_as_its_twin_says(path: Path) -> None:
    settings_of_feed = SETTINGS.get(path.stem, {})
    parsed = parse_feed(path.read_bytes(), {}, feed(**settings_of_feed), NOW)
    check_safe(parsed)
    assert as_json(parsed) == json.loads(path.with_suffix(".expected.json").read_text())


def test_relative_links_start_from_the_address_that_answered() -> None:
    body = rss([item(1, link="/talks?x=1&y=2", guid=None)])
    parsed = parse_feed(body, {"content-location": "https://moved.example/deep/feed"}, feed(), NOW)
    assert parsed.entries[0].url == "https://moved.example/talks?x=1&y=2"


def test_a_charset_in_the_header_counts() -> None:
    body = rss([item(1, title="정상회담")], encoding="euc-kr").replace(b' encoding="euc-kr"', b"")
    parsed = parse_feed(body, {"content-type": "text/xml; charset=euc-kr"}, feed(), NOW)
    assert parsed.entries[0].title == "정상회담"


def test_utf_16_is_read_with_and_without_a_mark() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        body = rss([item(1, title="정상회담")], encoding=encoding, declared="utf-16")
        assert parse_feed(body, {}, feed(), NOW).entries[0].title == "정상회담", encoding


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<html><body>hello</body></html>", "web page"),
        (b"just words", "no feed format"),
        (b"{", "not valid JSON"),
        (b"[1, 2]", "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "not a JSON Feed"),
        (b"<urlset><url><loc>https://x.example/</loc></url></urlset>", "without news"),
        (b"<sitemapindex><sitemap><loc>https://x.example/n.xml</loc></sitemap></sitemapindex>", "x.example/n.xml"),
        (b"<urlset><url><loc>", "broken XML"),
    ],
)  # fmt: skip
def test_what_is_no_feed_says_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(NotAFeed, match=re.escape(said)):
        parse_feed(body, {}, feed(), NOW)


def test_a_name_of_a_readable_file_is_no_feed(tmp_path: Path) -> None:
    trap = tmp_path / "feed.xml"
    trap.write_bytes(healthy())
    with pytest.raises(NotAFeed):
        parse_feed(str(trap).encode(), {}, feed(), NOW)


def test_only_so_many_items_are_read_and_the_rest_is_counted() -> None:
    parsed = parse_feed(rss(item(n) for n in range(50)), {}, feed(), NOW, max_entries=20)
    assert len(parsed.entries) == 20
    assert parsed.counts["over-cap"] == 30
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    ("title", "publisher", "guess", "expected"),
    [
        ("A - B - Gazette", "Gazette", False, ("A - B", "Gazette")),
        ("A – gazette", "Gazette", False, ("A", "Gazette")),
        ("A - B", "Gazette", True, ("A - B", "Gazette")),
        ("A - Gazette", None, True, ("A", "Gazette")),
        ("A - Gazette", None, False, ("A - Gazette", None)),
        ("Will they meet - or not?", None, True, ("Will they meet - or not?", None)),
        ("Trump-Kim", None, True, ("Trump-Kim", None)),
    ],
)
def test_the_publisher_comes_off_an_aggregators_title(
    title: str, publisher: str | None, guess: bool, expected: tuple[str, str | None]
) -> None:
    assert split_publisher(title, publisher, guess=guess) == expected


def test_feedparser_is_only_given_streams() -> None:
    """Bytes would be tried as a file name, text as an address."""
    calls = 0
    for path in sorted((ROOT / "monitors").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] != "feedparser", f"{path}: import the module as a whole"
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "feedparser.parse":
                calls += 1
                assert ast.unparse(node.args[0]).startswith("io.BytesIO("), f"{path}:{node.lineno}"
    assert calls == 1


PIECES = [
    "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "&amp;",
    "&", "<", "x", "<![CDATA[", "]]>", "<pubDate>2025-08-25", "<guid>", "\x00",
    "회담", "</channel></rss>", "{", '"items": [',
]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join).map(str.encode) | st.binary(max_size=80))
def test_any_body_is_a_safe_feed_or_none(body: bytes) -> None:
    try:
        parsed = parse_feed(body, {}, feed(), NOW)
    except NotAFeed:
        return
    check_safe(parsed)
    assert parsed == parse_feed(body, {}, feed(), NOW)


@pytest.mark.slow
def test_the_public_corpus_reads_without_a_crash() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of public feeds lies outside the project and is not here")
    read = 0
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is None:
                continue
            try:
                parsed = parse_feed(stream.read(), {}, feed(), NOW)
            except NotAFeed:
                continue
            check_safe(parsed)
            read += 1
    assert read > 3000
