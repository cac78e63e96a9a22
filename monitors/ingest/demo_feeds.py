"""Feeds on loopback for the demo: documents as RSS, Atom or JSON Feed, with validators as real servers give them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Literal
from xml.etree import ElementTree as ET

from monitors.clock import iso
from monitors.ingest.documents import Document

Format = Literal["rss", "atom", "json"]

_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"


class FeedServer:
    """Serves one feed a format on 127.0.0.1 at a free port, until the `with` ends."""

    def __init__(self) -> None:
        bodies: dict[str, tuple[str, bytes]] = {}
        self._bodies = bodies

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = bodies.get(self.path.strip("/"))
                if answer is None:
                    self.send_error(404)
                    return
                kind, body = answer
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                unchanged = self.headers.get("If-None-Match") == etag
                self.send_response(304 if unchanged else 200)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", "0" if unchanged else str(len(body)))
                self.end_headers()
                if not unchanged:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet: what is served is not the reader's concern."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def publish(self, documents: Mapping[Format, Iterable[Document]]) -> None:
        """Replace what each format's feed shows."""
        for name, own in documents.items():
            self._bodies[name] = (_TYPES[name], _RENDERERS[name](list(own)))

    def __enter__(self) -> FeedServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def rss(documents: list[Document]) -> bytes:
    """RSS 2.0, newest first; `source` names the publisher."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for tag, text in (("title", "Demo stream"), ("link", "http://127.0.0.1/"), ("description", "Demo stream")):
        ET.SubElement(channel, tag).text = text
    for document in reversed(documents):
        item = ET.SubElement(channel, "item")
        ET.SubElement(item, "title").text = document.title
        ET.SubElement(item, "link").text = document.url
        ET.SubElement(item, "guid", isPermaLink="false").text = document.id
        ET.SubElement(item, "pubDate").text = format_datetime(document.published, usegmt=True)
        ET.SubElement(item, "description").text = document.text
        ET.SubElement(item, "source", url=_site(document)).text = document.source
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def atom(documents: list[Document]) -> bytes:
    """Atom 1.0, newest first; `source` names the publisher and `xml:lang` the language."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    ET.SubElement(root, f"{{{_ATOM}}}title").text = "Demo stream"
    ET.SubElement(root, f"{{{_ATOM}}}id").text = "urn:wirewatch:demo"
    if documents:
        ET.SubElement(root, f"{{{_ATOM}}}updated").text = iso(documents[-1].published)
    for document in reversed(documents):
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry", {f"{{{_XML}}}lang": document.lang})
        ET.SubElement(entry, f"{{{_ATOM}}}title").text = document.title
        ET.SubElement(entry, f"{{{_ATOM}}}id").text = f"urn:wirewatch:demo:{document.id}"
        ET.SubElement(entry, f"{{{_ATOM}}}link", href=document.url)
        ET.SubElement(entry, f"{{{_ATOM}}}published").text = iso(document.published)
        ET.SubElement(entry, f"{{{_ATOM}}}updated").text = iso(document.published)
        ET.SubElement(entry, f"{{{_ATOM}}}summary").text = document.text
        source = ET.SubElement(entry, f"{{{_ATOM}}}source")
        ET.SubElement(source, f"{{{_ATOM}}}title").text = document.source
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(documents: list[Document]) -> bytes:
    """JSON Feed 1.1, newest first. It has no place for a publisher, so the title carries it as aggregators do."""
    items = [
        {
            "id": document.id,
            "url": document.url,
            "title": f"{document.title} - {document.source}",
            "content_text": document.text,
            "date_published": iso(document.published),
            "language": document.lang,
        }
        for document in reversed(documents)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Demo stream", "items": items}
    return json.dumps(feed, ensure_ascii=False).encode()


_RENDERERS = {"rss": rss, "atom": atom, "json": json_feed}


def _site(document: Document) -> str:
    return "/".join(document.url.split("/")[:3])
