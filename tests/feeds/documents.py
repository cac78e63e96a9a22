"""Small feeds for tests, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from monitors.definition.model import Feed, Polling

NOW = datetime(2025, 8, 26, 12, 0, tzinfo=UTC)


def polling(**more: object) -> Polling:
    """Quick, impolite and allowed to reach the servers of the tests."""
    usual = {"deadline": 5.0, "allow_private": ("127.0.0.1", "localhost"), "per_host_delay": 0}
    return Polling.model_validate({**usual, **more})


def feed(url: str = "https://news.example/rss", **more: object) -> Feed:
    usual = {"url": url, "publisher": "Example", "family": "example", "language": "en"}
    return Feed.model_validate({**usual, **more})


def item(
    number: int | str,
    *,
    title: str | None = None,
    guid: str | None = "",
    date: str | None = "",
    link: str | None = "",
    body: str = "",
) -> str:
    """One RSS item; "" stands for a sensible value, None leaves the element out."""
    parts = [f"<title>{escape(title if title is not None else f'Headline {number}')}</title>"]
    if link is not None:
        parts.append(f"<link>{escape(link or f'https://news.example/articles/{number}')}</link>")
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid or f"id-{number}")}</guid>')
    if date is not None:
        parts.append(f"<pubDate>{escape(date or f'Mon, 25 Aug 2025 10:{int(number) % 60:02d}:00 +0900')}</pubDate>")
    if body:
        parts.append(f"<description>{escape(body)}</description>")
    return f"<item>{''.join(parts)}</item>"


def rss(items: Iterable[str], *, encoding: str = "utf-8", declared: str | None = None, prolog: str = "") -> bytes:
    """An RSS 2.0 document of `items`. `declared` is the charset it claims to be in."""
    text = (
        f'<?xml version="1.0" encoding="{declared or encoding}"?>{prolog}<rss version="2.0"><channel>'
        f"<title>Example News</title><link>https://news.example/</link>{''.join(items)}</channel></rss>"
    )
    return text.encode(encoding)


def healthy(count: int = 3) -> bytes:
    return rss(item(number) for number in range(count))
