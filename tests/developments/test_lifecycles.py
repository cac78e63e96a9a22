"""Every status has its place in the tables."""

from __future__ import annotations

import pytest

from monitors.definition.kinds import ALL_STATUSES, STATUSES, Kind
from monitors.developments.lifecycles import CUE_CLASSES, DECISION_ORDER, FACTUALITY, PHASES, RANK


@pytest.mark.parametrize("status", ALL_STATUSES)
def test_a_status_has_a_phase_and_a_factuality(status: str) -> None:
    assert PHASES[status]
    assert FACTUALITY[status].endswith(("+", "-"))


def test_background_is_of_unknown_factuality() -> None:
    assert FACTUALITY["background"] == "unknown"


@pytest.mark.parametrize("kind", list(STATUSES))
def test_every_status_of_a_kind_is_asked_for_once(kind: Kind) -> None:
    order = DECISION_ORDER[kind]
    assert len(set(order)) == len(order)
    assert set(order) == {*STATUSES[kind], *CUE_CLASSES[kind], "none"}
    assert set(CUE_CLASSES[kind].values()) <= {*STATUSES[kind], "none"}


def test_what_has_a_rank_goes_forward_and_what_has_none_is_off() -> None:
    assert {status for status in ALL_STATUSES if status not in RANK} == {s for s, p in PHASES.items() if p == "off"}
