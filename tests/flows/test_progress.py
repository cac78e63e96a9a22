"""Batches that run side by side are told as one step."""

from __future__ import annotations

from flows.progress import Together


def test_parts_add_up() -> None:
    heard: list[tuple[str, int, int]] = []
    together = Together(lambda step, done, total: heard.append((step, done, total)))
    first, second = together.part(2), together.part(3)
    first("Polling", 1, 2)
    second("Polling", 3, 3)
    first("Polling", 2, 2)
    assert heard == [("Polling", 1, 5), ("Polling", 4, 5), ("Polling", 5, 5)]
