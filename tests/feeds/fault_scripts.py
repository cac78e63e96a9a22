"""What a fault is, and the ways in which the server misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from documents import healthy
from fault_server import Conversation, Script, answer

LIMIT = 1024 * 1024
"""Decoded bytes allowed in these tests."""
FEED = healthy()
SITEMAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/1</loc>'
    b"<news:news><news:publication_date>2025-08-25T10:00:00Z</news:publication_date>"
    b"<news:title>One</news:title></news:news></url></urlset>"
)
PAGE = b"<!DOCTYPE html><html><head><title>News</title></head><body><p>Hello</p></body></html>"


@dataclass(frozen=True)
class Fault:
    """`what` is for readers. `detail` must occur in the poll's detail.

    A slow fault gets a deadline of 0.3 seconds.
    """

    name: str
    what: str
    outcome: str
    script: Script
    slow: bool = False
    detail: str = ""
    entries: int | None = None


def headers(**more: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/rss+xml"]
    return "\r\n".join([*lines, *(f"{key.replace('_', '-')}: {value}" for key, value in more.items())]).encode()


def drip_after(head: bytes, body: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.drip(body)

    return script


def stall(head: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.wait(5)

    return script


def for_ever(head: bytes, piece: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        while not talk.server.stopping.is_set():
            talk.send(piece)

    return script


def reset_after(head: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.wait(0.05)
        talk.reset()

    return script


def hops(count: int) -> Callable[[Conversation], None]:
    """Redirects `count` times through the query, then answers."""

    def script(talk: Conversation) -> None:
        target = talk.request.split(b" ", 2)[1].decode()
        path, _, query = target.partition("?")
        done = int(query or 0)
        talk.send(answer(FEED) if done == count else answer(status="302 Found", Location=f"{path}?{done + 1}"))

    return script
