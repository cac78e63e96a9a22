"""How text becomes harmless in each chat's own format. The text is one line and free of controls already. Pure."""

from __future__ import annotations

import html
import re

_MARKDOWN = re.compile(r"([\\`*_~|<>\[\]()#+\-:@!.=])")
_MENTIONS = re.compile(r"([@#$/])(?=\w)")
WORD_JOINER = "\u2060"


def for_slack(text: str) -> str:
    """The three signs that Slack's own markup is made of: with them go links, mentions and dates."""
    return html.escape(text, quote=False)


def for_discord(text: str) -> str:
    """Every sign that Discord's Markdown could read, with a backslash; so an address in it is no link."""
    return _MARKDOWN.sub(r"\\\1", text)


def for_telegram(text: str) -> str:
    """HTML, and an invisible sign after @, #, $ and / so that Telegram makes no mention, tag or command of a word."""
    return html.escape(_MENTIONS.sub(rf"\1{WORD_JOINER}", text))


def for_html(text: str) -> str:
    """HTML, in text and in quoted attributes."""
    return html.escape(text)
