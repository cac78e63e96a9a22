"""The Discord channel: a webhook. Nobody is mentioned, whatever the text says.

Reference: https://discord.com/developers/docs/resources/webhook#execute-webhook
"""

from __future__ import annotations

from typing import Any

from monitors.alerts.facts import Facts
from monitors.alerts.rendering import Templates

CHARACTERS = 2000
_SUPPRESS_EMBEDS = 1 << 2


def content(templates: Templates, facts: Facts) -> dict[str, Any]:
    """The body of the request."""
    return {
        "content": templates.fitting("discord.md", facts, CHARACTERS, _utf16),
        "allowed_mentions": {"parse": []},
        "flags": _SUPPRESS_EMBEDS,
    }


def _utf16(text: str) -> int:
    """Characters as JavaScript counts them; never fewer than by any other count that Discord may use."""
    return len(text.encode("utf-16-le", "replace")) // 2
