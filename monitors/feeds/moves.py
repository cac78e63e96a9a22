"""When a permanent redirect is believed. Pure.

One answer proves little: maintenance pages and captive portals redirect permanently too. A move counts after several
polls in a row that read a feed at the same new address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.archive.records import Poll

POLLS_THAT_AGREE = 3
_NOTE = re.compile(r"moved permanently to (\S+?)(?:; |$)")


def note(target: str) -> str:
    """What the record of a poll says of a move, in its detail."""
    return f"moved permanently to {target}"


def believed_move(polls: Sequence[Poll]) -> str | None:
    """The new address of a feed, if its last POLLS_THAT_AGREE polls all read it there. `polls` has the latest last."""
    latest = polls[-POLLS_THAT_AGREE:]
    if len(latest) < POLLS_THAT_AGREE or any(poll.outcome not in {"ok", "unchanged"} for poll in latest):
        return None
    targets = {match[1] if (match := _NOTE.search(poll.detail)) else None for poll in latest}
    return targets.pop() if len(targets) == 1 else None
