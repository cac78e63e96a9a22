"""What changed between two texts, in words, for a reader. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？\n]+\s*|$)")
_FINE = 1_500
"""Parts up to which texts are compared word by word, and longer ones sentence by sentence: the cost is quadratic."""
_AROUND = 60
"""Characters of what stayed that are shown beside a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """Pieces of text, each "same", "gone", "new" or "cut" (what stayed and is not shown). `is_trivial`: nothing but
    case, spaces and punctuation changed."""

    pieces: tuple[tuple[str, str], ...]
    is_trivial: bool


def changes(old: str, new: str) -> Change:
    """What was taken out of `old` and put in to make `new`; no pieces when they are the same."""
    if old == new:
        return Change((), True)
    before, after = _parts(old, new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    stop, new_stop = len(before) - tail, len(after) - tail
    pieces = _shortened("".join(before[:head]), is_first=True, is_last=False)
    for is_same, i1, i2, j1, j2 in _steps(before[head:stop], after[head:new_stop]):
        if is_same:
            pieces += _shortened("".join(before[head + i1 : head + i2]), is_first=False, is_last=False)
            continue
        pieces += [("gone", "".join(before[head + i1 : head + i2]))] if i1 < i2 else []
        pieces += [("new", "".join(after[head + j1 : head + j2]))] if j1 < j2 else []
    pieces += _shortened("".join(before[stop:]), is_first=False, is_last=True)
    return Change(tuple(pieces), _bare(old) == _bare(new))


def _parts(old: str, new: str) -> tuple[list[str], list[str]]:
    words = _WORDS.findall(old), _WORDS.findall(new)
    if max(map(len, words)) <= _FINE:
        return words
    return [s for s in _SENTENCES.findall(old) if s], [s for s in _SENTENCES.findall(new) if s]


def _common(one: list[str], other: list[str]) -> int:
    """How many parts both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _steps(before: list[str], after: list[str]) -> list[tuple[bool, int, int, int, int]]:
    """What is the same and what is not; all of it is not where there is too much to compare."""
    if max(len(before), len(after)) > _FINE:
        return [(False, 0, len(before), 0, len(after))]
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(tag == "equal", i1, i2, j1, j2) for tag, i1, i2, j1, j2 in steps]


def _shortened(text: str, *, is_first: bool, is_last: bool) -> list[tuple[str, str]]:
    if not text:
        return []
    if len(text) <= 3 * _AROUND:
        return [("same", text)]
    head = [] if is_first else [("same", text[:_AROUND])]
    tail = [] if is_last else [("same", text[-_AROUND:])]
    return [*head, ("cut", ""), *tail]


def _bare(text: str) -> str:
    return "".join(re.findall(r"\w+", text)).casefold()
