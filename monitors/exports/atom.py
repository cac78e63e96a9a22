"""Records as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from monitors.alerts.message import in_words, safe_link
from monitors.exports.names import Names
from monitors.exports.records import What
from monitors.exports.text import line, plain

NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries was last updated: Atom wants a time, and the archive has none to give."""

_SPACE = UUID("5f4a3c0e-6c1d-4f5b-9d0a-8f1d2b7e9a64")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry of the feed says. `key` is what its id is made of: it must stay while the record means the same."""

    key: tuple[str, ...]
    title: str
    updated: str
    content: str
    author: str | None
    url: str | None
    published: str | None
    language: str | None
    categories: tuple[str, ...]


def atom(what: What, records: Iterable[Record], updated: str | None, scope: str, names: Names) -> Iterator[str]:
    """The feed, entry by entry. `scope` says which part of the archive it is; a feed of the same scope keeps its id."""
    head = Element("feed")
    SubElement(head, "title").text = line(f"Wirewatch: {what.value}{scope and f' ({scope})'}")
    SubElement(head, "id").text = _urn("feed", what.value, scope)
    SubElement(head, "updated").text = updated or NEVER
    SubElement(SubElement(head, "author"), "name").text = "Wirewatch"
    SubElement(head, "generator").text = "Wirewatch"
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    for element in head:
        yield f"{tostring(element, encoding='unicode')}\n"
    for record in records:
        yield f"{tostring(_element(ENTRIES[what](record, names)), encoding='unicode')}\n"
    yield "</feed>\n"


def _element(entry: Entry) -> Element:
    element = Element("entry")
    if entry.language is not None and _LANGUAGE.fullmatch(entry.language):
        element.set("xml:lang", entry.language)
    SubElement(element, "title").text = line(entry.title) or "(without a title)"
    SubElement(element, "id").text = _urn(*entry.key)
    SubElement(element, "updated").text = entry.updated
    if entry.published:
        SubElement(element, "published").text = entry.published
    if entry.author:
        SubElement(SubElement(element, "author"), "name").text = line(entry.author)
    address = safe_link(entry.url)
    if address is not None:
        SubElement(element, "link", rel="alternate", href=address)
    for category in entry.categories:
        SubElement(element, "category", term=line(category))
    refused = f"\n\nAddress as given: {entry.url}" if entry.url and address is None else ""
    SubElement(element, "content", type="text").text = plain(entry.content + refused)
    return element


def _urn(*key: str) -> str:
    """A stable id (RFC 4122, version 5)."""
    return uuid5(_SPACE, "\n".join(line(part) for part in key)).urn


def _article(record: Record, names: Names) -> Entry:
    return Entry(
        key=("article", record["monitor"], record["canonical_url"]),
        title=record["title"],
        updated=max(record["discovered"], record["revised"] or ""),
        content=record["text"],
        author=record["publisher"],
        url=record["url"],
        published=record["published"],
        language=record["language"],
        categories=tuple(record["situations"]),
    )


def _development(record: Record, names: Names) -> Entry:
    evidence = [f"“{one['sentence']}” {one['publisher']}, {one['published'][:10]}" for one in record["evidence"]]
    return Entry(
        key=(
            "development", record["monitor"], record["situation"], record["status"], record["canonical_url"],
            record["raised"],
        ),
        title=_headline(record, names),
        updated=record["raised"],
        content="\n".join([*evidence, *_event(record), _support(record), record["reason"]]),
        author=record["publisher"],
        url=record["url"],
        published=record["published"],
        language=None,
        categories=(record["situation"], record["status"]),
    )  # fmt: skip


def _alert(record: Record, names: Names) -> Entry:
    is_health = record["situation"] is None
    about = f"{record['kind'].capitalize()}: {record['subject']}" if is_health else _headline(record, names)
    evidence = [f"“{one['sentence']}” {one['publisher']}" for one in record.get("evidence", ())]
    deliveries = [f"{one['channel']} {one['state']} {one['detail']}".strip() for one in record["deliveries"]]
    return Entry(
        key=("alert", record["monitor"], str(record["id"]), record["decided"]),
        title=about if record["decision"] == "alert" else f"{about} ({in_words(record['decision'])})",
        updated=record["decided"],
        content="\n".join([*evidence, *_event(record), record["reason"], *deliveries]),
        author=record["publisher"],
        url=record["url"],
        published=None,
        language=None,
        categories=(record["kind"], record["decision"]) if is_health else (record["situation"], record["decision"]),
    )


def _meeting(record: Record, names: Names) -> Entry:
    source = f"“{record['sentence']}” {record['publisher']}" if record["sentence"] else ""
    return Entry(
        key=("meeting", record["monitor"], record["situation"], str(record["instance"])),
        title=f"{record['title']}: {in_words(record['status'])}, {record['event_date']}",
        updated=record["changed"],
        content="\n".join([*_event(record), record["standing"], source]),
        author=record["publisher"],
        url=record["url"],
        published=record["announced"],
        language=None,
        categories=(record["situation"], record["status"]),
    )


ENTRIES: dict[What, Callable[[Record, Names], Entry]] = {
    What.ARTICLES: _article,
    What.DEVELOPMENTS: _development,
    What.ALERTS: _alert,
    What.MEETINGS: _meeting,
}


def _headline(record: Record, names: Names) -> str:
    before, status = record["previous_status"], record["status"]
    was = f" (was {in_words(before)})" if before and before != status else ""
    return f"{names.title(record['monitor'], record['situation'])}: {in_words(status)}{was}"


def _event(record: Record) -> list[str]:
    event = ", ".join(part for part in (record["event_date"], record["place"]) if part)
    return [f"Event: {event}"] if event else []


def _support(record: Record) -> str:
    families = len(record["families"])
    return f"{families} {'family' if families == 1 else 'families'}, {record['tier']}"
