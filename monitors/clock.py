"""The one place that asks what time it is. Everything else is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """The archive's text form of a time: ISO 8601, UTC, whole seconds, `Z` (sortable as text)."""
    # Half of what strftime costs, and every row that is stored has a few.
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def from_iso(text: str) -> datetime:
    """Read what `iso` wrote; any ISO 8601 text with a zone is taken.

    Raises ValueError for other text and for a time without a zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return moment.astimezone(UTC)
