"""Which of the latest hits of a search fit best.

BM25 (Robertson and Zaragoza, The probabilistic relevance framework, 2009) over the texts of a bounded number of hits,
computed here. The `bm25()` of SQLite's FTS5 first counts every article that has a word, however few are ranked: at a
million articles a common word costs a third of a second.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from monitors.archive.connection import Archive
from monitors.archive.segment import is_cjk

K1, B = 1.2, 0.75
"""BM25's usual constants: how soon repetition stops counting, how much the length of a text counts."""

TITLE = 4
"""A word of the title counts as much as so many of the text."""

_SAMPLED = 500
"""How common a word is, is read from how far back so many of its latest hits reach."""

_COMBINING = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase of a query: as FTS5 takes it, as a text has it, and whether only its beginning is given."""

    expression: str
    words: str
    prefix: bool = False


def best_first(archive: Archive, terms: Sequence[Term], articles: Sequence[int]) -> list[int]:
    """These hits of a search, which are in order of arrival, the latest first; best first, equals as they were.

    Raises ArchiveError.
    """
    texts = {
        int(id_): (_folded(title), _folded(text))
        for id_, title, text in archive.values(
            "select article_id, title, text from article_texts where article_id in (select value from json_each(?))",
            [json.dumps(articles)],
        )
    }
    usual = statistics.fmean(TITLE * len(title) + len(text) for title, text in texts.values()) if texts else 1.0
    last = int(archive.values("select max(id) from articles")[0][0] or 1)
    weighed = [(_Said(term), _weight(archive, term, last)) for term in terms]

    def score(article: int) -> float:
        title, text = texts[article]
        norm = K1 * (1 - B + B * (TITLE * len(title) + len(text)) / max(usual, 1.0))
        total = 0.0
        for said, weight in weighed:
            times = TITLE * said.times(title) + said.times(text)
            total += weight * (K1 + 1) * times / (times + norm)
        return total

    return sorted(articles, key=score, reverse=True)


class _Said:
    """Counts how often a folded text says a term: whole words, except in scripts that put none between spaces."""

    def __init__(self, term: Term) -> None:
        words = _folded(term.words)
        self._begins_anywhere = is_cjk(words[:1])
        ends = "" if term.prefix or is_cjk(words[-1:]) else r"(?!\w)"
        # It starts with the words themselves, which the machine of `re` looks for quickly.
        self._pattern = re.compile(r"\W+".join(re.escape(word) for word in re.findall(r"\w+", words)) + ends)

    def times(self, text: str) -> int:
        """How often; a word that the index found under another form is not counted."""
        starts = [found.start() for found in self._pattern.finditer(text)]
        if self._begins_anywhere:
            return len(starts)
        return sum(start == 0 or not text[start - 1].isalnum() for start in starts)


def _folded(text: str) -> str:
    """As the index compares: without case, and without accents on Latin letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).lower()
    if is_cjk(plain[:1]):
        return plain
    return unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", plain)))


def _weight(archive: Archive, term: Term, last: int) -> float:
    """The inverse document frequency of a term among so many articles, estimated from its latest hits."""
    rows = archive.values(
        "select rowid from search_index where search_index match ? order by rowid desc limit ?",
        [term.expression, _SAMPLED],
    )
    reach = max(last - rows[-1][0], 1) if len(rows) == _SAMPLED else last
    having = min(len(rows) * last / reach, last)
    return math.log(1 + (last - having + 0.5) / (having + 0.5))
