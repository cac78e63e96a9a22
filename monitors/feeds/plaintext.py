"""Plain text and safe links out of what feeds carry. What leaves here has no markup; pages escape it."""

from __future__ import annotations

import html
import re
from urllib.parse import quote, urljoin, urlsplit

MAX_TEXT = 200_000
"""Characters of markup read for one text."""
MAX_LINK = 2048

_DROPPED = frozenset({"script", "style", "template", "iframe", "svg", "math", "select", "textarea"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    }
)
_NAME = re.compile(r"<[/!?]?([a-zA-Z\[][a-zA-Z0-9]*)")
_KNOWN_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|strong|div|span|font|img|script|style|iframe|svg|math|object|embed|form|input|button|link"
    r"|meta|base|ul|ol|li|table|tr|td|th|h[1-6]|blockquote|figure|video|audio|source|body|html|marquee|details)\b[^<>]*>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLANK = re.compile(r"\s")
_LONE = re.compile(r"[\ud800-\udfff]")


def from_html(markup: str) -> str:
    """The readable text of `markup`, one line a block. Scripts, styles and the like are left out whole."""
    text = markup[:MAX_TEXT]
    for turn in range(3):  # feeds escape twice now and then, so that markup comes out of the first turn
        if turn and not _KNOWN_TAG.search(html.unescape(text)):
            break
        text = _stripped(text)
    text = _KNOWN_TAG.sub(" ", text)
    return tidy(text)


def from_title(text: str) -> str:
    """A title as one line of plain text. A `<` that opens no tag of HTML is kept."""
    if _KNOWN_TAG.search(text) or _REFERENCE.search(text):
        text = from_html(text)
    return " ".join(tidy(text).split())


def tidy(text: str) -> str:
    """Without control and direction signs, blanks run together, no empty lines."""
    text = _LONE.sub("\ufffd", _CONTROLS.sub("", text.replace("\r", "\n")))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def safe_link(link: str | None, base: str | None = None) -> str | None:
    """`link`, made absolute with `base`, if it is an http or https URL of bearable length; else None."""
    if not link:
        return None
    try:
        link = link.strip().strip("\x00").strip()
        whole = urljoin(base, link) if base else link
        parts = urlsplit(whole)
        if urlsplit(link).scheme and not urlsplit(link).hostname:
            return None  # "https:" alone would be joined to the base
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or _BLANK.search(parts.netloc):
            return None
    except ValueError:
        return None
    if (
        len(whole) > MAX_LINK
        or _CONTROLS.search(whole)
        or _LONE.search(whole)
        or any(sign in whole for sign in '<>"\n\r\t')
    ):
        return None
    return _BLANK.sub(lambda blank: quote(blank[0]), whole)


def _stripped(markup: str) -> str:
    """`markup` without tags, comments and dropped elements, references resolved. Takes time linear in its length."""
    lower = markup.lower()
    parts: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while (start := markup.find("<", at)) >= 0:
        parts.append(markup[at:start])
        tag = _NAME.match(markup, start)
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4)
            at = end + 3 if end >= 0 else len(markup)
        elif tag is None:
            parts.append("<")
            at = start + 1
        else:
            at = _tag_end(markup, start)
            name = tag[1].lower()
            if name in _BLOCKS:
                parts.append("\n")
            if name in _DROPPED and name not in unclosed and markup[start + 1] != "/" and markup[at - 2 : at] != "/>":
                close = lower.find(f"</{name}", at) if len(lower) == len(markup) else -1
                if close >= 0:
                    at = _tag_end(markup, close)
                else:
                    unclosed.add(name)
    parts.append(markup[at:])
    return html.unescape("".join(parts))


def _tag_end(markup: str, start: int) -> int:
    """Where the tag at `start` ends; a `>` inside quotes does not count, within reason."""
    at = start
    for _ in range(4):
        end = markup.find(">", at)
        if end < 0:
            return len(markup)
        if markup.count('"', start, end) % 2 == 0:
            return end + 1
        at = end + 1
    return end + 1
