"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read leniently: a wrong type costs the field, not the
item."""

from __future__ import annotations

import json
import re
from typing import Any

from monitors.feeds.document import Document, RawItem, child, text_of
from monitors.feeds.failure import NotAFeed

_VERSION = re.compile(r"(?:https?://(?:www\.)?jsonfeed\.org/version/)?(1(?:\.[01])?)/?")


def read_json_feed(body: bytes) -> Document:
    """Raises NotAFeed for what is no JSON or no JSON Feed."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAFeed("begins like JSON, but is not valid JSON") from None
    if not isinstance(data, dict):
        raise NotAFeed("JSON, but not a JSON Feed")
    version = _VERSION.fullmatch(str(data.get("version", "")).strip())
    items = data.get("items")
    if version is None or not isinstance(items, list):
        raise NotAFeed("JSON, but not a JSON Feed (no version of jsonfeed.org, or no items)")
    good = [item for item in items if isinstance(item, dict)]
    warnings = (f"{len(items) - len(good)} items are not objects",) if len(good) != len(items) else ()
    return Document(
        format="json11" if version[1] == "1.1" else "json10",
        items=tuple(_item(item, data) for item in good),
        title=text_of(data.get("title")) or "",
        language=text_of(data.get("language")),
        base=text_of(data.get("feed_url")) or text_of(data.get("home_page_url")),
        warnings=warnings,
    )


def _item(item: dict[str, Any], feed: dict[str, Any]) -> RawItem:
    plain = text_of(item.get("content_text"))
    summary = text_of(item.get("content_html")) or (_as_markup(plain) if plain else None)
    if summary is None:
        summary = _as_markup(text_of(item.get("summary")) or "")
    return RawItem(
        guid=_identifier(item.get("id")),
        link=text_of(item.get("url")) or text_of(item.get("external_url")),
        title=text_of(item.get("title")) or "",
        title_is_html=False,
        summary=summary,
        dates=(text_of(item.get("date_published")), text_of(item.get("date_modified"))),
        language=text_of(item.get("language")),
        author=_author(item) or _author(feed),
    )


def _identifier(value: Any) -> str | None:
    """Ids must be text, but numbers occur; the standard tells readers to turn them into text."""
    if isinstance(value, bool):
        return None
    return str(value) if isinstance(value, int | float) else text_of(value)


def _author(thing: dict[str, Any]) -> str | None:
    authors = thing.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else thing.get("author")
    return text_of(child(first).get("name"))


def _as_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
