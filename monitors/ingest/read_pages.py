"""Reading the pages behind on-topic articles, after everything that titles and summaries say was told already."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitors.archive import pages, unread
from monitors.archive.connection import Archive
from monitors.archive.pages import Page
from monitors.archive.records import Article
from monitors.articles.keep import keep_page_text
from monitors.articles.pages import PAGE_BYTES, SETTLED, PageText, extractor, outcome_of_fetch, read_page
from monitors.clock import Clock
from monitors.definition.model import Feed, Monitor
from monitors.errors import WirewatchError
from monitors.feeds.failure import FetchError
from monitors.feeds.fetch import PAGES, PLAIN_TEXT, Fetcher, Response
from monitors.feeds.robots import Rules, read_robots
from monitors.feeds.turns import take_turns
from monitors.feeds.urls import check_url, host_and_port, shown

TIME_SHARE = 0.25
"""So much of `polling.run_deadline` a run spends on pages at most."""

FIRST_RETRY, RETRY_FACTOR, MOST_ATTEMPTS = timedelta(minutes=30), 4.0, 5
"""A page that failed is tried again after 30 minutes, 2, 8 and 32 hours, and then no more."""

TOO_OLD = timedelta(days=7)
"""Pages of articles that were first seen so long ago are left alone."""

ROBOT = "wirewatch"
"""What robots.txt knows us as: the name in our User-Agent."""

LONGEST_CRAWL_DELAY = 30.0
"""Seconds. A longer Crawl-delay in robots.txt is cut to this; what finds no turn is left for the next run."""

_ROBOTS_BYTES = 1024 * 1024
_HOST_FAULTS = frozenset(
    {"rate-limited", "challenge", "unavailable", "unknown-host", "dns-temporary", "unreachable", "proxy-failed"}
)
"""After these the other pages of the host are left for the next run."""

_Found = Response | FetchError | PageText
"""What came of one page: an answer, a failure, or that it was not asked for."""


@dataclass(frozen=True, slots=True)
class PagesRead:
    """How many pages brought a text, and how many left their article with its summary."""

    read: int = 0
    failed: int = 0


def readable_feeds(monitor: Monitor) -> list[str]:
    """The URLs of the feeds whose entries' pages are read.

    Aggregators and searches are left out: their links lead to the aggregator.
    """
    return [feed.url for feed in monitor.feeds if _has_pages(feed)]


def _has_pages(feed: Feed) -> bool:
    return feed.full_text and feed.role != "aggregator" and feed.scope != "search"


def expect_pages(archive: Archive, monitor: Monitor, now: datetime) -> None:
    """Note the pages behind the articles that wait for detection; belongs before it, since it empties that queue."""
    if monitor.polling.max_pages and (feeds := readable_feeds(monitor)):
        pages.expect(archive, monitor.id, feeds, now)


def read_due_pages(
    archive: Archive,
    monitor: Monitor,
    clock: Clock,
    on_page: Callable[[int, int], None] | None = None,
    *,
    fetcher: Fetcher | None = None,
) -> PagesRead:
    """Read the pages whose time has come, at most `polling.max_pages`, within TIME_SHARE of the run's time.

    An article that gains a text waits for detection again, as baseline if it was. Each page is one transaction. The
    faults of the world are outcomes of pages. `on_page` is told (done, total). Raises ArchiveError.
    """
    polling = monitor.polling
    now = clock()
    feeds = readable_feeds(monitor)
    if not (feeds and polling.max_pages):
        return PagesRead()
    waiting = pages.due(archive, monitor.id, feeds, now, since=now - TOO_OLD, limit=polling.max_pages)
    if not waiting:
        return PagesRead()
    stop_at = time.monotonic() + polling.run_deadline * TIME_SHARE
    visit = _Visit(fetcher or Fetcher(polling, stop_at=stop_at), waiting)
    read = failed = done = 0

    def take(number: int, found: _Found | None) -> None:
        nonlocal read, failed, done
        _, place = visit.jobs[number]
        if place is None or found is None:
            return
        page, article = waiting[place]
        gained = _store(archive, page, article, found, clock())
        read, failed, done = read + gained, failed + (not gained), done + 1
        if on_page is not None:
            on_page(done, len(waiting))

    take_turns(visit.hosts, visit.go, take, workers=polling.workers, delay=visit.fetcher.distance.of, stop_at=stop_at)
    return PagesRead(read, failed)


class _Disallowed(WirewatchError):
    """A page, or an address that it redirects to, is closed to us by robots.txt. The message says which."""


class _Visit:
    """The requests of one run: for each host its robots.txt first, then its pages, one after the other.

    `jobs[i]` has the origin that job i goes to and the position of its page, None for a robots.txt; `hosts[i]` says
    with which other jobs it takes turns. A host that a page redirects to is asked for its robots.txt on the way.
    """

    def __init__(self, fetcher: Fetcher, waiting: Sequence[tuple[Page, Article]]) -> None:
        self.fetcher = fetcher
        self._urls = [article.url for _, article in waiting]
        self._robots: dict[str, Rules | FetchError] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._left: set[str] = set()
        origins = [_origin(url) for url in self._urls]
        self.jobs: list[tuple[str, int | None]] = [(origin, None) for origin in dict.fromkeys(origins)]
        self.jobs += [(origin, place) for place, origin in enumerate(origins)]
        self.hosts = [host_and_port(origin) for origin, _ in self.jobs]

    def go(self, number: int) -> _Found | None:
        """Do one job; None for a robots.txt, and for a page that is left for another run."""
        origin, place = self.jobs[number]
        if place is None:
            self._rules(origin)
            return None
        if origin in self._left:
            return None
        url = self._urls[place]
        try:
            self._check(url)
            return self.fetcher.fetch(
                url,
                accept=PAGES,
                max_bytes=min(PAGE_BYTES, self.fetcher.polling.max_bytes),
                before_redirect=self._check,
            )
        except _Disallowed as error:
            return PageText("disallowed", detail=str(error))
        except FetchError as error:
            if error.outcome in _HOST_FAULTS:
                self._left.add(origin)
            return None if error.outcome == "not-polled" else error

    def _check(self, url: str) -> None:
        """Raise _Disallowed, or the FetchError for which the host's robots.txt could not be had."""
        check_url(url)
        rules = self._rules(_origin(url))
        if isinstance(rules, FetchError):
            raise FetchError(rules.outcome, rules.detail, http_status=rules.http_status, retry_after=rules.retry_after)
        if not rules.allow(url):
            raise _Disallowed(f"robots.txt of {host_and_port(url)} does not allow {shown(url)}")

    def _rules(self, origin: str) -> Rules | FetchError:
        """What the origin's robots.txt says, which is asked for once in a run."""
        with self._asking.setdefault(origin, threading.Lock()):
            if origin not in self._robots:
                self._robots[origin] = rules = self._asked(origin)
                if isinstance(rules, Rules) and rules.crawl_delay:
                    self.fetcher.distance.keep(host_and_port(origin), min(rules.crawl_delay, LONGEST_CRAWL_DELAY))
            return self._robots[origin]

    def _asked(self, origin: str) -> Rules | FetchError:
        """A robots.txt that is not there allows everything, one that cannot be had nothing (RFC 9309)."""
        try:
            answer = self.fetcher.fetch(f"{origin}/robots.txt", accept=PLAIN_TEXT, max_bytes=_ROBOTS_BYTES)
        except FetchError as error:
            if error.outcome in {"not-found", "gone", "client-error"}:
                return Rules()
            detail = f"robots.txt: {error.detail}"
            return FetchError(error.outcome, detail, http_status=error.http_status, retry_after=error.retry_after)
        return read_robots(answer.body.decode("utf-8", "replace"), ROBOT)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def _store(archive: Archive, page: Page, article: Article, found: _Found, now: datetime) -> bool:
    """Store what an attempt brought, and have the article read again if it gained a text; whether it did."""
    if not page.has_text:
        page = replace(page, summary=article.text)  # the feed may have changed it since
    result, status = _result(page, article, found)
    retry_after = found.retry_after if isinstance(found, FetchError) else None
    after = replace(
        page,
        outcome=result.outcome,
        http_status=status,
        tried=now,
        attempts=page.attempts + 1,
        next_try=_next_try(result.outcome, page.attempts + 1, now, retry_after),
        detail=result.detail[:300],
    )
    with archive.writing():
        if result.outcome == "read":
            kept = keep_page_text(archive, article, result.text, now)
            after = replace(after, extractor=extractor())
            if kept.outcome != "seen":
                unread.enqueue(archive, [article.id], baseline=page.baseline)
        pages.save(archive, after)
    return result.outcome == "read"


def _result(page: Page, article: Article, found: _Found) -> tuple[PageText, int | None]:
    if isinstance(found, FetchError):
        return PageText(outcome_of_fetch(found.outcome), detail=str(found)), found.http_status
    if isinstance(found, PageText):
        return found, None
    text = read_page(
        found.body,
        found.headers,
        found.url,
        title=article.title,
        summary=page.summary,
        language=article.language,
    )
    return text, found.status


def _next_try(outcome: str, attempts: int, now: datetime, retry_after: float | None) -> datetime | None:
    if outcome in SETTLED or attempts >= MOST_ATTEMPTS:
        return None
    wait = FIRST_RETRY * float(RETRY_FACTOR ** (attempts - 1))
    return now + max(wait, timedelta(seconds=retry_after or 0.0))
