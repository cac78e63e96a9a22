"""Progress of long work on Prefect's page, as an artifact of the run."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

AFTER, EVERY = 10.0, 5.0
"""Seconds after which work is long, and between two updates: each is a request to the server."""


class OnPrefectsPage:
    """Told how far a step is, from any thread, it shows that on Prefect's page; short work leaves nothing there.

    Call it inside a run. `key` is the artifact's: lowercase letters, digits and dashes.
    """

    def __init__(self, key: str, now: Callable[[], float] = time.monotonic) -> None:
        self._key = key
        self._now = now
        self._next = now() + AFTER
        self._artifact: UUID | None = None
        self._lock = Lock()

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` pieces of `total`; 0: nobody knows how many there are."""
        with self._lock:
            if self._now() < self._next:
                return
            self._next = self._now() + EVERY
            share = min(100.0, 100.0 * done / total) if total else 0.0
            said = f"{step}: {done:,} of {total:,}" if total else f"{step}: {done:,}"
            if self._artifact is None:
                made = create_progress_artifact(share, key=self._key, description=said)
                self._artifact = made if isinstance(made, UUID) else None
            else:
                update_progress_artifact(self._artifact, share, description=said)
