"""How a step tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, what is done and the total (0: not known)."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Tells nobody."""
