"""The language that the script of a text gives away. Pure."""

from __future__ import annotations

import re
from typing import Literal

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def language_by_script(text: str, *, japanese: bool) -> Literal["ko", "ja", "zh"] | None:
    """Korean, Japanese or Chinese where the script says so, else None.

    Any Hangul means Korean, since Korean headlines mix in Han characters; kana means Japanese; Han alone is Chinese,
    unless something else speaks for `japanese`.
    """
    if _HANGUL.search(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "ja" if japanese else "zh"
    return None
