"""Two replays of the same documents held against one another: what a rule change would change. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from monitors.clock import from_iso

Change = Literal["only in A", "only in B", "other status", "other document", "other details"]
CHANGES: dict[Change, str] = {
    "only in A": "the change loses it",
    "only in B": "the change brings it",
    "other status": "the same document raises another status of the situation",
    "other document": "the same status is raised by another document, at most ten days apart",
    "other details": "the same, with another date, place, novelty or reason",
}
"""What can differ, with what it means."""

Line = Mapping[str, Any]
NEAR = timedelta(days=10)
"""The same status of a situation, raised by two documents at most so far apart, is one development found elsewhere."""
_DETAILS = ("event_date", "place", "novelty", "reason")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: the development as A raises it and as B does, in the form of a replay's lines."""

    change: Change
    a: Line | None
    b: Line | None

    @property
    def shown(self) -> Line:
        """The side there is; B where there are both."""
        line = self.b if self.b is not None else self.a
        assert line is not None
        return line

    def line(self) -> dict[str, Any]:
        """As one object: which change, of which situation, when, and both sides whole."""
        shown = self.shown
        return {
            "change": self.change,
            "situation": shown["situation"],
            "published": shown["published"],
            "a": dict(self.a) if self.a is not None else None,
            "b": dict(self.b) if self.b is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences in order of publication, and how many developments are in A, in B, and the same in both."""

    differences: tuple[Difference, ...]
    in_a: int
    in_b: int
    same: int

    def counts(self) -> dict[Change, int]:
        """How many differences there are of each change; those that do not occur with 0."""
        found = Counter(difference.change for difference in self.differences)
        return {change: found[change] for change in CHANGES}


def compare(a: Iterable[Line], b: Iterable[Line]) -> Comparison:
    """Pair the developments of two replays, each with at most one of the other.

    First those of the same situation, status and document; then of the same situation and document; then of the same
    situation and status, the nearest in time.
    """
    left, right = list(a), list(b)
    counts = len(left), len(right)
    differences: list[Difference] = []
    same = 0
    for one, other in _paired(left, right, ("situation", "status", "doc")):
        if all(one[key] == other[key] for key in _DETAILS):
            same += 1
        else:
            differences.append(Difference("other details", one, other))
    differences += [Difference("other status", *pair) for pair in _paired(left, right, ("situation", "doc"))]
    differences += [Difference("other document", *pair) for pair in _paired(left, right, ("situation", "status"))]
    differences += [Difference("only in A", one, None) for one in left]
    differences += [Difference("only in B", None, other) for other in right]
    differences.sort(key=lambda difference: (difference.shown["published"], difference.shown["situation"]))
    return Comparison(tuple(differences), *counts, same)


def _paired(left: list[Line], right: list[Line], keys: Sequence[str]) -> list[tuple[Line, Line]]:
    """Take out of both lists the lines that have `keys` in common, each with the nearest of the other side."""
    pairs = []
    for one in list(left):
        moment = _moment(one)
        near = [
            other
            for other in right
            if all(one[key] == other[key] for key in keys) and abs(_moment(other) - moment) <= NEAR
        ]
        if near:
            other = min(near, key=lambda found: abs(_moment(found) - moment))
            left.remove(one)
            right.remove(other)
            pairs.append((one, other))
    return pairs


def _moment(line: Line) -> datetime:
    return from_iso(line["published"])
