"""The feeds of a site: what its page declares, what it links to, and the places where feeds usually lie.

Nothing is believed by its name: a candidate counts once it was fetched and read.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitors.clock import Clock
from monitors.definition.model import Feed
from monitors.feeds.failure import FetchError, NotAFeed
from monitors.feeds.fetch import Fetcher, Response
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.parse import parse_feed
from monitors.feeds.plaintext import safe_link

MAX_REQUESTS = 10
"""Addresses asked for one site, its page included."""
COMMON_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml")

_PAGE = 1_000_000
_LINKS = 2000
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_MAYBE = frozenset({"application/json", "application/xml", "text/xml"})
_TAG = re.compile(r"<(link|a|base)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LOOKS = re.compile(r"(?:^|[/._-])(?:rss\d?|atom|rdf|feeds?)(?:$|[/._-])|/index\.xml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was read. `url` is the address that answered, `newest` the latest date that an entry states."""

    url: str
    title: str
    format: str
    entries: int
    newest: datetime | None


def discover(
    url: str, fetcher: Fetcher, clock: Clock, *, wait: Callable[[float], None] = time.sleep
) -> tuple[FoundFeed, ...]:
    """The feeds of the site at `url`, those that its page declares first; or the feed that `url` itself is.

    The usual places are tried only where the page leads to no feed. At most MAX_REQUESTS addresses are asked, the
    policy's delay apart. Raises FetchError when the site cannot be reached at all.
    """
    asked: dict[str, None] = {url: None}
    try:
        page = fetcher.fetch(url)
    except FetchError as error:
        if OUTCOMES[error.outcome].network or error.outcome in {"bad-url", "refused-address"}:
            raise
        page = None  # the page is missing or refused, its feeds may not be
    if page is not None and (itself := _read(page, clock())) is not None:
        return (itself,)
    base = page.url if page else url
    found: dict[str, FoundFeed] = {}

    def ask(candidates: Iterable[str]) -> None:
        for candidate in candidates:
            if candidate in asked or candidate in found:
                continue
            if len(asked) >= MAX_REQUESTS:
                return
            asked[candidate] = None
            wait(fetcher.polling.per_host_delay)
            try:
                answer = fetcher.fetch(candidate)
            except FetchError:
                continue  # one candidate of several; what is no feed is not told
            feed = _read(answer, clock())
            if feed is not None:
                found.setdefault(feed.url, feed)

    if page is not None:
        ask(candidates_in(page.body[:_PAGE].decode("utf-8", "replace"), page.url))
    if not found:
        ask(urljoin(base, path) for path in COMMON_PATHS)
    return tuple(found.values())


def candidates_in(page: str, location: str) -> list[str]:
    """Addresses in a web page at `location` that may be feeds: declared ones, then links whose address looks so."""
    base = location
    declared: list[str] = []
    maybe: list[str] = []
    linked: list[str] = []
    for name, attributes in _tags(page):
        href = attributes.get("href", "")
        if name == "base":
            base = safe_link(href, location) or base
            continue
        target = safe_link(href.partition("#")[0], base)
        if target is None:
            continue
        if name == "a":
            if _LOOKS.search(urlsplit(target).path):
                linked.append(target)
        elif "alternate" in attributes.get("rel", "").lower().split():
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            if kind in _TYPES:
                declared.append(target)
            elif kind in _MAYBE and _LOOKS.search(urlsplit(target).path):
                maybe.append(target)
    return list(dict.fromkeys([*declared, *maybe, *linked]))


def _tags(page: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, tag in enumerate(_TAG.finditer(page)):
        if number >= _LINKS:
            return
        pairs = _ATTRIBUTE.findall(tag[2])
        yield tag[1].lower(), {name.lower(): html.unescape(a or b or c).strip() for name, a, b, c in pairs}


def _read(answer: Response, now: datetime) -> FoundFeed | None:
    anybody = Feed(url=answer.url, publisher="unknown", family="unknown", language="en")
    try:
        parsed = parse_feed(answer.body, {**answer.headers, "content-location": answer.url}, anybody, now)
    except NotAFeed:
        return None
    dates = [entry.published for entry in parsed.entries if entry.published is not None]
    return FoundFeed(answer.url, parsed.title, parsed.format, len(parsed.entries), max(dates, default=None))
