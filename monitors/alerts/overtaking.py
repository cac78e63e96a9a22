"""Whether a development tells what became of an earlier one, which then need not be told any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from monitors.archive.held import Later, Unsent
from monitors.developments.event_dates import first_day, overlap
from monitors.developments.lifecycles import PHASES

_PLANS = ("prospect", "planned")
_OUTCOMES = ("occurred", "in_force", "off")
SAME_EVENT_DAYS = 2
"""Days by which two reports of one event may differ."""


def overtaken_by(one: Unsent, later: Iterable[Later]) -> Later | None:
    """The development that overtakes the plan which `one` would tell of, and that its channel hears of; None: none."""
    if one.development_id is None or one.status is None or PHASES.get(one.status) not in _PLANS:
        return None
    return next((other for other in later if _overtakes(other, one)), None)


def _overtakes(later: Later, one: Unsent) -> bool:
    if later.situation != one.subject or later.id <= (one.development_id or 0) or one.channel not in later.channels:
        return False
    if PHASES.get(later.status) not in _OUTCOMES:
        return False
    if one.event_date is None or later.status == "declined":
        return True
    if later.event_date is not None:
        return overlap(one.event_date, later.event_date, SAME_EVENT_DAYS)
    happened = PHASES[later.status] != "off"
    slack = timedelta(days=SAME_EVENT_DAYS)
    return not happened or first_day(one.event_date) <= later.published.date() + slack
