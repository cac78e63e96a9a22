"""Who is told how far a flow is, and the progress of batches that run side by side, told as one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from monitors.ingest.progress import Progress, silent

# Not in the module of a flow: Prefect copies a flow's globals into the process of a run, and this cannot be copied.
_listener: ContextVar[Progress] = ContextVar("listener", default=silent)


@contextmanager
def telling(progress: Progress) -> Iterator[None]:
    """Flows that are called inside the `with` tell `progress` how far they are; a deployed flow tells nobody."""
    token = _listener.set(progress)
    try:
        yield
    finally:
        _listener.reset(token)


def listener() -> Progress:
    """Whom the flow is to tell."""
    return _listener.get()


class Together:
    """Adds up what the parts of one step tell. Parts may be told from any thread; `whole` hears one at a time."""

    def __init__(self, whole: Progress) -> None:
        self._whole = whole
        self._lock = Lock()
        self._done: list[int] = []
        self._total = 0

    def part(self, total: int) -> Progress:
        """What one part of `total` pieces is to call."""
        with self._lock:
            number = len(self._done)
            self._done.append(0)
            self._total += total

        def tell(step: str, done: int, _total: int) -> None:
            with self._lock:
                self._done[number] = done
                self._whole(step, sum(self._done), self._total)

        return tell
