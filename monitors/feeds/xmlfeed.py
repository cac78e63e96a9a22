"""RSS, RDF and Atom through feedparser."""

from __future__ import annotations

import calendar
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from monitors.feeds.bounds import check, cut_to
from monitors.feeds.document import Document, RawItem, child, text_of
from monitors.feeds.failure import NotAFeed
from monitors.feeds.refusals import looks_like_html


def read_xml_feed(body: bytes, content_type: str, location: str | None, max_items: int | None = None) -> Document:
    """`location` is the address of the feed, the base of relative links; more than `max_items` are not read.

    Raises NotAFeed.

    feedparser is not told the location: it would join it with every element (a sixth of its time), and links are made
    absolute by whoever reads the document. The body goes in as a stream: feedparser takes bytes for a file name first,
    and text for an address.
    """
    left_out = 0
    if max_items is not None:
        body, left_out = cut_to(body, max_items)
    check(body)
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser lets what broken documents trip over come through: of many types
        raise NotAFeed(f"feedparser cannot read it ({type(error).__name__})") from error
    version = text_of(parsed.get("version")) or ""
    entries = parsed.get("entries") or []
    if not version and (not entries or looks_like_html(body)):
        raise NotAFeed("a web page, not a feed" if looks_like_html(body) else "in no feed format that we know")
    feed = child(parsed.get("feed"))
    warnings: tuple[str, ...] = ()
    if parsed.get("bozo") and parsed.get("bozo_exception") is not None:
        warnings = (f"not quite valid: {' '.join(str(parsed['bozo_exception']).split())[:200]}",)
    return Document(
        format=version or "unknown",
        items=tuple(_item(child(entry)) for entry in entries),
        title=text_of(feed.get("title")) or "",
        language=text_of(feed.get("language")),
        base=location,
        warnings=warnings,
        left_out=left_out,
    )


def _item(entry: Mapping[str, Any]) -> RawItem:
    source = child(entry.get("source"))
    # `get` would answer for "updated" with "published", so presence is asked for first.
    present = [name for name in ("published", "updated", "created") if name in entry]
    return RawItem(
        guid=text_of(entry.get("id")),
        link=_link(entry),
        title=text_of(entry.get("title")) or "",
        title_is_html=child(entry.get("title_detail")).get("type") != "text/plain",
        summary=_summary(entry),
        dates=tuple(text_of(entry.get(name)) for name in present),
        read_date=_moment(entry, present),
        language=text_of(child(entry.get("title_detail")).get("language")),
        publisher=text_of(source.get("title")) or text_of(entry.get("news_source")),
        publisher_url=text_of(source.get("href")) or text_of(source.get("link")),
        author=text_of(entry.get("author")),
    )


def _link(entry: Mapping[str, Any]) -> str | None:
    original = text_of(entry.get("feedburner_origlink"))
    if original:
        return original
    links = entry.get("links") or ()
    pages = [child(link) for link in links if child(link).get("rel", "alternate") == "alternate"]
    html = [text_of(link.get("href")) for link in pages if "html" in str(link.get("type", "text/html"))]
    chosen = text_of(entry.get("link"))  # of several the last, as other parsers do
    if chosen in html:
        return chosen
    return next(filter(None, [*html, *(text_of(link.get("href")) for link in pages), chosen]), None)


def _summary(entry: Mapping[str, Any]) -> str:
    """The longest text the entry has: the full content where the feed carries it."""
    texts = [text_of(child(part).get("value")) or "" for part in entry.get("content") or ()]
    texts.append(text_of(entry.get("summary")) or "")
    return max(texts, key=len)


def _moment(entry: Mapping[str, Any], present: list[str]) -> datetime | None:
    for name in present:
        parts = entry.get(f"{name}_parsed")
        if parts is None:
            continue
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parts))
        except (ValueError, OverflowError, TypeError):
            continue
    return None
