"""When a delivery that failed is tried again. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta


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

    def next_attempt(self, attempts: int, now: datetime, spread: float) -> datetime:
        """The earliest time of the next attempt after `attempts` (>= 1) failed ones.

        `spread` in 0..1 is the jitter: the wait lies between three quarters and the whole of the back-off.
        """
        doublings = min(max(attempts - 1, 0), 32)
        wait = min(self.base * 2**doublings, self.cap)
        # Whole seconds, as the archive keeps them; a part of one would be due again in the same round.
        return now + timedelta(seconds=math.ceil(wait * (0.75 + 0.25 * spread)))
