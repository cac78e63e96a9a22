"""How a fetch or a reading fails."""

from __future__ import annotations

from monitors.errors import WirewatchError
from monitors.feeds.outcomes import OUTCOMES


class FetchError(WirewatchError):
    """A URL could not be fetched. `outcome` is one of OUTCOMES; `retry_after` is in seconds, if the server asked."""

    def __init__(
        self, outcome: str, detail: str, *, http_status: int | None = None, retry_after: float | None = None
    ) -> None:
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is not one of OUTCOMES")
        self.outcome = outcome
        self.http_status = http_status
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(f"{outcome}: {detail}")


class NotAFeed(WirewatchError):
    """The body is no feed in a format we read. The message says what it looks like."""
