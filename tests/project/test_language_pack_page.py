"""The page on language packs knows every key of every pack, and the classes of cues as the code has them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from monitors.definition.kinds import Kind
from monitors.developments.lifecycles import CUE_CLASSES, DECISION_ORDER

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "language-packs.md").read_text("utf-8")


def keys() -> Iterator[tuple[str, str]]:
    """(table, key) of all shipped packs; a key outside a table has an empty one."""
    for file in (resources.files("monitors.developments") / "languages").iterdir():
        if file.name.endswith(".toml"):
            for name, value in tomllib.loads(file.read_text("utf-8")).items():
                yield from ((name, key) for key in value) if isinstance(value, dict) else (("", name),)


@pytest.mark.parametrize(("table", "key"), sorted(set(keys())))
def test_each_key_of_a_pack_is_on_the_page(table: str, key: str) -> None:
    current, found = "", set()
    for line in PAGE.splitlines():
        if line.startswith("| ") and line.count("|") >= 4:
            cells = line.split("|")
            current = cells[1].strip() or current
            if f"`{key}`" in cells[2]:
                found.add(current)
    assert any(f"`{table}`" in where or not table for where in found)


@pytest.mark.parametrize("kind", DECISION_ORDER)
def test_the_classes_of_cues_are_those_of_the_code(kind: Kind) -> None:
    own = ", ".join(f"`{name}` → {status}" for name, status in CUE_CLASSES[kind].items())
    assert f"| {kind} | {', '.join(DECISION_ORDER[kind])} | {own} |" in PAGE
