"""The Slack channel: an incoming webhook, with Block Kit.

Only elements that Slack takes literally are used: a `plain_text` header, and `rich_text` in which a link is an element
of its own. Reference: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from typing import Any

from monitors.alerts.channels.escaping import for_slack
from monitors.alerts.facts import Facts
from monitors.alerts.message import safe_link
from monitors.alerts.rendering import Templates

HEADER_CHARACTERS = 150
TEXT_CHARACTERS = 3000
_LINK_AT_END = re.compile(r"(?:^|(?<= ))https?://\S+$")


def content(templates: Templates, facts: Facts) -> dict[str, Any]:
    """The body of the request. Templates of this channel write plain text; a link at the end of a line is one."""
    text = templates.fitting("slack.txt", facts, TEXT_CHARACTERS)
    mark = "‼ " if facts.urgent else ""
    head = mark + facts.headline
    head = head if len(head) <= HEADER_CHARACTERS else head[: HEADER_CHARACTERS - 1] + "…"
    return {
        "text": for_slack(mark + facts.headline),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": head, "emoji": False}},
            {"type": "rich_text", "elements": [_section(text, _links(facts))]},
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _links(facts: Facts) -> set[str]:
    return {str(url) for url in (facts.url, facts.archive, *(line.url for line in facts.lines)) if url}


def _section(text: str, links: set[str]) -> dict[str, Any]:
    elements: list[dict[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        found = _LINK_AT_END.search(line)
        before = line[: found.start()] if found else line
        before = ("\n" if number else "") + before
        is_link = found is not None and found[0] in links and safe_link(found[0]) is not None
        if found is not None and is_link:
            elements += [{"type": "text", "text": before}] if before else []
            elements.append({"type": "link", "url": found[0]})
        else:
            elements.append({"type": "text", "text": ("\n" if number else "") + line})
    return {"type": "rich_text_section", "elements": [one for one in elements if one.get("text", "x")]}
