"""Where in a text phrases can begin: each word of it is looked up once, for all phrases at the same time.

Hundreds of phrases are asked of every sentence, and nearly all of them of sentences that have not even their first
word. So a vocabulary knows the words by which its phrases begin. It reads a text into its words, each with the set of
the phrases that may begin there: a number with a bit for each. Whether a text has no place for a phrase is then one
operation on numbers, and a phrase that has one is tried there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

TEXTS = 64
"""How many texts are kept as read: more than an article has sentences, clauses and readings of them."""

WORDS = 20_000
"""How many different words are kept as looked up."""

ANYTHING = ""
"""In place of a first word: a phrase that may begin with anything. A vocabulary cannot hold it."""

NUMBER = "#"
"""In place of a first word: any that begins with a digit."""

Span = tuple[int, int]

_WORD = re.compile(r"(\w+|[\ue000-\uf8ff])")
_UNEVEN = re.compile("[İıſΣς]")


def folded(text: str) -> str:
    """`text` in small letters, of the same length and such that letters which differ by case alone become equal.

    That is what `re.IGNORECASE` takes for equal: dotted and dotless i, long s, and a sigma at a word's end.
    """
    if text.isascii() or _UNEVEN.search(text) is None:
        return text.lower()
    return "".join(map(_folded_letter, text))


def _folded_letter(letter: str) -> str:
    large = letter.upper()
    return (large if len(large) == 1 else letter).lower()[0]


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text folded, the phrases that begin anywhere in it, and where: (position, phrases) of its telling words.

    `found` has the spans of the phrases that were asked for already.
    """

    folded: str
    begun: int
    starts: tuple[tuple[int, int], ...]
    found: dict[int, tuple[Span, ...]] = field(default_factory=dict)


class Vocabulary:
    """The first words of phrases. Phrases are added when they are compiled, texts read afterwards."""

    def __init__(self) -> None:
        self._phrases = 0
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._stem_lengths: set[int] = set()
        self._known = _Known(self)
        self.read = lru_cache(maxsize=TEXTS)(self._read)

    def add(self, first: Iterable[str]) -> int:
        """The bit of a new phrase, which begins with one of the words `first`; `word*` is any word that begins so."""
        bit = 1 << self._phrases
        self._phrases += 1
        for word in first:
            known, key = (self._stems, word[:-1]) if word.endswith("*") else (self._words, word)
            known[key] = known.get(key, 0) | bit
        self._stem_lengths = {len(stem) for stem in self._stems}
        self._known.clear()
        self.read.cache_clear()
        return bit

    def phrases_at(self, word: str) -> int:
        """The phrases that may begin with `word`, a whole word in small letters."""
        bits = self._words.get(word, 0)
        for end in self._stem_lengths:
            bits |= self._stems.get(word[:end], 0)
        return bits | self._words.get(NUMBER, 0) if word[0].isdecimal() else bits

    def _read(self, text: str) -> ReadText:
        plain = folded(text)
        known = self._known
        begun = 0
        starts = []
        position = 0
        pieces = _WORD.split(plain)  # by turns what stands between words, and a word
        for between, word in zip(pieces[::2], pieces[1::2], strict=False):
            position += len(between)
            if bits := known[word]:
                begun |= bits
                starts.append((position, bits))
            position += len(word)
        return ReadText(plain, begun, tuple(starts))


class Places:
    """Where in a text something may stand that begins with one of a few words."""

    def __init__(self, vocabulary: Vocabulary, first: Iterable[str]) -> None:
        self.vocabulary = vocabulary
        self.bit = vocabulary.add(first)

    def of(self, text: str) -> list[int]:
        """The places, in order."""
        read = self.vocabulary.read(text)
        return [start for start, phrases in read.starts if phrases & self.bit] if read.begun & self.bit else []


class _Known(dict[str, int]):
    """Words that were looked up before: most of a text's are."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> int:
        if len(self) >= WORDS:
            self.clear()
        bits = self[word] = self._vocabulary.phrases_at(word)
        return bits
