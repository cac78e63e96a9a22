"""Splitting a text into sentences, with the span of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

FURNITURE_WORDS = 5
"""A line of at most so many words that ends without a mark is no sentence, as long as more text follows."""

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+|$)|[。！？]+[」』）”]*|\n+")
_INITIALS = re.compile(r"(?:^|[\s(\"'-])(?:[A-Za-z]\.)*[A-Za-z]$")
_LOWER_NEXT = re.compile(r"\s+[a-z]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands: `field` is "title" or "text", `index` 0 for the title and counts from 1."""

    text: str
    field: str
    start: int
    end: int
    index: int


def split_sentences(text: str, abbreviations: frozenset[str], limit: int) -> list[Sentence]:
    """The first `limit` sentences of `text`. `abbreviations` (lower case, without the full stop) end none."""
    sentences: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _goes_on(text, start, match, abbreviations):
            continue
        _add(sentences, text, start, match.end())
        start = match.end()
        if len(sentences) >= limit:
            return sentences
    _add(sentences, text, start, len(text))
    return sentences[:limit]


def is_furniture(line: str) -> bool:
    """Whether a line in Latin script is a byline, a place to click or the like, and not the beginning of the news."""
    return line.isascii() and line[-1] not in ".!?:\"')" and len(line.split()) <= FURNITURE_WORDS


def _goes_on(text: str, start: int, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    before = text[start : match.start()]
    word = before.rsplit(None, 1)[-1].lstrip("(\"'").lower() if before.strip() else ""
    if word in abbreviations or word.rstrip(".") in abbreviations:
        return True
    if _INITIALS.search(before):
        return True
    return _LOWER_NEXT.match(text, match.end()) is not None


def _add(sentences: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped and not (end < len(text) and is_furniture(stripped)):
        begin = start + len(piece) - len(piece.lstrip())
        sentences.append(Sentence(stripped, "text", begin, begin + len(stripped), len(sentences) + 1))
