"""The one cookie: which developments were there at the last visit, so that Now can say what is new since then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

NAME = "visit"
_BREAK = 30 * 60
"""Seconds without a look at the page after which the next look is another visit."""
_FORM = re.compile(r"(\d{1,15})\.(\d{1,15})\.(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Visit:
    """`base`: the latest development at the end of the visit before; `latest`: the one shown last; `at`: when, in
    seconds since 1970."""

    base: int
    latest: int
    at: int

    def text(self) -> str:
        return f"{self.base}.{self.latest}.{self.at}"


def read(cookie: str | None) -> Visit | None:
    """What the browser kept; None when it is nothing of ours."""
    found = _FORM.fullmatch(cookie or "")
    return Visit(int(found[1]), int(found[2]), int(found[3])) if found else None


def look(before: Visit | None, latest: int, now: datetime) -> Visit:
    """The visit that this look belongs to, or begins."""
    at = int(now.timestamp())
    if before is None:
        return Visit(latest, latest, at)
    return Visit(before.latest if at - before.at > _BREAK else before.base, latest, at)
