"""The closed set of names a poll can end under, and what each means for the feed's failure score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["good", "temporary", "soft", "hard", "ours"]

SCORES: dict[Severity, float] = {"good": 0.0, "temporary": 0.25, "soft": 0.5, "hard": 1.0, "ours": 0.0}
"""What one poll adds to the failure score. A good poll also sets the score back to 0; "ours" leaves it as it was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way for a poll to end.

    `network` is true for faults of the way to the host, which are ours when most hosts show them at once.
    """

    name: str
    severity: Severity
    meaning: str
    network: bool = False


_ALL = (
    Outcome("ok", "good", "a feed was read"),
    Outcome("unchanged", "good", "nothing new: status 304, or the same body as last time"),
    Outcome("dns-temporary", "temporary", "the name server did not answer, try again later", network=True),
    Outcome("proxy-failed", "temporary", "the configured proxy failed", network=True),
    Outcome("rate-limited", "temporary", "status 429"),
    Outcome("unavailable", "temporary", "status 503"),
    Outcome("deadline", "temporary", "the whole fetch took longer than its deadline", network=True),
    Outcome("unknown-host", "soft", "the name of the host is not known", network=True),
    Outcome("unreachable", "soft", "no connection to the host", network=True),
    Outcome("tls-failed", "soft", "no trusted encrypted connection", network=True),
    Outcome("connection-broken", "soft", "the connection ended before the answer was whole", network=True),
    Outcome("bad-response", "soft", "the answer is not valid HTTP"),
    Outcome("bad-encoding", "soft", "the body cannot be decompressed, or is cut off"),
    Outcome("server-error", "soft", "another status of 500 or above"),
    Outcome("refused", "soft", "status 401 or 403"),
    Outcome("secret-missing", "soft", "a header of the feed stands in an environment variable that is not set"),
    Outcome("challenge", "soft", "a page that tests whether the reader is a person"),
    Outcome("client-error", "soft", "another status from 400 to 499"),
    Outcome("unexpected-status", "soft", "a status that makes no sense here, such as 204, or 304 unasked"),
    Outcome("not-a-feed", "soft", "the body is no feed"),
    Outcome("unreadable", "soft", "our own reader failed on the body; the log has the trace"),
    Outcome("empty-body", "soft", "the body has no content"),
    Outcome("too-large", "soft", "the decoded body is over the limit"),
    Outcome("redirect-loop", "soft", "more than five redirects, or a circle"),
    Outcome("not-found", "hard", "status 404"),
    Outcome("gone", "hard", "status 410: the feed has ended and is polled no more"),
    Outcome("bad-url", "hard", "the address, or one it redirects to, is not a usable http(s) URL"),
    Outcome("refused-address", "hard", "the host lies at a private or special address and is not allowed"),
    Outcome("offline", "ours", "most hosts failed at once, so no feed is blamed", network=True),
    Outcome("host-paused", "ours", "left out, because the host had just refused or failed"),
    Outcome("not-polled", "ours", "its turn did not come in the time there was"),
)

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _ALL}
"""Every outcome by name. `Poll.outcome` and `FetchError.outcome` are always one of these."""
