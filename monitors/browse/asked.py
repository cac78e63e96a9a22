"""What an address asks for: checked values, and nothing that SQLite or a reader could stumble over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from monitors.archive.connection import Archive, Row
from monitors.browse.settings import Settings
from monitors.errors import InputError, WirewatchError
from monitors.exports.names import Names
from monitors.exports.records import What


class NothingThere(WirewatchError):
    """An address that names nothing in the archive."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a page, with what it may read. `place` are the parts of the path, `query` the rest."""

    archive: Archive
    settings: Settings
    now: datetime
    place: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        return self.settings.names

    @property
    def id(self) -> int:
        """The number in the path. Raises NothingThere for one that no row can have."""
        number = int(self.place["id"])
        if number >= 1 << 62:
            raise NothingThere(f"nothing has the number {number}")
        return number

    @property
    def size(self) -> int:
        return self.settings.limits.page

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.zone)

    def text(self, name: str) -> str | None:
        """A value as it was given, None when it is empty. Raises InputError when it is too long."""
        value = self.query.get(name, "").replace("\0", " ").strip()
        if len(value) > self.settings.limits.query:
            raise InputError(f"{name}: has {len(value):,} characters, {self.settings.limits.query:,} are read")
        return value or None

    def number(self, name: str) -> int | None:
        """A whole number from 0. Raises InputError for anything else."""
        value = self.text(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 15):
            raise InputError(f"{name}: expected a number")
        return int(value)

    def below(self) -> int:
        """The id below which the page of a list begins (`before`)."""
        before = self.number("before")
        return 1 << 62 if before is None else before

    def day(self, name: str) -> str | None:
        """A day as text. Raises InputError for anything else."""
        value = self.text(name)
        try:
            return None if value is None else date.fromisoformat(value).isoformat()
        except ValueError:
            raise InputError(f"{name}: expected a day such as 2025-08-25") from None

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """One of the choices. Raises InputError for another word."""
        value = self.text(name)
        if value is not None and value not in choices:
            raise InputError(f"{name}: expected one of {', '.join(choices)}")
        return value


@dataclass(frozen=True, slots=True)
class Feed:
    """A list as an Atom feed: what its entries are, and when the latest of them changed."""

    what: What
    records: list[Row]
    updated: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a page says. `data` is the page, and its JSON; `rows` under `columns` are its list, for CSV.

    `after` is what must be asked for to get the next page of the list; None: this is the last. `feed` makes the list as
    a feed, while the archive is open: only those who ask for Atom pay for it.
    """

    data: dict[str, Any]
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    after: Mapping[str, str] | None = None
    feed: Callable[[], Feed] | None = None


def address(path: str, values: Mapping[str, Any]) -> str:
    """A relative address with the values that say something."""
    given = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def page_of(rows: list[Row], size: int) -> tuple[list[Row], int | None]:
    """The first `size` rows, and the id below which the next page begins; None when these are all."""
    return (rows[:size], rows[size - 1]["id"]) if len(rows) > size else (rows, None)
