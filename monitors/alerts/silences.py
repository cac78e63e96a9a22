"""Which silence keeps an alert back. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitors.archive.records import Silence
from monitors.clock import iso

ALL = "all"
"""The subject of a silence over everything."""


def silencing(silences: Iterable[Silence], subject: str, now: datetime) -> Silence | None:
    """The silence that holds for `subject` (a situation, a feed's address, "network") at `now`; None: none does."""
    return next(
        (
            silence
            for silence in silences
            if silence.subject in (subject, ALL) and silence.created <= now < silence.ends and silence.ended is None
        ),
        None,
    )


def said(silence: Silence) -> str:
    """The silence as the reason why something was not sent."""
    return f"silence {silence.id} by {silence.author} until {iso(silence.ends)}: {silence.comment}"
