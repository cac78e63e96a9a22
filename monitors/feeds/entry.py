"""One item of a feed as parsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DateConfidence = Literal["stated", "zone-guessed", "clamped", "from-url", "missing"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one item. All text is plain text: no markup, no control characters; not yet escaped.

    `url` is http(s) and kept as given. `published` is aware, in UTC, and None only where `date_confidence` is
    "missing": stated (with a zone), zone-guessed (the feed's zone was assumed, or the date has no time of day), clamped
    (lay in the future, set to the time of the poll), from-url (the day in the address). `raw_date` is what the feed
    wrote. `publisher` is the one named by an aggregator, if any.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str
    published: datetime | None
    date_confidence: DateConfidence
    raw_date: str | None = None
    language: str | None = None
    publisher: str | None = None
    publisher_url: str | None = None
    author: str | None = None
