"""When a feed is polled next, and what failures cost it. Pure: chance comes from the feed's address, not from a die.

Interval by overlap after mediacloud/rss-fetcher: aim at a third to two thirds known entries in each poll; shorten in
large steps, lengthen in small ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitors.archive.records import FeedState
from monitors.definition.model import Feed
from monitors.feeds.outcomes import OUTCOMES, SCORES

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=24)
FIRST = timedelta(minutes=15)
LENGTHEN = timedelta(minutes=10)
SHORTEN = timedelta(minutes=60)
WANTED_OVERLAP = (0.33, 0.67)
QUARANTINE_SCORE = 30.0
PROBE = timedelta(days=7)
FAR_OFF = timedelta(days=365 * 10)
"""Where `next_poll` of an ended feed lies."""
UNCONDITIONAL_EVERY = timedelta(hours=24)
_OFFLINE_PAUSE = timedelta(minutes=5)
_HOST_PAUSE = timedelta(minutes=10)
_JITTER = 0.1


def jitter(url: str, moment: datetime) -> float:
    """A number from -1 to 1 that depends on the feed and the time alone, so that a replay gives the same schedule."""
    digest = hashlib.sha256(f"{url}\x1f{int(moment.timestamp())}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0x7FFFFFFF - 1.0


def after_success(state: FeedState, now: datetime, *, at_least: timedelta | None = None) -> FeedState:
    """The state after a good poll: score 0, the interval as it was. `at_least` is what caching asks for."""
    interval = max(interval_of(state), min(at_least or SHORTEST, LONGEST))
    return replace(
        state, last_polled=now, last_good=now, failure_score=0.0, next_poll=_jittered(state.url, now, interval)
    )


def after_failure(state: FeedState, outcome: str, now: datetime, *, retry_after: float | None = None) -> FeedState:
    """The state after a failed poll. `retry_after` in seconds, as the server asked.

    Waits double with the score: 10 minutes × 2^score up to a day. At QUARANTINE_SCORE the feed is only probed weekly.
    """
    severity = OUTCOMES[outcome].severity
    score = state.failure_score + SCORES[severity]
    if outcome == "not-polled":
        return state
    if severity == "ours":
        pause = _HOST_PAUSE if outcome == "host-paused" else _OFFLINE_PAUSE
        pause = max(pause, timedelta(seconds=retry_after or 0.0))
        return replace(state, next_poll=now + pause)
    if outcome == "gone":
        return replace(state, last_polled=now, failure_score=score, next_poll=now + FAR_OFF)
    wait = PROBE if score >= QUARANTINE_SCORE else min(SHORTEST * 2 ** min(score, 12.0), LONGEST)
    wait = max(wait, min(timedelta(seconds=retry_after or 0.0), LONGEST))
    later = _jittered(state.url, now, wait)
    if retry_after is not None:
        later = max(later, now + timedelta(seconds=retry_after))
    return replace(state, last_polled=now, failure_score=score, next_poll=later)


def adapt(state: FeedState, *, seen: int, known: int) -> tuple[FeedState, bool]:
    """The state with its interval adapted to a poll that saw `seen` entries, `known` of them from before.

    Call it once the entries were compared with the archive. The second value says "possible gap": a poll that shares
    nothing with the one before it, so that entries may have come and gone in between. A baseline is never a gap.
    """
    if seen == 0 or state.next_poll is None or state.last_polled is None or not state.baseline_done:
        return state, False
    overlap = known / seen
    interval = interval_of(state)
    if overlap < WANTED_OVERLAP[0]:
        interval = max(interval - SHORTEN, SHORTEST) if overlap else SHORTEST
    elif overlap > WANTED_OVERLAP[1]:
        interval = min(interval + LENGTHEN, LONGEST)
    return replace(state, next_poll=_jittered(state.url, state.last_polled, interval)), known == 0


def interval_of(state: FeedState) -> timedelta:
    """The interval a healthy feed is on, without its jitter; FIRST for one that is new or has failed."""
    if state.last_polled is None or state.next_poll is None or state.failure_score > 0:
        return FIRST
    planned = (state.next_poll - state.last_polled) / (1.0 + _JITTER * jitter(state.url, state.last_polled))
    return min(max(planned, SHORTEST), LONGEST)


def due(feeds: Iterable[Feed], states: Mapping[str, FeedState], now: datetime) -> list[Feed]:
    """The feeds whose time has come, those polled longest ago first, so that none starves."""
    ready: list[tuple[float, int, Feed]] = []
    for position, feed in enumerate(feeds):
        state = states.get(feed.url)
        if state is None or state.next_poll is None or state.next_poll <= now:
            last = state.last_polled.timestamp() if state and state.last_polled else 0.0
            ready.append((last, position, feed))
    return [feed for _, _, feed in sorted(ready, key=lambda row: row[:2])]


def ended(state: FeedState, now: datetime) -> bool:
    """Whether the feed said 410 and is polled no more."""
    return state.next_poll is not None and state.next_poll - now > FAR_OFF / 2


def wants_full_answer(state: FeedState, now: datetime) -> bool:
    """Whether the validators stay at home this time: once each 24 h, against servers that say 304 for ever.

    Days are counted from a point that differs from feed to feed, so that not all full answers fall together.
    """
    if state.last_good is None or not state.baseline_done:
        return True
    shift = (jitter(state.url, datetime.fromtimestamp(0, now.tzinfo)) + 1.0) / 2.0
    day = UNCONDITIONAL_EVERY.total_seconds()
    return int(now.timestamp() / day + shift) != int(state.last_good.timestamp() / day + shift)


def _jittered(url: str, now: datetime, wait: timedelta) -> datetime:
    return now + wait * (1.0 + _JITTER * jitter(url, now))
