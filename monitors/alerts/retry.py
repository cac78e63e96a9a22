"""When a delivery that failed is tried again. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_ASKED = 86400.0
"""Seconds. No receiver can put a delivery off for longer."""


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """Back-off of `base` × 2^n seconds with jitter, at most `cap` seconds, for `attempts` attempts in all.

    The defaults give up after about 40 hours: long enough for a night and a day without network or disk space.
    """

    base: float = 30.0
    cap: float = 3600.0
    attempts: int = 48

    def is_last(self, attempts: int) -> bool:
        """Whether a delivery that was attempted `attempts` times is not tried again."""
        return attempts >= self.attempts

    def next_attempt(self, attempts: int, now: datetime, spread: float, at_least: float | None = None) -> datetime:
        """The earliest time of the next attempt after `attempts` (>= 1) failed ones.

        `spread` in 0..1 is the jitter: the wait lies between three quarters and the whole of the back-off. `at_least`
        is what the receiver asked for, in seconds; at most LONGEST_ASKED of them are kept to.
        """
        doublings = min(max(attempts - 1, 0), 32)
        wait = min(self.base * 2**doublings, self.cap)
        # Whole seconds, as the archive keeps them; a part of one would be due again in the same round.
        seconds = max(wait * (0.75 + 0.25 * spread), min(at_least or 0.0, LONGEST_ASKED))
        return now + timedelta(seconds=math.ceil(seconds))
