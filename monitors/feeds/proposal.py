"""Entries for the `feeds:` of a monitor file, proposed from outlines. Pure; a person checks them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

import yaml

from monitors.definition.model import Feed, Language
from monitors.feeds.opml import Outline
from monitors.feeds.script import language_by_script

_LANGUAGES: dict[str, Language] = {"en": "en", "ko": "ko", "ja": "ja", "zh": "zh"}
_COUNTRIES: dict[str, Language] = {"kr": "ko", "jp": "ja", "cn": "zh", "tw": "zh", "hk": "zh"}
_ZONES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo"}
_FRONT = frozenset({"www", "rss", "feed", "feeds", "news", "m", "xml"})
_SECOND_LEVEL = frozenset({"co", "com", "or", "org", "go", "gov", "ne", "net", "ac", "re"})
_HOSTS_OF_MANY = ("feedburner.com", "feedblitz.com", "google.com", "bing.com", "medium.com", "substack.com")


def proposed_feed(outline: Outline) -> Feed | None:
    """A feed of a monitor file, guessed; None when its language is one that is not read.

    The family is the name in the host, so that several feeds of one house count as one.
    """
    language = _language(outline)
    if language is None or len(outline.url) > 2048:
        return None
    publisher = outline.title[:100] or _house(outline.url)
    return Feed(
        url=outline.url,
        publisher=publisher,
        family=_family(publisher, outline.url),
        language=language,
        timezone=_ZONES.get(language, "UTC"),
    )


def feeds_block(feeds: Sequence[Feed]) -> str:
    """The feeds as the YAML text of a monitor file's `feeds:`, without what is at its default."""
    rows = [{"url": f.url, "publisher": f.publisher, "family": f.family, "language": f.language} for f in feeds]
    for row, feed in zip(rows, feeds, strict=True):
        if feed.timezone != "UTC":
            row["timezone"] = feed.timezone
    text: str = yaml.safe_dump({"feeds": rows}, allow_unicode=True, sort_keys=False, width=10_000)
    return text


def _language(outline: Outline) -> Language | None:
    stated = (outline.language or "").strip().lower().replace("_", "-").split("-")[0]
    if stated and stated not in {"unknown", "und"}:
        return _LANGUAGES.get(stated)
    country = (urlsplit(outline.url).hostname or "").rpartition(".")[2]
    by_script = language_by_script(outline.title, japanese=country == "jp")
    if by_script is not None:
        return by_script
    return "en" if outline.title else _COUNTRIES.get(country, "en")


def _family(publisher: str, url: str) -> str:
    host = (urlsplit(url).hostname or "").lower()
    shared = any(host == many or host.endswith(f".{many}") for many in _HOSTS_OF_MANY)
    return _identifier(publisher if shared else _house(url)) or _identifier(_house(url)) or "unknown"


def _house(url: str) -> str:
    """The part of the host that names who it belongs to."""
    host = (urlsplit(url).hostname or "").lower()
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdecimal():
        return host
    del labels[-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        del labels[-1]
    while len(labels) > 1 and labels[0] in _FRONT:
        del labels[0]
    return labels[-1]


def _identifier(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
