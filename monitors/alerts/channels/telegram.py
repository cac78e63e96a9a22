"""The Telegram channel: a bot. Reference: https://core.telegram.org/bots/api#sendmessage"""

from __future__ import annotations

from typing import Any

from monitors.alerts.facts import Facts
from monitors.alerts.rendering import Templates

CHARACTERS = 4096


def content(templates: Templates, facts: Facts) -> dict[str, Any]:
    """The body of the request, without the chat. The limit counts after the markup, so this is well within it."""
    return {
        "text": templates.fitting("telegram.html", facts, CHARACTERS),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": not facts.urgent and facts.kind == "health",
    }
