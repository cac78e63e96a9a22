"""A fault with the place where it lies, for validators that find several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Place = tuple[str | int, ...]
"""Keys and positions (from 0) that lead from a part of the monitor file to a value in it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `at`, relative to the part whose validator found it."""

    at: Place
    text: str


class PartError(ValueError):
    """Raised by validators of the model; pydantic hands it on inside its own error."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.text for problem in problems))


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """`; did you mean X?` for the nearest of `known`, or nothing when none is near."""
    close = get_close_matches(str(given), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def not_one_of(given: str, known: Iterable[str], what: str) -> str:
    """The sentence for a word that is none of those allowed."""
    words = list(known)
    hint = did_you_mean(given, words) or (f"; expected one of {', '.join(words)}" if words else "; none is defined")
    return f"{given!r} is not {what}{hint}"
