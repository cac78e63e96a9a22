"""What the readers of the formats hand to `parse`: items as they were written, before dates and links are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item. `title` and `summary` may hold markup; `dates` are raw texts, the most telling first."""

    guid: str | None = None
    link: str | None = None
    title: str = ""
    title_is_html: bool = True
    summary: str = ""
    dates: tuple[str | None, ...] = ()
    read_date: datetime | None = None
    """The date as feedparser reads it, a last resort."""
    language: str | None = None
    publisher: str | None = None
    publisher_url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as its format gives it. `format` is a short name such as rss20, atom10, json11 or news-sitemap."""

    format: str
    items: tuple[RawItem, ...]
    title: str = ""
    language: str | None = None
    base: str | None = None
    warnings: tuple[str, ...] = ()
    left_out: int = 0
    """Items over the cap that were not read."""


def text_of(value: Any) -> str | None:
    """`value` if it is text with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def child(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else _EMPTY


_EMPTY: Mapping[str, Any] = {}
