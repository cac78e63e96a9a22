"""Leases: who is at work on what, until when. A holder that dies holds it no longer than that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.archive.connection import Archive, Row
from monitors.clock import from_iso, iso


@dataclass(frozen=True, slots=True)
class Lease:
    """`owner` is at work on `name`; others may take it once `until` has passed. `detail` is for a reader."""

    name: str
    owner: str
    taken: datetime
    until: datetime
    detail: str = ""


def take(
    archive: Archive,
    name: str,
    owner: str,
    now: datetime,
    seconds: float,
    *,
    detail: str = "",
    gone: Callable[[str], bool] = lambda owner: False,
) -> Lease | None:
    """Take the lease for `seconds`; None when it is ours now, else the lease of whoever holds it.

    One that has run out is free, and so is one whose owner is `gone`. Taking one's own lease again prolongs it.
    """
    with archive.writing():
        held = holder(archive, name)
        if held and held.until > now and held.owner != owner and not gone(held.owner):
            return held
        archive.change(
            "insert into leases (name, owner, taken, until, detail) values (?, ?, ?, ?, ?) "
            "on conflict (name) do update set owner = excluded.owner, taken = excluded.taken, "
            "until = excluded.until, detail = excluded.detail",
            [name, owner, iso(now), iso(now + timedelta(seconds=seconds)), detail],
        )
    return None


def renew(archive: Archive, name: str, owner: str, now: datetime, seconds: float) -> bool:
    """Hold the lease for `seconds` from now. False, and nothing changes, when it is another's or nobody's by now."""
    until = iso(now + timedelta(seconds=seconds))
    return archive.change("update leases set until = ? where name = ? and owner = ?", [until, name, owner]) > 0


def release(archive: Archive, name: str, owner: str) -> None:
    """Let others have it at once; nothing happens when it is another's by now."""
    archive.change("delete from leases where name = ? and owner = ?", [name, owner])


def holder(archive: Archive, name: str) -> Lease | None:
    """The lease of that name, which may have run out; None when nobody took it."""
    row = archive.row("select name, owner, taken, until, detail from leases where name = ?", [name])
    return _lease(row) if row else None


def listing(archive: Archive) -> list[Lease]:
    """Every lease, in order of name; some may have run out."""
    return [_lease(row) for row in archive.rows("select name, owner, taken, until, detail from leases order by name")]


def _lease(row: Row) -> Lease:
    return Lease(row["name"], row["owner"], from_iso(row["taken"]), from_iso(row["until"]), row["detail"])
