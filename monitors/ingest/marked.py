"""What people marked, held against a replay: does it still raise what is wrong, and still find what is right?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from monitors.archive import marks
from monitors.clock import from_iso
from monitors.errors import InputError
from monitors.ingest.documents import numbered_lines

Line = Mapping[str, Any]
Finding = Literal["wrong, still raised", "merged, still raised", "right, no longer raised"]
FINDINGS: dict[Finding, str] = {
    "wrong, still raised": "there was no such development",
    "merged, still raised": "another development had said it",
    "right, no longer raised": "it was as it should be",
}
"""How a replay can go against a mark, with what people said by it."""

_TEXTS = ("verdict", "situation", "status", "doc", "published", "sentence")


@dataclass(frozen=True, slots=True)
class Against:
    """What a replay goes against: a mark, by its place among the examples."""

    finding: Finding
    place: int


@dataclass(frozen=True, slots=True)
class Held:
    """How a replay stands to the marks: how many there are of each verdict, and what it goes against."""

    counts: Mapping[str, int]
    against: tuple[Against, ...]

    def count(self, finding: Finding) -> int:
        return sum(one.finding == finding for one in self.against)


def read_marks(file: str) -> list[dict[str, Any]]:
    """The examples that `wirewatch marks --examples` wrote; `-` is standard input.

    Raises InputError, naming file and line, for what is none.
    """
    return [_example(text, f"{file}:{number}") for number, text in numbered_lines(file)]


def hold(examples: Iterable[Line], lines: Sequence[Line], since: datetime | None = None) -> Held:
    """Hold a replay's lines against the marks of developments that were published from `since` on.

    A line is the marked development when situation and status are the same, and either the sentence, word for word, or
    the document: a document of that name which was published at another time is another one.
    """
    counts = dict.fromkeys(marks.VERDICTS, 0)
    against: list[Against] = []
    for place, mark in enumerate(examples):
        if since is not None and from_iso(mark["published"]) < since:
            continue
        counts[mark["verdict"]] += 1
        finding = _finding(mark["verdict"], any(_is_of(mark, line) for line in lines))
        if finding is not None:
            against.append(Against(finding, place))
    return Held(counts, tuple(against))


def _finding(verdict: str, is_raised: bool) -> Finding | None:
    match verdict, is_raised:
        case "wrong", True:
            return "wrong, still raised"
        case "merged", True:
            return "merged, still raised"
        case "right", False:
            return "right, no longer raised"
        case _:
            return None


def _is_of(mark: Line, line: Line) -> bool:
    if (line["situation"], line["status"]) != (mark["situation"], mark["status"]):
        return False
    if (line["doc"], line["published"]) == (mark["doc"], mark["published"]):
        return True
    return bool(mark["sentence"]) and any(one["sentence"] == mark["sentence"] for one in line["evidence"])


def _example(text: str, place: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{place}: not JSON; `wirewatch marks --examples FILE` writes such a file") from None
    if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in _TEXTS):
        raise InputError(
            f"{place}: expected {', '.join(_TEXTS)}, all text, as `wirewatch marks --examples` writes them"
        )
    if data["verdict"] not in marks.VERDICTS:
        raise InputError(f"{place}: verdict {data['verdict']}: expected one of {', '.join(marks.VERDICTS)}")
    try:
        from_iso(data["published"])
    except ValueError:
        raise InputError(f"{place}: published: expected a time such as 2026-03-01T12:00:00Z") from None
    return data
