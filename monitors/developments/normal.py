"""Normal form of text for matching, with the way back to the original characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_SAME_LENGTH = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class NormalText:
    """`text` is NFKC with plain quotes and dashes; `offsets[i]` is the original position of its character i.

    `offsets` is None where positions are the same, the usual case.
    """

    original: str
    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of the normal span [start, end), with whole characters where one became several."""
        if self.offsets is None:
            return start, end
        if start >= len(self.offsets):
            return len(self.original), len(self.original)
        while start < end < len(self.offsets) and self.offsets[end] == self.offsets[end - 1]:
            end += 1
        last = self.offsets[end] if end < len(self.offsets) else len(self.original)
        return self.offsets[start], max(last, self.offsets[start])


def normalise(original: str) -> NormalText:
    """Bring `original` to normal form. Characters are mapped one by one where NFKC changes lengths."""
    plain = original.translate(_SAME_LENGTH)
    if unicodedata.is_normalized("NFKC", plain):
        return NormalText(original, plain)
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    while position < len(plain):
        stop = position + 1
        while stop < len(plain) and _joins(plain, position, stop):
            stop += 1
        piece = unicodedata.normalize("NFKC", plain[position:stop])
        pieces.append(piece)
        offsets.extend([position] * len(piece))
        position = stop
    return NormalText(original, "".join(pieces), tuple(offsets))


def _joins(text: str, start: int, stop: int) -> bool:
    """Whether the character at `stop` may change with those from `start` on: marks, Hangul vowels and finals."""
    after = text[stop]
    if after < "\u0300" or "\u4e00" <= after <= "\u9fff" or "\uac00" <= after <= "\ud7a3":
        return False
    normal = unicodedata.normalize("NFKC", after)
    if unicodedata.combining(normal[0]):
        return True
    before = text[start:stop]
    return unicodedata.normalize("NFKC", before + after) != unicodedata.normalize("NFKC", before) + normal
