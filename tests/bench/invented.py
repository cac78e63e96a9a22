"""Invented articles without end, in the proportions of words that real text has, for archives of any size."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitors.archive.records import Article

END = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
MONITOR = "bench"
PUBLISHERS = 200

_SYLLABLES = (
    "ka", "lo", "mi", "ter", "ran", "do", "vi", "sen", "pol", "ga", "ric", "ton", "mar", "be", "lu", "sha", "nor",
    "kim", "wen", "ast", "or", "de",
)  # fmt: skip
_HANGUL = (0xAC00, 0xD7A3)
_HAN = (0x4E00, 0x9FA5)
_KANA = (0x3042, 0x3093)


class Wording:
    """Words and texts of one language; the word of rank r is used in proportion to 1 / (r + 5), after Zipf."""

    def __init__(self, language: str, words: list[str], lengths: tuple[int, int], between: str) -> None:
        self.language = language
        self.words = words
        self._cumulative = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(words))))
        self._lengths = lengths
        self._between = between

    def title(self, dice: random.Random) -> str:
        return self._between.join(self._some(dice, 9)).capitalize()

    def text(self, dice: random.Random) -> str:
        words = self._some(dice, dice.randint(*self._lengths))
        return ". ".join(self._between.join(words[at : at + 17]) for at in range(0, len(words), 17)) + "."

    def _some(self, dice: random.Random, count: int) -> list[str]:
        return dice.choices(self.words, cum_weights=self._cumulative, k=count)


def wordings() -> list[Wording]:
    """English, Korean, Japanese and Chinese of a kind; always the same."""
    dice = random.Random(11)
    latin = list(dict.fromkeys("".join(dice.choices(_SYLLABLES, k=dice.randint(1, 4))) for _ in range(24_000)))
    hangul = ["".join(chr(dice.randint(*_HANGUL)) for _ in range(dice.randint(2, 4))) for _ in range(8000)]
    han = ["".join(chr(dice.randint(*_HAN)) for _ in range(2)) for _ in range(8000)]
    mixed = [word + chr(dice.randint(*_KANA)) * dice.randint(0, 1) for word in han[::-1]]
    return [
        Wording("en", latin, (50, 90), " "),
        Wording("ko", hangul, (30, 60), " "),
        Wording("ja", mixed, (40, 70), ""),
        Wording("zh", han, (40, 70), ""),
    ]


def articles(count: int, seed: int = 0, *, span: timedelta = SPAN) -> Iterator[Article]:
    """Distinct articles in the order of their arrival, evenly over the time up to `END`; seven of ten are English."""
    dice = random.Random(seed)
    languages = wordings()
    weights = list(itertools.accumulate((70, 10, 10, 10)))
    for number in range(count):
        wording = dice.choices(languages, cum_weights=weights)[0]
        publisher = dice.randrange(PUBLISHERS)
        discovered = END - span * (1 - number / count)
        address = f"https://news{publisher}.example/{discovered:%Y/%m/%d}/{seed}-{number}"
        yield Article(
            monitor=MONITOR,
            url=address,
            canonical_url=address,
            title=wording.title(dice),
            text=wording.text(dice),
            language=wording.language,
            publisher=f"News {publisher}",
            family=f"family{publisher}",
            published=discovered - timedelta(minutes=dice.randint(1, 600)),
            discovered=discovered,
        )
