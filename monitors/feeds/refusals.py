"""What a status other than 200 means, challenge pages, and the two forms of Retry-After. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 86400.0
"""Seconds. A longer Retry-After is cut to this."""

_BY_STATUS = {
    401: "refused", 403: "refused", 404: "not-found", 410: "gone", 429: "rate-limited", 503: "unavailable",
}  # fmt: skip

_CHALLENGE = re.compile(
    rb"enable javascript|cf-browser-verification|challenge-platform|_cf_chl_opt|just a moment\.\.\.|captcha"
    rb"|checking your browser|verify you are (?:a )?human|ddos protection by",
    re.IGNORECASE,
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def outcome_of_status(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The outcome of a status that is neither 200 nor a redirect."""
    if status in {401, 403, 429, 503} and is_challenge(headers, body):
        return "challenge"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return "server-error"
    return "client-error" if status >= 400 else "unexpected-status"


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a page that tests for a person. `headers` has lower case names."""
    if "challenge" in headers.get("cf-mitigated", "").lower():
        return True
    return looks_like_html(body) and _CHALLENGE.search(body[:65536]) is not None


def looks_like_html(body: bytes) -> bool:
    """Whether the body begins as a web page."""
    return _HTML.search(body[:2048]) is not None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the server asks us to wait, from 0 to LONGEST_WAIT; None where it does not say.

    A date, in any of the three forms of RFC 9110, is read relative to the response's own Date header, so that a wrong
    clock on either side does no harm.
    """
    raw = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,12}(?:\.\d*)?", raw):
        return min(float(raw), LONGEST_WAIT)
    until = _http_date(raw)
    if until is None:
        return None
    start = _http_date(headers.get("date", "")) or now
    return min(max((until - start).total_seconds(), 0.0), LONGEST_WAIT)


def _http_date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)  # the form of asctime has no zone
