"""Text from outside, made fit for a file that other programs open. Each format adds its own escaping."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")


def plain(text: str) -> str:
    """`text` without what no file format or terminal takes: controls but tab and line feed, halves of surrogate pairs,
    non-characters, and the controls that turn the direction of writing. Line breaks of any kind become a line feed.

    Joiners stay: scripts and emoji need them. Everything that is left may stand in XML 1.0 (section 2.2, Char).
    """
    if text.isascii() and text.isprintable():  # most text: nothing to look for
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return _UNFIT.sub("", _BREAK.sub("\n", text))


def line(text: str) -> str:
    """The same on one line: runs of spaces, tabs and line breaks are one space."""
    return " ".join(plain(text).split())


def no_formula(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula, with a `'` before it (OWASP, "CSV Injection").

    The full-width forms count in spreadsheets that run in Japanese or Chinese.
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else cell
