"""The kinds of situation and the statuses each can have.

The words are those of docs/design.md. PLOVER (Open Event Data Alliance, codebook 0.7b1, CC-BY-SA 4.0) has its own for
what an actor does: its types are in capitals here.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Plover:
    """A status in the terms of PLOVER: the type of event, its mode (how), and its contexts. Empty: PLOVER has none."""

    event: str = ""
    mode: str = ""
    contexts: tuple[str, ...] = ()


_REFUSED = Plover("REJECT", "meet", ("diplomatic",))

PLOVER: dict[Kind, dict[str, Plover]] = {
    "meeting": {
        "mooted": Plover("AGREE", "", ("diplomatic", "hypothetical")),
        "proposed": Plover("AGREE", "", ("diplomatic", "hypothetical")),
        "agreed": Plover("AGREE", "", ("diplomatic", "future")),
        "scheduled": Plover("AGREE", "", ("diplomatic", "future")),
        "occurred": Plover("CONSULT", "", ("diplomatic",)),
        "declined": _REFUSED,
        "postponed": _REFUSED,
        "cancelled": _REFUSED,
    },
    "occurrence": {"threatened": Plover("THREATEN"), "occurred": Plover("MOBILIZE")},
    "policy": {},
    "agreement": {
        "negotiating": Plover("CONSULT", "", ("diplomatic",)),
        "agreed": Plover("AGREE", "", ("diplomatic",)),
        "signed": Plover("SUPPORT", "", ("diplomatic",)),
        "in_force": Plover("SUPPORT", "", ("diplomatic",)),
        "collapsed": Plover("REJECT", "", ("diplomatic",)),
    },
}
"""What PLOVER calls each status. It counts offers and plans as AGREE, the meeting itself as CONSULT, a refusal to meet
as REJECT, a signature as SUPPORT. A policy may be an exercise (COOPERATE) or a sanction (COERCE): its kind does not
say."""


def plover(kind: Kind | None, status: str) -> Plover:
    """What PLOVER calls a status of a kind; an empty one where it has no word, or the kind is not known."""
    return PLOVER[kind].get(status, Plover()) if kind is not None else Plover()
