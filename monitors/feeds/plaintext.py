"""Plain text and safe links out of what feeds carry. What leaves here has no markup; pages escape it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

MAX_TEXT = 200_000
"""Characters of markup read for one text."""
MAX_LINK = 2048

_DROPPED = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "math", "object", "form", "head"})
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
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--|!\[CDATA\[|[!?][^<>]*)>", re.DOTALL)
_KNOWN_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|strong|div|span|font|img|script|style|iframe|svg|math|object|embed|form|input|button|link"
    r"|meta|base|ul|ol|li|table|tr|td|th|h[1-6]|blockquote|figure|video|audio|source|body|html|marquee|details)\b[^<>]*>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LONE = re.compile(r"[\ud800-\udfff]")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping.append(tag)
        elif tag in _BLOCKS and not self._dropping:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not self._dropping:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._dropping:
            while self._dropping.pop() != tag:
                pass
        elif tag in _BLOCKS and not self._dropping:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.parts.append(data)


def from_html(markup: str) -> str:
    """The readable text of `markup`, one line a block. Scripts, styles, forms and the like are left out whole."""
    text = markup[:MAX_TEXT]
    for turn in range(3):  # feeds escape twice now and then, so that markup comes out of the first turn
        if turn and not _KNOWN_TAG.search(text):
            break
        text = _stripped(text)
    text = _KNOWN_TAG.sub(" ", text)
    return tidy(text)


def from_title(text: str) -> str:
    """A title as one line of plain text. A `<` that opens no tag is kept."""
    if _TAG.search(text) or _REFERENCE.search(text):
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
        link = link.strip(" \t\r\n\x00")
        whole = urljoin(base, link) if base else link
        parts = urlsplit(whole)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
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
    return whole.replace(" ", "%20")


def _stripped(markup: str) -> str:
    parser = _Text()
    try:
        parser.feed(markup)
        parser.close()
    except AssertionError:  # html.parser asserts on some broken declarations
        return _TAG.sub(" ", markup)
    return "".join(parser.parts)
