"""The same headline under the marks that agencies, newspapers and aggregators put around it."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from monitors.articles.fingerprints import cjk_characters, tokens

_TAGS = re.compile(
    r"^\s*(?:[\[【(［（〈<]\s*[^\])】］）〉>]{1,14}\s*[\])】］）〉>]\s*)+"  # [속보], 【速報】, (LEAD)
    r"|^\s*(?:update|wrapup|wrap up|refile|corrected|correction|exclusive|breaking|breaking news|analysis|factbox|"
    r"just in|urgent|live|watch|news alert|insight|recap)\s*[0-9]*\s*[-:|–—]\s*"
    r"|^\s*(?:속보|단독|종합|상보|速報|独自|快讯|快訊|突发|突發)(?:\s*[:|·]\s*|\s+)",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\s(?:[-–—|:]|::|·|ㅣ)\s*(?P<source>[^-–—|]{1,40})$")
_TRAILING_TAG = re.compile(
    r"\s*[\[(（]\s*(?:종합\d?보?|상보|\d보|updated?|video|photos?|lead|\d(?:st|nd|rd|th) ld)\s*[\])）]\s*$",
    re.IGNORECASE,
)
_FEWEST = 4
_FEWEST_CJK = 8
_LONGEST_SOURCE = 5


def bare_title(title: str) -> str:
    """The headline without marks such as "UPDATE 2-" or "[속보]" and without " - Source" at its end."""
    text = unicodedata.normalize("NFKC", title).strip()
    for pattern in (_TAGS, _TAGS, _TRAILING_TAG):
        shorter = pattern.sub("", text, count=1)
        text = shorter if shorter != text and tokens(shorter) else text
    source = _SOURCE.search(text)
    if source is not None and len(source["source"].split()) <= _LONGEST_SOURCE:
        rest = text[: source.start()]
        text = rest if _tells_something(tokens(rest)) else text
    return text.strip()


def title_hash(title: str) -> int | None:
    """A hash of the sorted words of the bare headline; None when they are too few to tell one story from another.

    It fits SQLite's signed integers. Survives marks, source, case, punctuation and the order of words, nothing else.
    """
    words = tokens(bare_title(title))
    if not _tells_something(words):
        return None
    digest = blake2b(" ".join(sorted(words)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _tells_something(words: list[str]) -> bool:
    return len(words) >= _FEWEST or cjk_characters("".join(words)) >= _FEWEST_CJK
