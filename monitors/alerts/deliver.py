"""Sends what is due in the outbox and records what came of it.

Delivery is at least once: a process that dies between sending and recording sends again when its lease has run out,
with the same key. Each channel has a thread of its own and claims for itself, so one that is slow or failing delays no
other; the archive is written by the calling thread alone.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Literal

from monitors.alerts.channels.registry import Channel
from monitors.alerts.message import from_payload, one_line
from monitors.alerts.retry import RetryPlan
from monitors.archive.alerts import (
    Claim,
    claim_abandoned,
    claim_due,
    due_channels,
    give_back,
    mark_dead,
    mark_retry,
    mark_sent,
)
from monitors.archive.connection import Archive
from monitors.archive.records import Delivery
from monitors.clock import Clock, iso
from monitors.errors import ChannelError

LEASE_SECONDS = 120
"""At least three times the longest time of one send."""

BATCH = 20
"""Deliveries that a channel claims at a time."""

RESTS_AFTER = 3
"""Failures in a row after which a channel is left alone until the next round of delivery."""

SLOW_SECONDS = 5.0
"""A failure that took longer is enough: the rest would take as long, each."""

DETAIL_CHARACTERS = 300

Outcome = Literal["sent", "retry", "dead", "untried"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying one delivery; `detail` says why it failed and holds no secrets.

    "untried": its channel was left alone before its turn came. `asked` is the wait in seconds that the receiver asked
    for; of one untried, 0 means that it may go at once.
    """

    delivery: Delivery
    outcome: Outcome
    detail: str = ""
    asked: float | None = None

    @property
    def number(self) -> int:
        """1 for the first attempt; the claim counted it."""
        return self.delivery.attempts


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """Counts of one round of delivery, and the attempts that failed."""

    sent: int = 0
    retrying: int = 0
    dead: int = 0
    failures: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Worked:
    """A channel's claim is worked through. `rests`: it is to be left alone for this round."""

    channel: str
    rests: bool


def deliver_due(
    archive: Archive,
    channels: Mapping[str, Channel],
    clock: Clock,
    owner: str,
    *,
    monitor: str | None = None,
    plan: RetryPlan | None = None,
    spread: Callable[[], float] = random.random,
    lease_seconds: float = LEASE_SECONDS,
) -> DeliverySummary:
    """Send everything that is due, oldest first within a channel, until nothing is.

    `owner` names this deliverer, and is unlike that of any other running one. `monitor` leaves alone what belongs to
    others that share the archive, whose channels may have the same names. What fails is tried again later by `plan`,
    or is dead at once if the channel says that trying again cannot help; so is what used up its attempts in processes
    that ended before they could say what came of them. A channel that fails several times in a row, or asks us to
    wait, is left alone for the rest of the round. Raises ArchiveError.
    """
    round_ = _Round(archive, channels, clock, owner, monitor, plan or RetryPlan(), spread, lease_seconds)
    attempts = list(round_.run())
    return DeliverySummary(
        sent=sum(a.outcome == "sent" for a in attempts),
        retrying=sum(a.outcome in ("retry", "untried") for a in attempts),
        dead=sum(a.outcome == "dead" for a in attempts),
        failures=tuple(a for a in attempts if a.outcome in ("retry", "dead")),
    )


@dataclass(slots=True)
class _Round:
    archive: Archive
    channels: Mapping[str, Channel]
    clock: Clock
    owner: str
    monitor: str | None
    plan: RetryPlan
    spread: Callable[[], float]
    lease_seconds: float
    resting: set[str] = field(default_factory=set)

    def run(self) -> Iterator[Attempt]:
        while True:
            due = [c for c in due_channels(self.archive, self.clock(), monitor=self.monitor) if c not in self.resting]
            if due:
                yield from self._all_at_once(due)
                continue
            # What another deliverer left behind may have killed it: one at a time, and alone.
            claim = claim_abandoned(
                self.archive, self.owner, self.clock(), self.lease_seconds,
                monitor=self.monitor, attempts=self.plan.attempts,
            )  # fmt: skip
            yield from _dead(claim.retired)
            if not claim.deliveries:
                return
            for delivery in claim.deliveries:
                rests = delivery.channel in self.resting
                tried = Attempt(delivery, "untried") if rests else _attempt(delivery, self.channels)
                yield from self._recorded([tried])

    def _all_at_once(self, due: Sequence[str]) -> Iterator[Attempt]:
        """Each channel works in a thread of its own, and has its next claim as soon as it is done with one."""
        results: SimpleQueue[Attempt | _Worked] = SimpleQueue()
        with ThreadPoolExecutor(len(due), thread_name_prefix="channel") as pool:
            waiting, working = list(due), 0
            while waiting or working:
                for channel in waiting:
                    claim = self._claim(channel)
                    yield from _dead(claim.retired)
                    if claim.deliveries:
                        working += 1
                        pool.submit(
                            _work_through, channel, claim.deliveries, self.channels, self.lease_seconds, results
                        )
                if not working:
                    return
                done = _available(results)
                yield from self._recorded([one for one in done if isinstance(one, Attempt)])
                worked = [one for one in done if isinstance(one, _Worked)]
                working -= len(worked)
                self.resting |= {one.channel for one in worked if one.rests}
                waiting = [one.channel for one in worked if not one.rests]

    def _claim(self, channel: str) -> Claim:
        return claim_due(
            self.archive, self.owner, self.clock(), BATCH, self.lease_seconds,
            monitor=self.monitor, channel=channel, attempts=self.plan.attempts,
        )  # fmt: skip

    def _recorded(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """The attempts as they are recorded: all in one transaction, since each costs the disk."""
        settled = [_give_up(attempt, self.plan) for attempt in attempts]
        if settled:
            now = self.clock()
            with self.archive.writing():
                for attempt in settled:
                    self._record(attempt, now)
        return settled

    def _record(self, attempt: Attempt, now: datetime) -> None:
        """Record what came of it, unless its lease ran out and another deliverer has taken it over."""
        archive, owner, delivery = self.archive, self.owner, attempt.delivery
        if attempt.outcome == "sent":
            mark_sent(archive, delivery.id, owner, now, attempt.detail)
        elif attempt.outcome == "dead":
            mark_dead(archive, delivery.id, owner, now, attempt.detail)
        else:
            later = self.plan.next_attempt(attempt.number, now, self.spread(), attempt.asked)
            if attempt.outcome == "untried":
                give_back(archive, delivery.id, owner, now if attempt.asked == 0 else later, attempt.detail)
            else:
                detail = f"{attempt.detail} (attempt {attempt.number}, the next not before {iso(later)})"
                mark_retry(archive, delivery.id, owner, now, later, detail)


def _dead(retired: Iterable[Delivery]) -> list[Attempt]:
    return [Attempt(delivery, "dead", delivery.detail) for delivery in retired]


def _available(results: SimpleQueue[Attempt | _Worked]) -> list[Attempt | _Worked]:
    """What has come, at least one."""
    found = [results.get()]
    with contextlib.suppress(Empty):
        while True:
            found.append(results.get_nowait())
    return found


def _work_through(
    channel: str,
    deliveries: Sequence[Delivery],
    channels: Mapping[str, Channel],
    lease_seconds: float,
    results: SimpleQueue[Attempt | _Worked],
) -> None:
    """Send in their order, until the channel is to be left alone or the lease is no longer safe."""
    started = time.monotonic()
    in_a_row, stop, rests = 0, "", False
    asked: float | None = None
    try:
        for delivery in deliveries:
            if stop:
                results.put(Attempt(delivery, "untried", stop, asked))
                continue
            before = time.monotonic()
            attempt = _attempt(delivery, channels)
            results.put(attempt)
            now = time.monotonic()
            failed = attempt.outcome == "retry"
            in_a_row = in_a_row + 1 if failed else 0
            rests = attempt.asked is not None or in_a_row >= RESTS_AFTER or (failed and now - before > SLOW_SECONDS)
            if rests:
                stop, asked = f"not tried, as channel {channel} had just failed: {attempt.detail}", attempt.asked
            elif now - started > lease_seconds / 3:
                stop, asked = f"not tried yet: channel {channel} is slow", 0.0
    finally:
        results.put(_Worked(channel, rests))


def _attempt(delivery: Delivery, channels: Mapping[str, Channel]) -> Attempt:
    channel = channels.get(delivery.channel)
    if channel is None:
        # The next edit of the file may bring it back, so it is not dead at once.
        return Attempt(delivery, "retry", f"the monitor file has no channel {delivery.channel!r}")
    try:
        message = from_payload(delivery.payload)
    except ValueError:
        return Attempt(delivery, "dead", "the payload in the outbox cannot be read")
    try:
        note = channel.send(delivery.key, message)
    except ChannelError as error:
        detail = one_line(str(error), DETAIL_CHARACTERS)
        return Attempt(delivery, "retry" if error.retry else "dead", detail, error.retry_after)
    except Exception as error:  # a fault in one channel's code must not hold up the others
        # The class alone: the text of a library's exception can hold addresses with tokens.
        return Attempt(delivery, "retry", f"channel {delivery.channel}: {type(error).__name__}")
    return Attempt(delivery, "sent", one_line(note or "", DETAIL_CHARACTERS))


def _give_up(attempt: Attempt, plan: RetryPlan) -> Attempt:
    if attempt.outcome != "retry" or not plan.is_last(attempt.number):
        return attempt
    return replace(attempt, outcome="dead", detail=f"given up after {attempt.number} attempts: {attempt.detail}")
