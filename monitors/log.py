"""Log lines as JSON objects, one a line, for programs that collect them. Without it, people read plain lines."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

ASKED_FOR = "WIREWATCH_LOG"
"""The environment variable that says "json", so that the processes of runs write as the one that started them."""

_OURS = logging.getLogger("wirewatch")


class JsonLines(logging.Formatter):
    """A record as one JSON object: time (UTC), level, logger, message, the facts given with it, and an error's text."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without its end."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def ask_for_json() -> None:
    """From now on this process and those it starts log JSON lines."""
    os.environ[ASKED_FOR] = "json"


def is_json() -> bool:
    """Whether JSON lines were asked for."""
    return os.environ.get(ASKED_FOR) == "json"


def tell(
    message: str, facts: Mapping[str, Any] | None = None, *, level: int = logging.INFO, plain: TextIO | None = None
) -> None:
    """One line: with its `facts` as JSON on standard error if that was asked for, else the message alone to `plain`.

    Without `plain` it is for programs only.
    """
    if is_json():
        _begin()
        _OURS.log(level, message, extra={"facts": facts or {}})
    elif plain is not None:
        print(message, file=plain, flush=True)


def _begin() -> None:
    if not _OURS.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        _OURS.addHandler(handler)
        _OURS.setLevel(logging.INFO)
        _OURS.propagate = False  # Prefect takes the root logger for itself
