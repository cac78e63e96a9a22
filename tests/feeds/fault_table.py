"""The page that lists the scripted faults and how each ends. `make docs` runs this file to write it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from content_faults import CONTENT_FAULTS
from fault_scripts import Fault
from transport_faults import TRANSPORT_FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def fault_page() -> str:
    """docs/reference/faults.md."""
    out = [
        "# Faults and how they end",
        "<!-- Written by `make docs` from the tests; change them there. -->\n",
        "A server on loopback plays each of these faults, and a test polls it over a real connection: the poll must "
        "end under the outcome in the table, within its time, while a healthy feed beside it is read as if nothing "
        "were the matter. [How a poll can end](poll-outcomes.md) says what the outcomes mean and cost. Detail is what "
        "`wirewatch feeds` shows beside the outcome, as far as the test asks for it.",
        *_table("The way there and back", TRANSPORT_FAULTS),
        *_table("What arrives", CONTENT_FAULTS),
    ]
    return "\n".join(out) + "\n"


def _table(head: str, faults: Iterable[Fault]) -> list[str]:
    rows = [
        f"| `{fault.name}` | {_cell(fault.what)} | `{fault.outcome}` | {_entries(fault)} | {_cell(fault.detail)} |"
        for fault in faults
    ]
    return [
        f"\n## {head}\n",
        "| fault | what the server does | outcome | entries | detail |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _entries(fault: Fault) -> str:
    if fault.outcome != "ok":
        return "none"
    return "some" if fault.entries is None else f"{fault.entries:,}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(fault_page(), encoding="utf-8")
    print(PAGE.relative_to(PAGE.parents[2]))
