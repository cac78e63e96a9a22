"""Bytes of a feed in, neutral entries out. Pure but for the size of what it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from monitors.definition.model import Feed
from monitors.feeds.charset import readable
from monitors.feeds.dates import bear_one_date, settle, without_build_date
from monitors.feeds.document import Document, RawItem
from monitors.feeds.entry import Entry
from monitors.feeds.failure import NotAFeed
from monitors.feeds.jsonfeed import read_json_feed
from monitors.feeds.plaintext import from_html, from_title, safe_link
from monitors.feeds.sitemap import read_sitemap
from monitors.feeds.xmlfeed import read_xml_feed

__all__ = ["NotAFeed", "ParsedFeed", "parse_feed"]

_SITEMAP = re.compile(rb"<(?:[A-Za-z0-9_-]{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_LONGEST_PUBLISHER = 60
_SUFFIX = re.compile(r"^(?P<title>.*\S)\s+[-–—|]\s+(?P<publisher>[^-–—|]{2,60})$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """`counts` has `seen` and, where above zero, undated, clamped, zone-guessed, from-url,
    bad-url, bare and over-cap entries.

    `one_date` says that the document writes one time on every entry, which is then no publication date.
    """

    entries: tuple[Entry, ...]
    format: str
    title: str = ""
    warnings: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    one_date: bool = False


def parse_feed(
    body: bytes, headers: Mapping[str, str], feed: Feed, now: datetime, *, max_entries: int | None = None
) -> ParsedFeed:
    """Read a feed of any known format. Entries keep the document's order.

    `headers` has lower case names; content-type and content-location (the feed's own address, else `feed.url`) are
    used. `now` is the time of the poll. What lies behind the first `max_entries` is counted under over-cap and left
    out. Raises NotAFeed.
    """
    zone = ZoneInfo(feed.timezone)
    location = headers.get("content-location") or feed.url
    document = _read(body, headers.get("content-type", ""), location, feed.language, max_entries)
    base = safe_link(document.base) or location
    items = document.items[:max_entries]
    over = len(document.items) - len(items) + document.left_out
    counts: Counter[str] = Counter(seen=len(items) + over)
    if over:
        counts["over-cap"] = over
    entries: list[Entry] = []
    for item in items:
        entry = _entry(item, feed, base=base, zone=zone, now=now)
        if entry.language is None and document.language:
            entry = replace(entry, language=document.language.strip()[:35])
        if not (entry.url or entry.title or entry.guid or entry.summary):
            counts["bare"] += 1
            continue
        if item.link and not entry.url:
            counts["bad-url"] += 1
        entries.append(entry)
    one_date = bear_one_date(entries, zone)
    if one_date:
        entries = [without_build_date(entry, zone, now) for entry in entries]
    for entry in entries:
        if entry.date_confidence != "stated":
            counts["undated" if entry.date_confidence == "missing" else entry.date_confidence] += 1
    return ParsedFeed(
        tuple(entries), document.format, from_title(document.title), document.warnings, dict(counts), one_date
    )


def _read(body: bytes, content_type: str, location: str, language: str, max_items: int | None) -> Document:
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in {b"{", b"["}:
        return read_json_feed(body)
    if not start:
        raise NotAFeed("an empty body")
    cleaned, true_type, warnings = readable(body, content_type, language)
    read = read_sitemap if _SITEMAP.search(start) else None
    document = read(cleaned) if read else read_xml_feed(cleaned, true_type, location, max_items)
    return replace(document, warnings=(*warnings, *document.warnings))


def _entry(item: RawItem, feed: Feed, *, base: str, zone: tzinfo, now: datetime) -> Entry:
    url = safe_link(item.link, base)
    published, confidence, raw_date = settle(item.dates, url, zone, now, item.read_date)
    title = from_html(item.title).replace("\n", " ") if item.title_is_html else from_title(item.title)
    publisher = from_title(item.publisher) if item.publisher else None
    if feed.role == "aggregator" or feed.scope == "search" or publisher:
        title, publisher = split_publisher(title, publisher, guess=feed.role == "aggregator" or feed.scope == "search")
    return Entry(
        guid=" ".join(item.guid.split()) if item.guid else None,
        url=url,
        title=title,
        summary=from_html(item.summary) if item.summary else "",
        published=published,
        date_confidence=confidence,
        raw_date=raw_date,
        language=(item.language or "").strip()[:35] or None,
        publisher=publisher,
        publisher_url=safe_link(item.publisher_url),
        author=(from_title(item.author)[:200] or None) if item.author else None,
    )


def split_publisher(title: str, publisher: str | None, *, guess: bool) -> tuple[str, str | None]:
    """Take the " - Publisher" off that aggregators put behind a title.

    With a known `publisher` only that name is taken off; else, if `guess`, whatever short name follows the last dash.
    """
    if publisher:
        match = re.fullmatch(rf"(?P<title>.*\S)\s+[-–—|]\s+{re.escape(publisher)}", title, re.DOTALL | re.IGNORECASE)
        return (match["title"] if match else title), publisher
    match = _SUFFIX.match(title) if guess else None
    if match and len(match["publisher"]) <= _LONGEST_PUBLISHER and not match["publisher"].endswith(("?", "!", "…")):
        return match["title"], match["publisher"].strip()
    return title, None
