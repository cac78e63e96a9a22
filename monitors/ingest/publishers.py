"""Who published an entry, and in which language it is: pure."""

from __future__ import annotations

import re
import unicodedata

from monitors.definition.model import Feed, Monitor
from monitors.feeds.entry import Entry

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ROLES_OF_MANY = ("aggregator",)


def families_by_publisher(monitor: Monitor) -> dict[str, str]:
    """The family of each publisher that the monitor file names, by its name in lower case."""
    return {feed.publisher.casefold(): feed.family for feed in monitor.feeds if feed.role not in _ROLES_OF_MANY}


def publisher_of(entry: Entry, feed: Feed, families: dict[str, str]) -> tuple[str, str]:
    """(publisher, family) of an entry. An aggregator's entry belongs to the publisher it names, if it names one."""
    if feed.role not in _ROLES_OF_MANY or entry.publisher is None:
        return feed.publisher, feed.family
    return entry.publisher, families.get(entry.publisher.casefold()) or family_name(entry.publisher)


def family_name(publisher: str) -> str:
    """An identifier made of a publisher's name, for one that no feed of the monitor introduces."""
    plain = unicodedata.normalize("NFKC", publisher).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "unknown"


def language_of(title: str, text: str, declared: str) -> str:
    """The language of a text: by its script where that decides, else as declared.

    Any Hangul means Korean, since Korean headlines mix in Han characters; kana means Japanese; Han alone is Chinese
    unless Japanese was declared.
    """
    sample = f"{title} {text[:400]}"
    if _HANGUL.search(sample):
        return "ko"
    if _KANA.search(sample):
        return "ja"
    if _HAN.search(sample):
        return "ja" if declared.startswith("ja") else "zh"
    return "en" if declared.split("-", maxsplit=1)[0] in ("ko", "ja", "zh") else declared
