"""Cutting text for the search index, so that 회담 is found in 정상회담을 and 会談 in 首脳会談へ.

SQLite's unicode61 tokenizer takes a run of Chinese, Japanese or Korean characters for one word. `seg` turns each such
run into its overlapping pairs of characters plus its last character alone: a query of two characters or more becomes a
phrase of pairs, a query of one character a prefix.
"""

from __future__ import annotations

import operator
import re
import unicodedata

SEG_VERSION = 1
"""Raise it when `seg` changes: the archive then fills its index anew."""

_CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_CJK_RUN = re.compile(f"[{_CJK}]+")


def normalised(text: str) -> str:
    """NFKC: decomposed Hangul and full-width Latin would otherwise find nothing."""
    return unicodedata.normalize("NFKC", text)


def pairs(run: str) -> list[str]:
    """Overlapping pairs of a run of CJK characters, without the last character alone."""
    return list(map(operator.add, run, run[1:]))


def is_cjk(text: str) -> bool:
    """Whether a text is one run of CJK characters."""
    return _CJK_RUN.fullmatch(text) is not None


def seg(text: str | None) -> str:
    """The text as the index sees it. Deterministic; None counts as empty."""
    if not text:
        return ""
    if text.isascii():
        return text
    return _CJK_RUN.sub(lambda run: f" {' '.join([*pairs(run[0]), run[0][-1]])} ", normalised(text))


def pieces(word: str) -> list[tuple[str, bool]]:
    """A word of a query cut at the borders of CJK runs: (piece, is it CJK), in order, already normalised."""
    text, found, at = normalised(word), [], 0
    for run in _CJK_RUN.finditer(text):
        if run.start() > at:
            found.append((text[at : run.start()], False))
        found.append((run[0], True))
        at = run.end()
    if at < len(text):
        found.append((text[at:], False))
    return found
