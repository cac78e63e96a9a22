"""What an article's page holds: its text, or the reason why there is none to be had. Pure.

The text is found by trafilatura, which takes a third of a second to import and is imported on first use.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from urllib3.exceptions import DependencyWarning

from monitors.articles.fingerprints import cjk_characters, tokens
from monitors.articles.titles import bare_title
from monitors.feeds.charset import readable
from monitors.feeds.plaintext import tidy
from monitors.feeds.refusals import is_challenge, looks_like_html

_log = logging.getLogger(__name__)

PageOutcome = Literal[
    "waiting", "read", "not-longer", "paywalled", "consent", "challenge", "no-text", "off-subject", "not-html",
    "unreadable", "disallowed", "refused", "not-found", "failed",
]  # fmt: skip
PAGE_OUTCOMES: frozenset[str] = frozenset(get_args(PageOutcome))
"""Every way an attempt at a page can end. "waiting" is a page that was not tried yet."""

SETTLED: frozenset[str] = frozenset({"read", "not-longer", "disallowed"})
"""After these a page is not tried again."""

PAGE_BYTES = 3 * 1024 * 1024
"""Decoded bytes of a page. News pages have 0.1 to 1 MB; extraction takes time in proportion."""

SHORTEST_TEXT, SHORTEST_CJK = 150, 60
"""Characters. What is shorter is a caption or a notice."""

SHARED_WORDS = 0.4
"""So much of the headline's words must stand in the text for it to be that article."""

_NOTICE = 1200
"""Characters. A longer text is no notice about cookies, scripts or subscriptions."""

_OFFER = 150
"""Characters. A longer line is no mere offer."""

_TOP_LINES = 4

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_JSON_LD = re.compile(r"<script[^>]{0,200}?application/ld\+json[^>]{0,200}>", re.IGNORECASE)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|accept all cookies|(?:use|uses|store) (?:of )?cookies|cookie polic"
    r"|manage (?:your )?(?:cookies|privacy|preferences|choices|consent)|our partners (?:store|process|use)|your consent"
    r"|쿠키|개인정보 ?(?:수집|처리)|クッキー|同意する|同意して",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|guce|cmp|myprivacy)\.")
_CONSENT_PATH = re.compile(r"/(?:consent|privacy-gate|cookie-?wall|collectconsent)(?:/|$)", re.IGNORECASE)
_SUBSCRIPTION = re.compile(
    r"subscribe (?:now |today )?to (?:continue|read|unlock)|(?:already|become) a subscriber|subscribers? only"
    r"|for subscribers|(?:continue|keep) reading (?:with|for|by)|log ?in to (?:continue|read)|remaining free articles?"
    r"|구독자 ?전용|유료 ?(?:기사|회원|구독)|로그인 ?후|회원 ?전용"
    r"|有料会員|会員限定|この記事は有料|続きを読むには|登録すると続き",
    re.IGNORECASE,
)
_SCRIPTS = re.compile(
    r"(?:enable|activate|turn on|requires?) (?:your )?javascript|자바스크립트|ジャバスクリプト", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page gave. `text` is empty unless the outcome is "read"; `detail` says why, in a few words."""

    outcome: PageOutcome
    text: str = ""
    detail: str = ""


@cache
def extractor() -> str:
    """Name and version of what finds the text, as stored with each page."""
    return f"trafilatura {version('trafilatura')}"


def read_page(
    body: bytes, headers: Mapping[str, str], url: str, *, title: str, summary: str, language: str
) -> PageText:
    """The text of the article with this headline, if the page has one that says more than `summary`.

    `headers` has lower case names; `url` is where the page came from in the end.
    """
    if not looks_like_html(body) and "html" not in headers.get("content-type", "").lower():
        return PageText("not-html", detail=f"content type {headers.get('content-type') or 'not given'}"[:100])
    try:
        content, notes = _decoded(body, headers.get("content-type", ""), language)
        text = _body(_extracted(content, url), title)
    except Exception as error:  # one page that the extractor trips over must not end the run of all others
        _log.exception("extracting the text of a page failed")
        return PageText("unreadable", detail=f"the extractor failed ({type(error).__name__})")
    if _not_free(content):
        return PageText("paywalled", detail="the page says that it is not free to read (isAccessibleForFree)")
    longer = _length(text) > _length(summary)
    notice = _notice(body, headers, url, content, text, longer=longer)
    if notice is not None:
        return notice
    if len(text) < (SHORTEST_CJK if cjk_characters(text) > len(text) * 0.3 else SHORTEST_TEXT):
        return PageText("no-text", detail=f"{len(text)} characters of text")
    if not about(text, title, summary):
        return PageText("off-subject", detail="the text has nothing of the headline")
    if not longer:
        return PageText("not-longer", detail="no more than the summary")
    return PageText("read", text, "; ".join(notes))


def about(text: str, title: str, summary: str = "") -> bool:
    """Whether a text can be that of an article: it has words of the headline, or begins as the summary does."""
    words = _features(bare_title(title))
    found = _features(text)
    if not words:
        return not summary or bool(_features(summary) & found)
    if len(words & found) >= SHARED_WORDS * len(words):
        return True
    start = "".join(tokens(summary))[:60]
    return len(start) >= 20 and start in "".join(tokens(text))


def _notice(
    body: bytes, headers: Mapping[str, str], url: str, content: str, text: str, *, longer: bool
) -> PageText | None:
    """The page as a challenge, consent form or pay wall; None for a page that may be an article.

    Ordinary pages have captchas, cookie bars and offers too, so these words count only where the text is short.
    """
    place = urlsplit(url)
    short = len(text) < _NOTICE
    if "cf-mitigated" in headers or (short and (_SCRIPTS.search(text) or (not longer and is_challenge(headers, body)))):
        return PageText("challenge", detail="a page that tests whether the reader is a person")
    if _CONSENT_HOST.match(place.hostname or "") or _CONSENT_PATH.search(place.path):
        return PageText("consent", detail="the page asks for consent first")
    if short and len(_CONSENT.findall(text)) >= 2:
        return PageText("consent", detail="the page asks for consent first")
    if not longer and _SUBSCRIPTION.search(content):
        return PageText("paywalled", detail="the page asks for a subscription, and has no more than the summary")
    return None


def _decoded(body: bytes, content_type: str, language: str) -> tuple[str, tuple[str, ...]]:
    if "charset" not in content_type.lower() and (found := _META_CHARSET.search(body[:4096])):
        content_type = f"text/html; charset={found[1].decode('ascii')}"
    utf8, _, notes = readable(body, content_type, language.split("-", maxsplit=1)[0])
    return utf8.decode("utf-8", "replace"), notes


def _extracted(content: str, url: str) -> str:
    found = _trafilatura()(
        content,
        url=url,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        include_formatting=False,
        with_metadata=False,
    )
    return tidy(found or "")


@cache
def _trafilatura() -> Callable[..., str | None]:
    """Its `extract`. What it would warn of (no SOCKS, an empty page) is nothing that a person here can act upon."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DependencyWarning)
        from trafilatura import extract  # noqa: PLC0415 - takes a third of a second, and most passes read no page
    return cast(Callable[..., str | None], extract)


def _body(text: str, title: str) -> str:
    """The text without the headline at its top, and without lines that offer a subscription."""
    lines = text.split("\n")
    headline = tokens(bare_title(title))
    top = [tokens(bare_title(line)) == headline for line in lines[:_TOP_LINES]]
    if True in top:
        lines = lines[top.index(True) + 1 :]
    return "\n".join(line for line in lines if len(line) > _OFFER or not _SUBSCRIPTION.search(line))


def _not_free(content: str) -> bool:
    """Whether an article in the page's JSON-LD says that it cannot be read free of charge (schema.org)."""
    for start in _JSON_LD.finditer(content):
        end = content.find("</script", start.end())
        if end < 0:
            break
        try:
            data = json.loads(content[start.end() : end].strip(), strict=False)
        except (ValueError, RecursionError):
            continue
        if any(_paid(node) for node in _nodes(data)):
            return True
    return False


def _nodes(data: object) -> Iterator[dict[str, Any]]:
    """The top objects of a JSON-LD document; parts of an article, such as a video, do not speak for it."""
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield one
            waiting.append(one.get("@graph"))
            waiting.append(one.get("mainEntity"))


def _paid(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if not any(isinstance(name, str) and name.endswith(("Article", "Posting", "WebPage")) for name in names):
        return False
    return str(node.get("isAccessibleForFree")).lower() == "false"


def _features(text: str) -> set[str]:
    """Words; of Chinese, Japanese and Korean words their pairs of characters, which endings do not change."""
    out: set[str] = set()
    for word in tokens(text):
        if cjk_characters(word) and len(word) > 2:
            out.update(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) > 1:
            out.add(word)
    return out


def _length(text: str) -> int:
    return sum(map(len, tokens(text)))


def outcome_of_fetch(outcome: str) -> PageOutcome:
    """What the outcome of a failed fetch (feeds/outcomes.py) is for a page."""
    if outcome in {"challenge", "refused", "not-found"}:
        return cast(PageOutcome, outcome)
    return "not-found" if outcome == "gone" else "failed"
