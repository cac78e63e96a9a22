"""Two pages that a sceptic would write: forty articles that are no news, forty that are. What fails says why."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from monitors.developments.explanation import explain

HERE = Path(__file__).resolve().parent
ENGLISH = 40
OTHERS = 10


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


TRAPS, TWINS = rows("traps.jsonl"), rows("twins.jsonl")


def parameters(own: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(
            row,
            id=row["title"][:60],
            marks=[pytest.mark.xfail(strict=True, reason=row["xfail"])] if "xfail" in row else [],
        )
        for row in own
    ]


@pytest.mark.parametrize("row", parameters(TRAPS))
def test_a_trap_is_explained_as_no_news(shipped: Any, articles: Any, row: dict[str, Any]) -> None:
    explained = explain(shipped, articles(row["title"], row["text"], row["day"], language=row["lang"]), {})
    assert not explained.news, [(outcome.situation, outcome.reason) for outcome in explained.outcomes]


@pytest.mark.parametrize("row", parameters(TWINS))
def test_its_twin_rings_once_with_its_status(wire: Any, row: dict[str, Any]) -> None:
    raised = wire.statuses(row["day"], row["title"], row["text"], language=row["lang"])
    assert raised == [(row["situation"], row["status"])]


@pytest.mark.parametrize("own", [TRAPS, TWINS], ids=["traps", "twins"])
def test_the_pages_are_whole(own: list[dict[str, Any]]) -> None:
    languages = Counter(row["lang"] for row in own)
    assert languages["en"] >= ENGLISH
    assert languages["ko"] >= OTHERS
    assert len({row["title"] for row in own}) == len(own)
