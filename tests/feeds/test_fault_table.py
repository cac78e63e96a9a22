"""The page of faults says what the tests play."""

from __future__ import annotations

from content_faults import CONTENT_FAULTS
from fault_table import PAGE, fault_page
from transport_faults import TRANSPORT_FAULTS


def test_the_page_is_current_and_has_every_fault_with_its_outcome() -> None:
    text = PAGE.read_text("utf-8")
    assert text == fault_page(), "run `make docs`"
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    faults = (*TRANSPORT_FAULTS, *CONTENT_FAULTS)
    assert len(rows) == len(faults) >= 40
    assert len({fault.name for fault in faults}) == len(faults)
    for row, fault in zip(rows, faults, strict=True):
        assert f"`{fault.name}`" in row
        assert f"`{fault.outcome}`" in row
