"""Copies are found among many articles, and other stories on the same subject are left apart."""

from __future__ import annotations

import pytest
from syndication import measured


@pytest.mark.parametrize(
    ("count", "seed"),
    [(600, 21), pytest.param(20_000, 22, marks=[pytest.mark.slow, pytest.mark.timeout(600)])],
)
def test_syndicated_stories_are_found_and_nothing_else(count: int, seed: int) -> None:
    precision, recall = measured(count, seed)
    assert precision >= 0.99
    assert recall >= 0.95
