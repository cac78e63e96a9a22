"""Bounds on a document before a parser sees it. A parser cannot be stopped by the clock, so its input is limited.

feedparser takes about 60 µs for an element (measured), so that a body of nothing but tags could hold it for minutes.
"""

from __future__ import annotations

import re

from monitors.feeds.failure import NotAFeed

MAX_TAGS = 200_000
"""Opening brackets outside CDATA."""
_LONGEST_ENTITY = 200
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?[^\s>"']{1,200}\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"[&%][A-Za-z_]")
_ITEM_END = re.compile(rb"</(?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry)\s{0,20}>")


class TooComplex(NotAFeed):
    """The document is small enough to fetch, but has more elements than we read."""


def check(body: bytes) -> None:
    """Raise NotAFeed for entities that could grow when expanded, and TooComplex for too many tags.

    `body` is in UTF-8 or another charset that keeps ASCII.
    """
    if b"<!ENTITY" in body and b"<!DOCTYPE" in body:
        for match in _ENTITY.finditer(body):
            value = match[1] if match[1] is not None else match[2]
            if len(value) > _LONGEST_ENTITY or _REFERENCE.search(value):
                raise NotAFeed("declares entities that grow when expanded, which is not safe to read")
    tags = sum(part.partition(b"<![CDATA[")[0].count(b"<") for part in body.split(b"]]>"))
    if tags > MAX_TAGS:
        raise TooComplex(f"has {tags} tags; {MAX_TAGS} are read")


def cut_to(body: bytes, most: int) -> tuple[bytes, int]:
    """The document with its first `most` items, and how many were cut out.

    What follows the last item stays, so that the document is still well-formed.
    """
    ends = [match.end() for match in _ITEM_END.finditer(body)]
    if len(ends) <= most:
        return body, 0
    return body[: ends[most - 1]] + body[ends[-1] :], len(ends) - most
