"""The ntfy channel: JSON publishing, in which no text stands in a header. Reference: https://docs.ntfy.sh/publish/"""

from __future__ import annotations

from typing import Any

from monitors.alerts.facts import Facts
from monitors.alerts.rendering import Templates

BYTES = 4096
TITLE_BYTES = 250
URGENT, USUAL = 5, 3


def content(templates: Templates, facts: Facts) -> dict[str, Any]:
    """The body of the request, without the topic."""
    link: dict[str, Any] = {"click": str(facts.url)} if facts.url else {}
    if facts.archive:
        link["actions"] = [{"action": "view", "label": "Archive", "url": str(facts.archive)}]
    return {
        "title": _cut(facts.headline),
        "message": templates.fitting("ntfy.txt", facts, BYTES, _bytes) or facts.headline,
        "priority": URGENT if facts.urgent else USUAL,
        **link,
    }


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _cut(title: str) -> str:
    if _bytes(title) <= TITLE_BYTES:
        return title
    return title.encode("utf-8", "replace")[: TITLE_BYTES - 3].decode("utf-8", "ignore") + "…"
