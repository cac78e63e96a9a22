"""What an answer of a receiver means for a delivery: one table for every channel over HTTP. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitors.alerts.message import one_line
from monitors.feeds.refusals import retry_after

Verdict = Literal["sent", "retry", "never"]
SAID_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Meaning:
    """What becomes of the delivery, and what a person can do about it."""

    verdict: Verdict
    advice: str = ""


_WAIT = "it will be tried again"
STATUSES: dict[int, Meaning] = {
    400: Meaning("never", "the receiver does not understand the message; see what it says"),
    401: Meaning("never", "the receiver does not accept the secret; give it a new one"),
    403: Meaning("never", "the receiver does not let us; see to the secret and its rights"),
    404: Meaning("never", "there is no receiver at the address; see to the address"),
    405: Meaning("never", "the address takes no POST; see to the address"),
    408: Meaning("retry", _WAIT),
    410: Meaning("never", "the receiver is gone for good; take the channel out of the monitor file"),
    413: Meaning("never", "the message is too large for the receiver"),
    425: Meaning("retry", _WAIT),
    429: Meaning("retry", "too many messages; it will be tried again"),
}
"""Statuses that mean something of their own."""

CLASSES: dict[int, Meaning] = {
    1: Meaning("retry", _WAIT),
    2: Meaning("sent"),
    3: Meaning("never", "redirects are not followed; give the new address in its place"),
    4: Meaning("never", "the receiver refuses the message"),
    5: Meaning("retry", _WAIT),
}
"""The rest, by the first digit."""

OUTCOMES: dict[str, Meaning] = {
    "bad-url": Meaning("never", "its address is no usable http(s) URL"),
    "refused-address": Meaning("never", "its host lies at a private address; set allow_private: true to allow it"),
    "unknown-host": Meaning("retry", "the name of its host is not known; it will be tried again"),
    "dns-temporary": Meaning("retry", "the name server gave no answer; it will be tried again"),
    "unreachable": Meaning("retry", "its host cannot be reached; it will be tried again"),
    "tls-failed": Meaning("retry", "no trusted encrypted connection to its host; it will be tried again"),
    "proxy-failed": Meaning("retry", "the proxy failed; it will be tried again"),
    "deadline": Meaning("retry", "no answer in time; it will be tried again"),
    "connection-broken": Meaning("retry", "the connection ended before the answer; it will be tried again"),
    "bad-response": Meaning("retry", "the answer is no HTTP; it will be tried again"),
}
"""When no answer came: outcomes of a fetch that a post can have."""


def meaning_of_status(status: int) -> Meaning:
    """What the status of an answer means."""
    return STATUSES.get(status) or CLASSES.get(status // 100) or CLASSES[5]


def meaning_of_outcome(outcome: str) -> Meaning:
    """What it means that no answer came."""
    return OUTCOMES.get(outcome) or Meaning("retry", f"{outcome}; it will be tried again")


def asked_to_wait(headers: Mapping[str, str], body: bytes, now: datetime) -> float | None:
    """Seconds that a receiver asks us to wait, by its header or, as Discord and Telegram do, in its body."""
    by_header = retry_after(headers, now)
    if by_header is not None:
        return by_header
    found = _object(body)
    parameters = found.get("parameters")
    given = found.get("retry_after") or (parameters.get("retry_after") if isinstance(parameters, dict) else None)
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 86400:
        return float(given)
    return None


def refused_in_body(body: bytes) -> bool:
    """Whether an answer with a good status says in its body that the message was not taken."""
    return _object(body).get("ok") is False


def said(body: bytes) -> str:
    """What a receiver says of a refusal, if it says it in words; else nothing: whole pages are not repeated."""
    found = _object(body)
    for key in ("description", "message", "error", "detail"):
        words = found.get(key)
        if isinstance(words, str):
            return one_line(words, SAID_CHARACTERS)
    text = body[: SAID_CHARACTERS + 1].decode("utf-8", "replace").strip()
    return text if re.fullmatch(rf"[\w .,:'-]{{1,{SAID_CHARACTERS}}}", text) else ""


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
