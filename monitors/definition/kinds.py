"""The kinds of situation and the statuses each can have.

The words are those of docs/design.md. PLOVER modes: meeting CONSULT, occurrence MOBILIZE, agreement AGREE.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["meeting", "occurrence", "policy", "agreement"]

STATUSES: dict[Kind, tuple[str, ...]] = {
    "meeting": (
        "mooted", "proposed", "agreed", "scheduled", "occurred", "declined", "postponed", "cancelled",
    ),
    "occurrence": ("threatened", "occurred"),
    "policy": ("proposed", "announced", "in_force", "suspended", "ended", "rejected"),
    "agreement": ("negotiating", "agreed", "signed", "in_force", "collapsed"),
}  # fmt: skip

ALL_STATUSES: tuple[str, ...] = tuple(dict.fromkeys(status for kind in STATUSES.values() for status in kind))
