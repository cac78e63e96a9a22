"""Polling: one attempt at one feed, and a run of many under one time limit."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitors.archive.records import FeedState, Poll
from monitors.clock import Clock
from monitors.definition.model import Feed, Polling
from monitors.feeds import schedule
from monitors.feeds.bounds import TooComplex
from monitors.feeds.entry import Entry
from monitors.feeds.failure import FetchError, NotAFeed
from monitors.feeds.fetch import Fetcher, Response, shown
from monitors.feeds.health import offline
from monitors.feeds.moves import note
from monitors.feeds.outcomes import OUTCOMES
from monitors.feeds.parse import ParsedFeed, parse_feed
from monitors.feeds.refusals import is_challenge
from monitors.feeds.turns import take_turns

__all__ = ["OUTCOMES", "PollResult", "awaits_verdict", "judged", "offline", "poll_feed", "poll_feeds"]

_log = logging.getLogger(__name__)
_LONGEST_VALIDATOR = 1000
_PAUSING = frozenset({"rate-limited", "unknown-host", "dns-temporary", "unreachable"})
"""After these the other feeds of the host are left out of the run."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What came of one attempt. `state` is to be stored with `poll`, whatever the outcome.

    `entries` is empty unless the outcome is "ok". `moved_to` is the address every hop of a permanent redirect led to;
    believe it after several polls that agree. `one_date` see ParsedFeed.
    """

    feed: Feed
    poll: Poll
    state: FeedState
    entries: tuple[Entry, ...] = ()
    moved_to: str | None = None
    format: str | None = None
    one_date: bool = False
    retry_after: float | None = None


def poll_feed(feed: Feed, state: FeedState, fetcher: Fetcher, clock: Clock) -> PollResult:
    """Poll one feed now, at the address it has moved to if it has.

    The faults of the world become outcomes; only a fault of this program raises.
    """
    now = clock()
    attempt = _Attempt(feed, state, now, time.monotonic())
    full = schedule.wants_full_answer(state, now)
    try:
        response = fetcher.fetch(
            _address(feed, state),
            feed=feed,
            etag=None if full else state.etag,
            last_modified=None if full else state.last_modified,
        )
    except FetchError as error:
        return _failed(attempt, error)
    if response.status == 304:
        moved_to = response.url if response.redirected_permanently else None
        poll = _poll(attempt, "unchanged", response, note(moved_to) if moved_to else "")
        state = schedule.after_success(state, now, at_least=_caching(response.headers))
        return PollResult(feed, poll, state, moved_to=moved_to)
    return _read(attempt, response, fetcher.polling.max_entries)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One feed at one time; `began` is monotonic."""

    feed: Feed
    state: FeedState
    now: datetime
    began: float


def _read(attempt: _Attempt, response: Response, max_entries: int) -> PollResult:
    """A 200 becomes entries, "unchanged" where its body is that of the last good poll, or a failure."""
    feed, now = attempt.feed, attempt.now
    body_hash = hashlib.sha256(response.body).hexdigest()
    moved_to = response.url if response.redirected_permanently else None
    same = attempt.state.baseline_done and body_hash == attempt.state.body_hash
    parsed: ParsedFeed | None = None
    if not same:
        try:
            parsed = parse_feed(
                response.body,
                {**response.headers, "content-location": response.url},
                feed,
                now,
                max_entries=max_entries,
            )
        except NotAFeed as error:
            return _failed(attempt, _no_feed(response, error), response)
        except Exception as error:  # one document that our reader trips over must not end the run of all others
            _log.exception("reading %s failed", shown(feed.url))
            return _failed(attempt, FetchError("unreadable", f"our reader failed ({type(error).__name__})"), response)
    state = replace(_with_validators(attempt.state, response.headers), body_hash=body_hash)
    state = schedule.after_success(state, now, at_least=_caching(response.headers))
    notes = [note(moved_to)] if moved_to else []
    if parsed is None:
        poll = _poll(attempt, "unchanged", response, "; ".join(notes))
        return PollResult(feed, poll, state, moved_to=moved_to)
    notes += _notes(parsed, max_entries)
    poll = _poll(attempt, "ok", response, "; ".join(notes))
    poll = replace(poll, entries_seen=len(parsed.entries))
    return PollResult(feed, poll, state, parsed.entries, moved_to, parsed.format, parsed.one_date)


def poll_feeds(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    polling: Polling,
    clock: Clock,
    on_result: Callable[[PollResult], None] | None = None,
    *,
    monitor: str = "",
    fetcher: Fetcher | None = None,
    judge: bool = True,
) -> list[PollResult]:
    """Poll all `feeds` in parallel; the results come in the order of `feeds`, one for each.

    Requests to one host (name and port) follow one another `polling.per_host_delay` apart; a delay of 0 asks for no
    such manners. What has not begun when `polling.run_deadline` ends is "not-polled"; what is under way then is cut
    off. After a host could not be reached or said 429, its other feeds are "host-paused".

    `on_result` is called in this thread, as results come in; failures on the way to a host are held back to the end,
    because only then it is known whether we are offline, in which case they become "offline" and blame no feed.
    A caller that polls in several batches has `judge` false and calls `judged` over all of them.
    A feed without a state is new and belongs to `monitor`.
    """
    stop_at = time.monotonic() + polling.run_deadline
    owner = monitor or next((state.monitor for state in states.values()), "")
    fetcher = replace(fetcher, stop_at=stop_at) if fetcher else Fetcher(polling, stop_at=stop_at)
    paused: dict[str, PollResult] = {}
    results: dict[int, PollResult] = {}
    held: list[int] = []

    def state_of(feed: Feed) -> FeedState:
        return states.get(feed.url) or FeedState(monitor=owner, url=feed.url)

    def host_of(feed: Feed) -> str:
        return _host(_address(feed, state_of(feed)))

    def work(number: int) -> PollResult:
        feed = feeds[number]
        cause = paused.get(host_of(feed))
        if cause is not None:
            return _left_out(_Attempt(feed, state_of(feed), clock(), time.monotonic()), cause)
        return poll_feed(feed, state_of(feed), fetcher, clock)

    def take(number: int, result: PollResult) -> None:
        results[number] = result
        if polling.per_host_delay and result.poll.outcome in _PAUSING:
            paused.setdefault(host_of(result.feed), result)
        if awaits_verdict(result):
            held.append(number)
        elif on_result is not None:
            on_result(result)

    hosts = [host_of(feed) if polling.per_host_delay else str(number) for number, feed in enumerate(feeds)]
    take_turns(hosts, work, take, workers=polling.workers, delay=polling.per_host_delay, stop_at=stop_at)
    for number, feed in enumerate(feeds):
        if number not in results:
            late = FetchError("not-polled", "the run's time ended before its turn")
            take(number, _failed(_Attempt(feed, state_of(feed), clock(), time.monotonic()), late))
    in_order = [results[number] for number in range(len(feeds))]
    if judge:
        in_order = judged(in_order, states)
    if on_result is not None:
        for number in sorted(held):
            on_result(in_order[number])
    return in_order


def awaits_verdict(result: PollResult) -> bool:
    """Whether the failure may turn out to be ours once all polls of the pass are known."""
    return OUTCOMES[result.poll.outcome].network or result.poll.outcome == "host-paused"


def judged(results: Sequence[PollResult], states: Mapping[str, FeedState]) -> list[PollResult]:
    """All results of a pass, with no feed blamed if we were offline. `states` is how things stood before it."""
    if not offline(results):
        return list(results)
    return [
        _blameless(result, states.get(result.feed.url) or FeedState(result.state.monitor, result.feed.url))
        if awaits_verdict(result)
        else result
        for result in results
    ]


def _address(feed: Feed, state: FeedState) -> str:
    return state.moved_to or feed.url


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _failed(attempt: _Attempt, error: FetchError, response: Response | None = None) -> PollResult:
    poll = _poll(attempt, error.outcome, response, error.detail)
    poll = replace(poll, http_status=response.status if response else error.http_status)
    before = attempt.state
    outcome = OUTCOMES[error.outcome]
    if before.moved_to and outcome.severity in {"soft", "hard"} and not outcome.network:
        # What the new address answers may not end the feed: the old one is asked again.
        name = "not-found" if outcome.name == "gone" else outcome.name
        detail = f"{error.detail}; the address it had moved to is given up"
        poll, before = replace(poll, outcome=name, detail=detail), replace(before, moved_to=None)
    state = schedule.after_failure(before, poll.outcome, attempt.now, retry_after=error.retry_after)
    return PollResult(attempt.feed, poll, state, retry_after=error.retry_after)


def _left_out(attempt: _Attempt, cause: PollResult) -> PollResult:
    detail = f"its host failed just before with {cause.poll.outcome}"
    return _failed(attempt, FetchError("host-paused", detail, retry_after=cause.retry_after))


def _blameless(result: PollResult, before: FeedState) -> PollResult:
    """The result once it is known that the fault is ours: the state as it was, and the first finding kept as detail."""
    poll = replace(result.poll, outcome="offline", detail=f"{result.poll.outcome}: {result.poll.detail}")
    return replace(result, poll=poll, state=schedule.after_failure(before, "offline", result.poll.started))


def _poll(attempt: _Attempt, outcome: str, response: Response | None = None, detail: str = "") -> Poll:
    return Poll(
        monitor=attempt.state.monitor,
        feed_url=attempt.feed.url,
        started=attempt.now,
        outcome=outcome,
        http_status=response.status if response else None,
        bytes=len(response.body) if response else 0,
        seconds=round(time.monotonic() - attempt.began, 3),
        detail=detail,
    )


def _no_feed(response: Response, error: NotAFeed) -> FetchError:
    if isinstance(error, TooComplex):
        return FetchError("too-large", str(error))
    if not response.body.strip():
        return FetchError("empty-body", "status 200 with an empty body")
    if is_challenge(response.headers, response.body):
        return FetchError("challenge", "status 200 with a page that tests for a person")
    return FetchError("not-a-feed", str(error))


def _with_validators(state: FeedState, headers: Mapping[str, str]) -> FeedState:
    """The state with the validators of this 200, verbatim; none where it has none, or says that it expires at once."""
    if headers.get("expires", "").strip() == "0":
        return replace(state, etag=None, last_modified=None)
    return replace(state, etag=_sendable(headers.get("etag")), last_modified=_sendable(headers.get("last-modified")))


def _sendable(value: str | None) -> str | None:
    if not value or len(value) > _LONGEST_VALIDATOR or not value.isprintable() or not value.isascii():
        return None
    return value


def _caching(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server says its answer stays fresh (Cache-Control: max-age). It may lengthen an interval only."""
    for part in headers.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('"').isdecimal() and len(value) < 12:
            return timedelta(seconds=min(int(value.strip('"')), 86400))
    return None


def _notes(parsed: ParsedFeed, max_entries: int) -> Iterable[str]:
    """What a person should know of a good poll, in a fixed order."""
    if not parsed.entries:
        yield "no entries"
    if over := parsed.counts.get("over-cap"):
        yield f"{over} entries over the cap of {max_entries} left out"
    if parsed.one_date:
        yield "every entry bears one date, so none is believed"
    for name in ("undated", "clamped", "zone-guessed", "from-url", "bad-url", "bare"):
        if parsed.counts.get(name):
            yield f"{parsed.counts[name]} {name}"
    yield from parsed.warnings[:3]
