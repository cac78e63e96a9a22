"""Sends what is due in the outbox and records what came of it.

Delivery is at least once: a process that dies between sending and recording sends again when its lease has run out,
with the same key. Each channel has a thread of its own, so one that is slow or failing delays no other; the archive is
written by the calling thread alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue
from typing import Literal

from monitors.alerts.channels.registry import Channel
from monitors.alerts.message import from_payload, one_line
from monitors.alerts.retry import RetryPlan
from monitors.archive.alerts import claim_due, mark_dead, mark_retry, mark_sent
from monitors.archive.connection import Archive
from monitors.archive.records import Delivery
from monitors.clock import Clock, iso
from monitors.errors import ChannelError

LEASE_SECONDS = 120
"""At least three times the sum of the time-outs of one send."""

BATCH = 20
DETAIL_CHARACTERS = 300

Outcome = Literal["sent", "retry", "dead"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying one delivery; `detail` says why it failed and holds no secrets."""

    delivery: Delivery
    outcome: Outcome
    detail: str = ""

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
    that ended before they could say what came of them. Raises ArchiveError.
    """
    plan = plan or RetryPlan()
    attempts: list[Attempt] = []
    while True:
        claim = claim_due(archive, owner, clock(), BATCH, lease_seconds, monitor=monitor, attempts=plan.attempts)
        attempts += [Attempt(delivery, "dead", delivery.detail) for delivery in claim.retired]
        if not claim.deliveries:
            break
        for tried in _attempt_all(claim.deliveries, channels):
            attempt = _give_up(tried, plan)
            now = clock()
            _record(archive, owner, attempt, now, plan.next_attempt(attempt.number, now, spread()))
            attempts.append(attempt)
    return DeliverySummary(
        sent=sum(a.outcome == "sent" for a in attempts),
        retrying=sum(a.outcome == "retry" for a in attempts),
        dead=sum(a.outcome == "dead" for a in attempts),
        failures=tuple(a for a in attempts if a.outcome != "sent"),
    )


def _attempt_all(deliveries: Sequence[Delivery], channels: Mapping[str, Channel]) -> Iterator[Attempt]:
    by_channel: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_channel.setdefault(delivery.channel, []).append(delivery)
    results: SimpleQueue[Attempt] = SimpleQueue()

    def work_through(queue: list[Delivery]) -> None:
        for delivery in queue:
            results.put(_attempt(delivery, channels.get(delivery.channel)))

    with ThreadPoolExecutor(len(by_channel), thread_name_prefix="channel") as pool:
        for queue in by_channel.values():
            pool.submit(work_through, queue)
        for _ in deliveries:
            yield results.get()


def _attempt(delivery: Delivery, channel: Channel | None) -> Attempt:
    if channel is None:
        # The next edit of the file may bring it back, so it is not dead at once.
        return Attempt(delivery, "retry", f"the monitor file has no channel {delivery.channel!r}")
    try:
        message = from_payload(delivery.payload)
    except ValueError:
        return Attempt(delivery, "dead", "the payload in the outbox cannot be read")
    try:
        channel.send(delivery.key, message)
    except ChannelError as error:
        return Attempt(delivery, "retry" if error.retry else "dead", one_line(str(error), DETAIL_CHARACTERS))
    except Exception as error:  # a fault in one channel's code must not hold up the others
        # The class alone: the text of a library's exception can hold addresses with tokens.
        return Attempt(delivery, "retry", f"channel {delivery.channel}: {type(error).__name__}")
    return Attempt(delivery, "sent")


def _give_up(attempt: Attempt, plan: RetryPlan) -> Attempt:
    if attempt.outcome != "retry" or not plan.is_last(attempt.number):
        return attempt
    return replace(attempt, outcome="dead", detail=f"given up after {attempt.number} attempts: {attempt.detail}")


def _record(archive: Archive, owner: str, attempt: Attempt, now: datetime, next_attempt: datetime) -> None:
    """Record what came of the attempt, unless its lease ran out and another deliverer has taken it over."""
    delivery = attempt.delivery
    if attempt.outcome == "sent":
        mark_sent(archive, delivery.id, owner, now)
    elif attempt.outcome == "dead":
        mark_dead(archive, delivery.id, owner, attempt.detail)
    else:
        detail = f"{attempt.detail} (attempt {attempt.number}, the next not before {iso(next_attempt)})"
        mark_retry(archive, delivery.id, owner, next_attempt, detail)
