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
        """The original span of the normal span [start, end)."""
        if self.offsets is None:
            return start, end
        if start >= len(self.offsets):
            return len(self.original), len(self.original)
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
        while stop < len(plain) and (unicodedata.combining(plain[stop]) or _joins(plain[position:stop], plain[stop])):
            stop += 1
        piece = unicodedata.normalize("NFKC", plain[position:stop])
        pieces.append(piece)
        offsets.extend([position] * len(piece))
        position = stop
    return NormalText(original, "".join(pieces), tuple(offsets))


def _joins(before: str, after: str) -> bool:
    """Whether `after` composes with `before`: a Hangul vowel or final, a half-width voicing mark."""
    if after < "\u0300" or "\u4e00" <= after <= "\ud7a3":
        return False
    apart = unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", after)
    return unicodedata.normalize("NFKC", before + after) != apart
