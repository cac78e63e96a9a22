"""Progress of batches that run side by side, told as one step."""

from __future__ import annotations

from threading import Lock

from monitors.ingest.progress import Progress


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
