"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds as other readers write and take them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.parsers import expat

from monitors.errors import InputError
from monitors.feeds.plaintext import from_title, safe_link

MAX_BYTES = 10 * 1024 * 1024
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. `language` is as the file has it."""

    title: str
    url: str
    site: str | None = None
    language: str | None = None


def write_opml(title: str, outlines: Iterable[Outline], created: datetime) -> str:
    """An OPML 2.0 document of `outlines`, in their order."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = title
    ET.SubElement(head, "dateCreated").text = format_datetime(created)
    body = ET.SubElement(root, "body")
    for outline in outlines:
        values = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.url}
        more = {"htmlUrl": outline.site, "language": outline.language}
        ET.SubElement(body, "outline", values | {name: value for name, value in more.items() if value})
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def read_opml(data: bytes, name: str) -> tuple[tuple[Outline, ...], tuple[str, ...]]:
    """The feeds of an OPML document, each address once, and a line for each outline that had to be left out.

    Folders are passed through. `name` stands for the document in messages. Raises InputError, with the line, for what
    is no OPML, is not well-formed or declares entities.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: larger than {MAX_BYTES // 1024**2} MB, which no list of feeds is")
    parser = expat.ParserCreate()
    reader = _Reader(name, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError(f"{name}:{error.lineno}: not well-formed XML: {expat.ErrorString(error.code)}") from None
    except (ValueError, LookupError):
        raise InputError(f"{name}:1: in an encoding that cannot be read; save the file as UTF-8") from None
    if not reader.outlines:
        raise InputError(f"{name}: no outline in it has the address of a feed (xmlUrl)")
    return tuple(reader.outlines.values()), tuple(reader.left_out)


class _Reader:
    """Collects outlines while expat reads."""

    def __init__(self, name: str, parser: expat.XMLParserType) -> None:
        self.outlines: dict[str, Outline] = {}
        self.left_out: list[str] = []
        self._name = name
        self._parser = parser
        self._depth = 0

    def start(self, element: str, attributes: dict[str, str]) -> None:
        if self._depth == 0 and element.lower() != "opml":
            raise InputError(f"{self._at()}: <{element[:40]}> is not OPML; expected <opml>")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise InputError(f"{self._at()}: folders nested more than {_MAX_DEPTH} deep")
        if element.lower() != "outline":
            return
        values = {key.lower(): value for key, value in attributes.items()}
        address = values.get("xmlurl", "").strip()
        if not address:
            return
        url = safe_link(f"http{address[4:]}" if address.startswith("feed://") else address)
        if url is None:
            self.left_out.append(f"{self._at()}: {address[:100]!r} is no http or https address")
            return
        title = from_title(values.get("title") or values.get("text") or "")
        site = safe_link(values.get("htmlurl"))
        self.outlines.setdefault(url, Outline(title, url, site, values.get("language") or None))

    def end(self, _element: str) -> None:
        self._depth -= 1

    def refuse(self, *_declaration: object) -> None:
        raise InputError(f"{self._at()}: declares entities, which no list of feeds needs and which is not safe to read")

    def _at(self) -> str:
        return f"{self._name}:{self._parser.CurrentLineNumber}"
