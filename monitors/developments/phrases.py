"""Patterns compiled into one, and the ways in which a text is asked for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitors.developments.vocabulary import Places, ReadText, Span, Vocabulary, folded


class Phrases:
    """Patterns compiled into one: the longest that fits at a place counts, and of several places the first.

    In scripts with spaces a vocabulary says where they can begin, and only there they are tried, on small letters.
    """

    def __init__(self, pattern: re.Pattern[str], vocabulary: Vocabulary | None, first: frozenset[str]) -> None:
        self.pattern = pattern
        places = Places(vocabulary, first) if vocabulary is not None else None
        self._read = places.vocabulary.read if places is not None else None
        self._bit = places.bit if places is not None else 0

    def search(self, text: str) -> Span | None:
        """Where the first one stands in `text`; None when there is none."""
        if self._read is None:
            found = self.pattern.search(text)
            return found.span() if found is not None else None
        read = self._read(text)
        bit = self._bit
        if read.begun & bit:
            match, plain = self.pattern.match, read.folded
            for start, phrases in read.starts:
                if phrases & bit and (here := match(plain, start)) is not None:
                    return here.span()
        return None

    def spans(self, text: str) -> tuple[Span, ...]:
        """Where they stand in `text`, in order and none over another."""
        if self._read is None:
            return tuple(found.span() for found in self.pattern.finditer(text))
        read = self._read(text)
        if not read.begun & self._bit:
            return ()
        known = read.found.get(self._bit)
        if known is None:
            known = read.found[self._bit] = tuple(self._tried(read))
        return known

    def _tried(self, read: ReadText) -> Iterator[Span]:
        end = 0
        for start, phrases in read.starts:
            if start >= end and phrases & self._bit and (here := self.pattern.match(read.folded, start)) is not None:
                end = here.end()
                yield here.span()

    def at(self, text: str, start: int) -> Span | None:
        """The span of one that begins at `start`."""
        here = self.pattern.match(text if self._read is None else folded(text), start)
        return here.span() if here is not None else None

    def fit(self, words: str) -> bool:
        """Whether `words` as a whole are one of them."""
        return self.pattern.fullmatch(words if self._read is None else folded(words)) is not None
