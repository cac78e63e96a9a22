"""Verdicts over the polls of a run. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from monitors.archive.records import Poll
from monitors.feeds.outcomes import OUTCOMES

_FEWEST_HOSTS = 5
_UNTRIED = frozenset({"host-paused", "not-polled"})


class HasPoll(Protocol):
    """Anything that carries the record of one poll."""

    @property
    def poll(self) -> Poll: ...


def offline(results: Iterable[HasPoll]) -> bool:
    """Whether the fault is ours: more than half of at least five hosts were out of reach in this run.

    A host counts as out of reach when every poll of it failed on the way (name, connection, encryption, time).
    """
    reached: defaultdict[str, bool] = defaultdict(bool)
    for result in results:
        poll = result.poll
        if poll.outcome not in _UNTRIED:
            host = urlsplit(poll.feed_url).hostname or poll.feed_url
            reached[host] = reached[host] or not OUTCOMES[poll.outcome].network
    return len(reached) >= _FEWEST_HOSTS and sum(not good for good in reached.values()) * 2 > len(reached)
