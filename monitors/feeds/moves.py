"""When a permanent redirect is believed. Pure.

One answer proves little: maintenance pages and captive portals redirect permanently too. A move counts after several
polls in a row that read a feed at the same new address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.archive.records import Poll
from monitors.feeds.urls import HIDDEN, without_secrets

POLLS_THAT_AGREE = 3
_NOTE = re.compile(r"moved permanently to (\S+?)(?:; |$)")


def note(target: str) -> str:
    """What the record of a poll says of a move, in its detail: the new address without secrets."""
    return f"moved permanently to {without_secrets(target)}"


def believed_move(polls: Sequence[Poll], target: str | None = None) -> str | None:
    """The new address of a feed, if its last POLLS_THAT_AGREE polls all read it there. `polls` has the latest last.

    `target` is where the latest led, in full: the records of polls hide secrets, so that an address with one is
    believed only when it is given here.
    """
    latest = polls[-POLLS_THAT_AGREE:]
    if len(latest) < POLLS_THAT_AGREE or any(poll.outcome not in {"ok", "unchanged"} for poll in latest):
        return None
    noted = {match[1] if (match := _NOTE.search(poll.detail)) else None for poll in latest}
    believed = noted.pop() if len(noted) == 1 else None
    if believed is None or HIDDEN not in believed:
        return believed
    return target if target is not None and without_secrets(target) == believed else None
