"""Sampled shingles: a few dozen numbers by which two texts show how much of each is in the other.

The method is winnowing by value, "0 mod p" in Broder's terms (On the resemblance and containment of documents, 1997):
a shingle is kept when its hash falls below a bound, so that two texts keep the same shingles of what they share.
Words are taken in threes, Chinese, Japanese and Korean text in five characters. The first words of a text are sampled
more densely, so that short texts, such as those in feeds, still have enough to compare.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

VERSION = 1
"""Of the hash and the sampling. Raise it when either changes; signatures of different versions are not compared."""

WORDS, CHARACTERS = 3, 5
"""Length of a shingle, in words or in CJK characters."""

HEAD_WORDS, HEAD_CHARACTERS = 60, 150
"""How far the densely sampled part reaches."""

HEAD_BELOW, BODY_BELOW = 2**64 // 2, 2**64 // 8
"""A hash is kept when it is below this: one in two of the head, one in eight of the whole text. So all that is kept is
below 2^63 and fits SQLite's integers."""

_HEAD_BELOW, _BODY_BELOW = HEAD_BELOW.to_bytes(8, "big"), BODY_BELOW.to_bytes(8, "big")

SHORTEST = 6
"""Texts with fewer shingles than this get no signature: by text they are like anything."""

_TOKEN = re.compile(r"[^\W_]+")
_ASCII_BETWEEN = {code: " " for code in range(128) if not chr(code).isalnum()}
"""What stands between words, in text that has nothing but ASCII."""
_CJK = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff]+")
_CJK_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Signature:
    """Sampled hashes of a text. `length` counts its shingles before sampling."""

    head: frozenset[int] = frozenset()
    body: frozenset[int] = frozenset()
    length: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.head or self.body)

    def without(self, hashes: frozenset[int] | set[int]) -> Signature:
        """The same signature without some hashes (those that tell nothing)."""
        return Signature(self.head - hashes, self.body - hashes, self.length) if hashes else self

    @property
    def hashes(self) -> frozenset[int]:
        return self.head | self.body


def tokens(text: str) -> list[str]:
    """Words and numbers after NFKC and case folding."""
    if text.isascii():
        return text.lower().translate(_ASCII_BETWEEN).split()
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def cjk_characters(text: str) -> int:
    """How many of the characters are Chinese, Japanese or Korean."""
    return 0 if text.isascii() else sum(map(len, _CJK.findall(text)))


def signature(text: str) -> Signature:
    """The signature of a text; an empty one for a text too short to tell anything."""
    shingles, head = _shingles(tokens(text))
    if len(shingles) < SHORTEST:
        return Signature()
    digests = _digests(shingles)
    # Big-endian, so that bytes compare as the numbers do.
    return Signature(
        head=_numbers([digest for digest in digests[:head] if digest < _HEAD_BELOW]),
        body=_numbers([digest for digest in digests if digest < _BODY_BELOW]),
        length=len(digests),
    )


def _shingles(words: list[str]) -> tuple[list[bytes], int]:
    """All shingles of a text in order, and how many of them belong to its head."""
    joined = "".join(words)
    if cjk_characters(joined) > _CJK_SHARE * len(joined):
        shingles = [joined[i : i + CHARACTERS].encode() for i in range(len(joined) - CHARACTERS + 1)]
        return shingles, HEAD_CHARACTERS - CHARACTERS + 1
    encoded = [word.encode() for word in words]
    return list(map(b" ".join, zip(encoded, encoded[1:], encoded[2:], strict=False))), HEAD_WORDS - WORDS + 1


def _digests(shingles: list[bytes]) -> list[bytes]:
    """The digest of each shingle. A copy of a hash that was begun costs half of what a new one does."""
    begun = blake2b(digest_size=8).copy
    digests = []
    for shingle in shingles:
        one = begun()
        one.update(shingle)
        digests.append(one.digest())
    return digests


def _numbers(digests: list[bytes]) -> frozenset[int]:
    return frozenset(struct.unpack(f">{len(digests)}Q", b"".join(digests)))


def shingle_hash(shingle: str) -> int:
    """The stored hash: the 8 bytes, big-endian, of BLAKE2b (digest size 8, no key) of the shingle in UTF-8."""
    return int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "big")
