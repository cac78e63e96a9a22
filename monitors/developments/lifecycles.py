"""What each kind of situation goes through: the order in which cues are asked, and which change follows which."""

from __future__ import annotations

from typing import Literal

from monitors.definition.kinds import Kind

Phase = Literal["prospect", "planned", "occurred", "in_force", "off"]

PHASES: dict[str, Phase] = {
    "mooted": "prospect", "proposed": "prospect", "agreed": "planned", "scheduled": "planned", "occurred": "occurred",
    "declined": "off", "postponed": "off", "cancelled": "off",
    "threatened": "prospect", "announced": "planned", "in_force": "in_force", "suspended": "off", "ended": "off",
    "rejected": "off", "negotiating": "prospect", "signed": "planned", "collapsed": "off",
}  # fmt: skip

# A sentence is asked for these in turn; the first that answers gives the status. "none" are things said of a situation
# that change nothing (no plans, doubts, preparations).
DECISION_ORDER: dict[Kind, tuple[str, ...]] = {
    "meeting": (
        "doubted", "not_refused", "cancelled", "postponed", "declined", "none", "took_place", "back_on", "arranged",
        "fixed", "proposed", "mooted", "agreed", "scheduled", "occurred",
    ),
    "occurrence": ("vowed", "none", "threatened", "occurred"),
    "policy": (
        "refuted", "back_on", "weighed", "none", "rejected", "suspended", "ended", "intended", "in_force", "announced",
        "proposed",
    ),
    "agreement": ("none", "collapsed", "in_force", "signed", "agreed", "negotiating"),
}  # fmt: skip

# How far along a situation is. A mention that says less than what is known is no news.
RANK: dict[str, int] = {
    "mooted": 1, "negotiating": 1, "threatened": 1, "proposed": 2, "agreed": 3, "announced": 3, "scheduled": 4,
    "signed": 4, "in_force": 5, "occurred": 5,
}  # fmt: skip

CUE_CLASSES: dict[Kind, dict[str, str]] = {
    "meeting": {
        "back_on": "scheduled",
        "arranged": "scheduled",
        "fixed": "scheduled",
        "took_place": "occurred",
        "not_refused": "mooted",
        "doubted": "none",
    },
    "occurrence": {"vowed": "threatened"},
    "policy": {"refuted": "rejected", "back_on": "announced", "weighed": "proposed", "intended": "announced"},
    "agreement": {},
}
"""Cue classes that are no status themselves, with the status they give: on again after a stop, plans that are made
known, word that date or venue is settled, word that it took place, a refusal denied, a doubt, readiness declared by the
side itself, word of a change denied, a stop or change that is only being weighed, one that is still to come."""

UNDER_A_CONDITION: dict[Kind, dict[str, str]] = {
    "meeting": {"agreed": "mooted", "cancelled": "none"},
    "occurrence": {},
    "policy": {
        "ended": "proposed", "suspended": "proposed", "announced": "proposed", "in_force": "proposed",
    },
    "agreement": {},
}  # fmt: skip
"""What is left of a status in a clause that holds only if something else comes about. What is not named here stays."""

FACTUALITY: dict[str, str] = {
    "mooted": "possible+", "proposed": "possible+", "threatened": "possible+", "negotiating": "possible+",
    "agreed": "probable+", "scheduled": "probable+", "announced": "probable+", "signed": "certain+",
    "in_force": "certain+", "occurred": "certain+", "declined": "certain-", "cancelled": "certain-",
    "rejected": "certain-", "suspended": "certain-", "ended": "certain-", "collapsed": "certain-",
    "postponed": "probable-", "background": "unknown",
}  # fmt: skip
"""FactBank's scale (Saurí and Pustejovsky 2009) in words: what a status says of the event itself."""
