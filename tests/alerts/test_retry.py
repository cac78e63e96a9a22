"""Waits double, are jittered, are capped and end after one to three days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitors.alerts.retry import RetryPlan

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_waits_double() -> None:
    plan = RetryPlan(base=10)
    waits = [(plan.next_attempt(n, NOW, 1.0) - NOW).total_seconds() for n in (1, 2, 3, 4)]
    assert waits == [10, 20, 40, 80]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_wait_is_positive_and_never_above_the_cap(attempts: int, spread: float) -> None:
    plan = RetryPlan()
    wait = (plan.next_attempt(attempts, NOW, spread) - NOW).total_seconds()
    assert 0 < wait <= plan.cap


def test_default_plan_gives_up_within_one_to_three_days() -> None:
    plan = RetryPlan()
    for spread in (0.0, 1.0):
        now = NOW
        for attempt in range(1, plan.attempts):
            now = plan.next_attempt(attempt, now, spread)
        assert timedelta(days=1) <= now - NOW <= timedelta(days=3)
    assert plan.is_last(plan.attempts)
    assert not plan.is_last(plan.attempts - 1)
