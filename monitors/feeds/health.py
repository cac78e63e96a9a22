"""Verdicts over polls: on a feed from what its polls found one after another, on a run from all of its polls. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Protocol
from urllib.parse import urlsplit

from monitors.archive.records import FeedHealth, Poll
from monitors.definition.model import Feed
from monitors.feeds.entry import Entry
from monitors.feeds.outcomes import OUTCOMES

AGREEING = 3
"""So many polls in a row must agree before a feed is called ill; a 410 needs no second one."""
FAILING_SCORE = 3.0
USUAL_GAPS = 3
"""Silent: nothing new for so many times the usual gap between entries."""
LEAST_SILENCE = timedelta(days=1)
"""A shorter silence is never reported, unless the monitor file expects less."""
LEAST_SILENCE_AT_FIRST = timedelta(days=3)
"""The same while less than a week of the feed is known: it may be one that rests at weekends."""
_LONGEST_GAPS = 1.5
_FEWEST_GAPS = 4
_NO_RHYTHM = 30 * 24 * 60
_A_WEEK = 7 * 24 * 60
_ACTIVE_HOURS_KEPT = 200
_FEWEST_HOSTS = 5
_UNTRIED = frozenset({"host-paused", "not-polled"})
_NAMED = {"not-a-feed": "not-a-feed", "challenge": "challenge", "empty-body": "empty"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing to be said of a feed: what it means, what has it said, and what has it said no more."""

    meaning: str
    raised: str
    recovers: str


VERDICTS: dict[str, Verdict] = {
    "healthy": Verdict("it is read, and brings what it usually brings", "nothing else is the case", ""),
    "failing": Verdict(
        "it cannot be read",
        f"{AGREEING} polls in a row failed, or its failure score reached {FAILING_SCORE:g}",
        "with the first poll that reads it",
    ),
    "ended": Verdict(
        "its publisher has ended it; it is polled no more, and what it brought stays",
        "one poll was answered with status 410",
        "not by itself: give the feed another address, or take it out of the monitor file",
    ),
    "not-a-feed": Verdict(
        "it answers with something that is no feed, such as a web page",
        "as for failing, and the last poll ended as `not-a-feed`",
        "with the first poll that reads it",
    ),
    "challenge": Verdict(
        "it answers with a page that tests whether the reader is a person",
        "as for failing, and the last poll ended as `challenge`",
        "with the first poll that reads it",
    ),
    "empty": Verdict(
        "it had entries and has none any more",
        f"{AGREEING} good polls in a row found a feed without entries; or as for failing, and the last poll ended as "
        "`empty-body`",
        "with the first poll that finds an entry",
    ),
    "undated": Verdict(
        "none of its entries has a date",
        f"{AGREEING} good polls in a row found that",
        "with the first poll that finds an entry with a date",
    ),
    "silent": Verdict(
        "it is read, but brings nothing new for much longer than usual",
        f"the last {AGREEING} polls were good, and nothing was new for longer than the feed's `expect`; without one, "
        f"for {USUAL_GAPS} times the median gap between the hours in which something was new, but at least "
        f"{_LONGEST_GAPS:g} times the longest gap and {LEAST_SILENCE.days} day ({LEAST_SILENCE_AT_FIRST.days} days "
        "while less than a week of it is known)",
        "with the first poll that finds something new",
    ),
}
"""Every verdict on a feed. All but "healthy" are ill."""


class HasPoll(Protocol):
    """Anything that carries the record of one poll."""

    @property
    def poll(self) -> Poll: ...


def is_ill(verdict: str) -> bool:
    """Whether a verdict wants a person's eye."""
    return verdict != "healthy"


def observe(
    before: FeedHealth, feed: Feed, poll: Poll, entries: Sequence[Entry], *, fresh: int, score: float
) -> FeedHealth:
    """The health of a feed after one more poll, which found `entries`, `fresh` of them not seen before.

    `score` is the failure score that the poll left. A poll that says nothing of the feed (offline, left out) changes
    nothing. The time is that of the poll.
    """
    outcome = OUTCOMES[poll.outcome]
    if outcome.severity == "ours":
        return before
    if outcome.severity == "good":
        after = _after_good(before, poll, entries, fresh)
    else:
        after = replace(before, failed=before.failed + 1, failed_since=before.failed_since or poll.started)
    verdict, since, detail = _judge(after, feed, poll, score)
    if verdict == before.verdict and before.since is not None:
        since = before.since
    return replace(after, verdict=verdict, since=since, detail=detail)


def quiet_limit(active: Sequence[int], expect: timedelta | None = None) -> timedelta | None:
    """After how long without anything new a feed counts as silent; None while its rhythm is not known.

    `expect` decides where it is given. Otherwise 3 × the median gap between active hours, and no less than 1.5 × the
    longest gap of up to 30 days (a weekend, a holiday), nor than a day (three while less than a week is known).
    """
    if expect is not None:
        return expect
    gaps = [later - earlier for earlier, later in pairwise(active)]
    if len(gaps) < _FEWEST_GAPS:
        return None
    longest = max((gap for gap in gaps if gap <= _NO_RHYTHM), default=0)
    least = LEAST_SILENCE if active[-1] - active[0] >= _A_WEEK else LEAST_SILENCE_AT_FIRST
    return max(timedelta(minutes=max(USUAL_GAPS * median(gaps), _LONGEST_GAPS * longest)), least)


def offline(results: Iterable[HasPoll]) -> bool:
    """Whether the fault is ours: more than half of at least five hosts were out of reach in this run.

    A host counts as out of reach when every poll of it failed on the way (name, connection, encryption, time).
    """
    reached = _hosts(results)
    return len(reached) >= _FEWEST_HOSTS and sum(not good for good in reached.values()) * 2 > len(reached)


def any_reached(results: Iterable[HasPoll]) -> bool:
    """Whether at least one host answered, with whatever."""
    return any(_hosts(results).values())


def _hosts(results: Iterable[HasPoll]) -> dict[str, bool]:
    reached: defaultdict[str, bool] = defaultdict(bool)
    for result in results:
        poll = result.poll
        if poll.outcome not in _UNTRIED:
            host = urlsplit(poll.feed_url).hostname or poll.feed_url
            reached[host] = reached[host] or not OUTCOMES[poll.outcome].network
    return reached


def _after_good(before: FeedHealth, poll: Poll, entries: Sequence[Entry], fresh: int) -> FeedHealth:
    after = replace(before, failed=0, failed_since=None, good=min(before.good + 1, AGREEING))
    content = before.content if poll.outcome == "unchanged" else _content(before, entries)
    if content != before.content:
        after = replace(after, content=content, content_polls=0, content_since=poll.started if content else None)
    if content:
        after = replace(after, content_polls=min(after.content_polls + 1, AGREEING))
    if poll.outcome == "unchanged":
        return after
    return replace(after, had_entries=before.had_entries or bool(entries), active=_active(before, poll, entries, fresh))


def _content(before: FeedHealth, entries: Sequence[Entry]) -> str:
    if not entries:
        return "empty" if before.had_entries else ""
    return "undated" if all(entry.date_confidence == "missing" for entry in entries) else ""


def _active(before: FeedHealth, poll: Poll, entries: Sequence[Entry], fresh: int) -> tuple[int, ...]:
    """The hours in which the feed was active: by the dates of its entries, and by when something new was seen."""
    now = _minute(poll.started)
    dated = [_minute(e.published) for e in entries if e.published is not None and e.date_confidence != "missing"]
    times = [*before.active, *(minute for minute in dated if 0 <= minute <= now)]
    if (before.active and fresh > 0) or not times:
        times.append(now)
    latest: dict[int, int] = {}
    for minute in sorted(times):
        latest[minute // 60] = minute
    return tuple(latest.values())[-_ACTIVE_HOURS_KEPT:]


def _judge(health: FeedHealth, feed: Feed, poll: Poll, score: float) -> tuple[str, datetime, str]:
    """Verdict, since when, and why. What too few polls say leaves the verdict as it was."""
    standing = (health.verdict, health.since or poll.started, health.detail)
    if poll.outcome == "gone":
        return "ended", poll.started, "status 410: the publisher has ended it"
    if health.failed:
        if health.failed < AGREEING and score < FAILING_SCORE:
            return standing
        why = f"{poll.outcome}: {poll.detail}" if poll.detail else poll.outcome
        return _NAMED.get(poll.outcome, "failing"), health.failed_since or poll.started, why
    if health.content:
        if health.content_polls >= AGREEING:
            why = "it has no entries any more" if health.content == "empty" else "none of its entries has a date"
            return health.content, health.content_since or poll.started, why
        if is_ill(health.verdict):
            return standing
    limit = quiet_limit(health.active, feed.longest_silence())
    last = datetime.fromtimestamp(health.active[-1] * 60, UTC) if health.active else poll.started
    if limit is not None and health.good >= AGREEING and poll.started - last > limit:
        expected = "expected" if feed.expect else "to be expected from its rhythm"
        return "silent", last, f"nothing new, where something within {_span(limit)} is {expected}"
    return "healthy", poll.started, ""


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
