"""Titles, links and dates beside what another parser, gofeed, expects of its own test feeds."""

from __future__ import annotations

import calendar
import html
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import pytest
from documents import feed

from monitors.feeds.parse import NotAFeed, ParsedFeed, parse_feed

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "feeds.tar.gz"
DIFFERENCES = Path(__file__).parent / "gofeed_differences.json"
FEED = feed()
NOW = datetime(2100, 1, 1, tzinfo=UTC)
"""Later than every date in the feeds, so that none counts as lying in the future."""
Value = str | datetime


@dataclass(frozen=True)
class Pair:
    """One value that gofeed expects, and what we read. `place` is the feed itself or the number of an entry."""

    file: str
    place: str
    field: str
    expected: Value
    ours: Value | None
    feedparsers: Value | None

    @property
    def name(self) -> str:
        return f"{self.place}.{self.field}"


def plain(text: object) -> str:
    """Words without markup and references, for titles that one parser cleans and the other does not."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", html.unescape(str(text or ""))))
    return " ".join(re.sub(r"<[^>]*>", " ", words).split())


def moment(text: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return read.astimezone(UTC).replace(microsecond=0) if read.tzinfo else None


def values(row: Mapping[str, Any]) -> dict[str, Value]:
    """What gofeed's JSON says of an entry, in any of its three models."""
    links = row.get("links") or [None]
    first = (
        next((x.get("href") for x in links if x.get("rel") in {None, "", "alternate"}), None)
        if isinstance(links[0], dict)
        else links[0]
    )
    found = {
        "title": plain(row.get("title")),
        "link": row.get("link") or row.get("url") or first,
        "date": next(
            filter(
                None,
                (
                    moment(row.get(name))
                    for name in (
                        "publishedParsed",
                        "pubDateParsed",
                        "date_published",
                        "updatedParsed",
                        "date_modified",
                    )
                ),
            ),
            None,
        ),
    }
    return {name: value.strip() if isinstance(value, str) else value for name, value in found.items() if value}


def feedparsers_values(entry: Mapping[str, Any]) -> dict[str, Value | None]:
    parts = next((entry[name] for name in ("published_parsed", "updated_parsed") if entry.get(name)), None)
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parts)) if parts else None
    return {"title": plain(entry.get("title")), "link": entry.get("link"), "date": date}


def read(body: bytes) -> ParsedFeed | None:
    try:
        return parse_feed(body, {}, FEED, NOW)
    except NotAFeed:
        return None


def pairs_of(name: str, body: bytes, expected: Mapping[str, Any]) -> Iterator[Pair]:
    """Every value that both gofeed's JSON and the document have."""
    is_json = name.endswith(".json")
    theirs: Any = {} if is_json else feedparser.parse(io.BytesIO(body), resolve_relative_uris=False)
    parsed = read(body)
    entries = expected.get("items") or expected.get("entries") or []
    if parsed and not parsed.entries and parsed.counts.get("bare"):  # nothing but a date, which we leave out
        parsed = read(re.sub(rb"<(?:item|entry)(?:\s[^<>]*)?>", rb"\g<0><title>Some title</title>", body))
    if title := plain(expected.get("title")):
        other = title if is_json else plain(theirs.feed.get("title"))
        yield Pair(name, "feed", "title", title, plain(parsed.title) if parsed else None, other)
    others = theirs.get("entries", []) if theirs else []
    for number, row in enumerate(entries):
        ours = parsed.entries[number] if parsed and number < len(parsed.entries) else None
        other = feedparsers_values(others[number]) if number < len(others) else {}
        for field, stated in values(row).items():
            value = urljoin(FEED.url, str(stated)) if field == "link" else stated
            if field == "link":
                mine: Value | None = ours.url if ours else None
                link = other.get("link")
                second: Value | None = urljoin(FEED.url, str(link)) if link else None
            elif field == "title":
                mine, second = plain(ours.title) if ours else None, other.get("title")
            else:
                mine, second = (
                    ours.published.replace(microsecond=0) if ours and ours.published else None,
                    other.get("date"),
                )
            yield Pair(name, f"entry {number}", field, value, mine, value if is_json else second)


def all_pairs() -> Iterator[Pair]:
    with tarfile.open(CORPUS) as archive:
        files = {
            member.name.removeprefix("gofeed/testdata/"): stream.read()
            for member in archive
            if member.isfile()
            and member.name.startswith("gofeed/testdata/")
            and (stream := archive.extractfile(member)) is not None
        }
    for name, body in sorted(files.items()):
        if name.endswith(".xml") and (twin := files.get(f"{name[:-4]}.json")) is not None:
            yield from pairs_of(name, body, json.loads(twin))
        elif name.endswith(".json") and b"jsonfeed.org/version" in body:
            yield from pairs_of(name, body, json.loads(body))


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    if not CORPUS.exists():
        pytest.skip("the corpus of public feeds lies outside the project and is not here")
    return list(all_pairs())


@pytest.mark.slow
@pytest.mark.parametrize(("field", "least"), [("title", 90), ("link", 12), ("date", 10)])
def test_we_agree_where_feedparser_does(pairs: list[Pair], field: str, least: int) -> None:
    comparable = [pair for pair in pairs if pair.field == field and pair.feedparsers == pair.expected]
    agreeing = [pair for pair in comparable if pair.ours == pair.expected]
    assert len(comparable) >= least
    assert len(agreeing) >= 0.98 * len(comparable)


@pytest.mark.slow
def test_every_difference_is_listed_with_its_reason(pairs: list[Pair]) -> None:
    listed = json.loads(DIFFERENCES.read_text("utf-8"))
    assert all(row["reason"].strip() for row in listed)
    different = sorted((pair.file, pair.name) for pair in pairs if pair.ours != pair.expected)
    assert different == sorted((row["file"], row["value"]) for row in listed)
