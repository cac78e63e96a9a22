"""What may be done from a page, where its owner allows it: retry a delivery, keep alerts back, mark what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from monitors.archive import marks, silences
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Mark, Silence
from monitors.browse.settings import Settings
from monitors.errors import InputError

HOURS = (1, 4, 12, 24, 72, 168)
"""For how long alerts can be kept back from a page."""
_PATIENCE = 3.0
"""Seconds that an action waits for a pass that is writing."""

_COMMENT = 500
"""Characters of a reason that are kept."""

Form = Mapping[str, str]


def retry(archive: Archive, form: Form, who: str, settings: Settings) -> str:
    """Put a dead delivery into the outbox again, with all its attempts."""
    number = _number(form, "delivery")
    changed = archive.change(
        "update deliveries set state = 'pending', attempts = 0, not_before = null, lease_owner = null, "
        "lease_until = null, detail = 'to be tried again, as a person asked' where id = ? and state = 'dead'",
        [number],
    )
    if not changed:
        raise InputError(f"delivery {number}: it is not dead, so there is nothing to try again")
    return "/alerts?state=pending"


def silence(archive: Archive, form: Form, who: str, settings: Settings) -> str:
    """Tell nobody of a situation for some hours."""
    monitor, subject, comment = (form.get(name, "").strip() for name in ("monitor", "subject", "comment"))
    hours = _number(form, "hours")
    if not archive.values("select 1 from situations where monitor = ? and id = ?", [monitor, subject]):
        raise InputError(f"situation {subject}: there is none of that name")
    if hours not in HOURS:
        raise InputError(f"hours: expected one of {', '.join(map(str, HOURS))}")
    if not comment:
        raise InputError("say why, for those who miss the alerts")
    now = settings.clock()
    silences.add(archive, Silence(monitor, subject, who, comment[:_COMMENT], now, now + timedelta(hours=hours)))
    return f"/situations/{monitor}/{subject}"


def end_silence(archive: Archive, form: Form, who: str, settings: Settings) -> str:
    """End a silence before its time."""
    number = _number(form, "silence")
    if not silences.end(archive, number, settings.clock()):
        raise InputError(f"silence {number}: it does not hold any more")
    return "/alerts"


def mark(archive: Archive, form: Form, who: str, settings: Settings) -> str:
    """Say of a development that it is wrong, belongs to another one, or is right after all."""
    number, verdict, comment = _number(form, "development"), form.get("verdict", ""), form.get("comment", "").strip()
    if not comment:
        raise InputError("say why, for those who learn from it")
    into = _number(form, "into") if verdict == "merged" else None
    marks.add(archive, Mark(number, verdict, who, comment[:_COMMENT], settings.clock(), into))
    return f"/developments/{number}"


ACTIONS: Mapping[str, Callable[[Archive, Form, str, Settings], str]] = {
    "retry": retry,
    "silence": silence,
    "end-silence": end_silence,
    "mark": mark,
}
"""By the last part of the address. Each gives the page to go on with. Raises InputError for a form that asks nothing
that can be done, and ArchiveBusy while a pass is writing."""


def act(name: str, form: Form, who: str, settings: Settings) -> str:
    """Do it; where to go on."""
    with open_archive(settings.archive, create=False, busy_timeout=_PATIENCE) as archive:
        return ACTIONS[name](archive, form, who, settings)


def _number(form: Form, name: str) -> int:
    value = form.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise InputError(f"{name}: expected a number")
    return int(value)
