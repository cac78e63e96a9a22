"""What the pages are served with. Named limits, so that a test or an owner can set them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitors.clock import utc_now
from monitors.exports.names import Names

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names by which this machine reaches itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one page may ask of the archive."""

    seconds: float = 1.0
    """For all queries of a page; what takes longer ends in 503."""
    steps: int = 2_000
    """Instructions of SQLite's machine between two looks at the clock: some tens of microseconds."""
    page: int = 50
    """Items of a list on one page."""
    hits: int = 3_000
    """Latest hits of a search that are counted and folded."""
    ranked: int = 1_000
    """Latest hits of a search that are compared where the best come first."""
    query: int = 1_000
    """Characters of a query or of another value in an address."""
    body: int = 10_000
    """Bytes of a form."""
    at_once: int = 4
    """Pages that are made at the same time, some megabytes each; others wait."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Whose archive is shown to whom.

    `zone` is the reader's IANA zone. `hosts` are the names under which the pages may be asked for. With `password_hash`
    (see `passwords`) every request needs the password, with `user_header` it needs that header, which a proxy in front
    sets once it knows who asks. `actions` allows what changes something.
    """

    archive: Path
    names: Names = field(default_factory=Names)
    title: str = ""
    zone: str = "UTC"
    hosts: tuple[str, ...] = LOOPBACK
    password_hash: str = ""
    user_header: str = ""
    actions: bool = False
    clock: Callable[[], datetime] = utc_now
    limits: Limits = Limits()
