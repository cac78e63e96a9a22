"""Who published an entry, and in which language it is: pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from monitors.definition.model import Feed, Monitor
from monitors.feeds.entry import Entry
from monitors.feeds.script import language_by_script

_ROLES_OF_MANY = ("aggregator",)


def families_by_publisher(monitor: Monitor) -> dict[str, str]:
    """The family of each publisher that the monitor file names, by its name in lower case."""
    return {feed.publisher.casefold(): feed.family for feed in monitor.feeds if feed.role not in _ROLES_OF_MANY}


def publisher_of(entry: Entry, feed: Feed, families: Mapping[str, str]) -> tuple[str, str]:
    """(publisher, family) of an entry. An aggregator's entry belongs to the publisher it names, if it names one."""
    if feed.role not in _ROLES_OF_MANY or entry.publisher is None:
        return feed.publisher, feed.family
    return entry.publisher, families.get(entry.publisher.casefold()) or family_name(entry.publisher)


def family_name(publisher: str) -> str:
    """An identifier made of a publisher's name, for one that no feed of the monitor introduces."""
    plain = unicodedata.normalize("NFKC", publisher).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "unknown"


def language_of(title: str, text: str, declared: str) -> str:
    """The language of a text: by its script where that decides, else as declared."""
    by_script = language_by_script(f"{title} {text[:400]}", japanese=declared.startswith("ja"))
    if by_script is not None:
        return by_script
    return "en" if declared.split("-", maxsplit=1)[0] in ("ko", "ja", "zh") else declared
