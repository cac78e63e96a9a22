"""News that is told in passing: in a clause that takes it as known, in a relative clause, or far down in the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitors.archive.records import Article
from monitors.developments.engine import Engine

Making = Callable[..., Article]
MONDAY = "2026-03-02"


def read(engine: Engine, articles: Making, text: str) -> list[tuple[str, str, str | None]]:
    found = engine.read(articles("A week at the border", text, MONDAY))
    return [(one.situation, one.status, one.event_date) for one in found if one.status != "background"]


@pytest.mark.parametrize(
    ("text", "launches"),
    [
        ("SEOUL - After North Korea fired two missiles on Sunday, markets in Asia opened lower.", ["2026-03-01"]),
        ("The won fell hours after North Korea fired two missiles.", [None]),
        ("After North Korea fired two missiles in 2017, markets in Asia opened lower.", []),
        ("Tension has grown since North Korea fired two missiles.", []),
        ("The won fell after North Korea's latest missile launch.", []),
    ],
)
def test_a_clause_that_takes_an_event_as_known_tells_it_when_it_is_fresh(
    shipped: Engine, articles: Making, text: str, launches: list[str | None]
) -> None:
    assert read(shipped, articles, text) == [("dprk-missile-launch", "occurred", day) for day in launches]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Trump announced plans for a summit with Kim Jong Un, which he said will take place May 4-5 in Vietnam.",
            ("scheduled", "2026-05-04/2026-05-05"),
        ),
        ("Trump spoke of his summit with Kim Jong Un, which took place in Singapore.", None),
        ("Trump and Kim Jong Un had a meeting, which lasted an hour.", ("occurred", None)),
    ],
)
def test_a_relative_clause_goes_on_with_the_event_before_it(
    shipped: Engine, articles: Making, text: str, expected: tuple[str, str | None] | None
) -> None:
    wanted = [("trump-kim-meeting", *expected)] if expected else []
    assert read(shipped, articles, text) == wanted


FAR_DOWN = (
    "The harbour fair opened in fine weather. Visitors came from five provinces. Prices were as last year. "
    "Trump and Kim Jong Un {}."
)


@pytest.mark.parametrize(
    ("words", "raised"),
    [
        ("will meet in Hanoi on April 20", [("trump-kim-meeting", "scheduled")]),
        ("met in Panmunjom on Sunday", [("trump-kim-meeting", "occurred")]),
        ("may meet some day", []),
    ],
)
def test_far_down_in_a_text_only_what_names_its_day_is_raised(
    wire: Any, words: str, raised: list[tuple[str, str]]
) -> None:
    assert wire.statuses(MONDAY, "A fair at the harbour", FAR_DOWN.format(words)) == raised


def test_the_president_is_the_one_in_the_title(shipped: Engine, articles: Making) -> None:
    text = "The house was full. The president announced plans for a summit with Kim Jong Un on May 4."
    found = shipped.read(articles("Trump addresses Congress", text, MONDAY))
    assert [(one.situation, one.status) for one in found] == [("trump-kim-meeting", "scheduled")]
    assert shipped.read(articles("Mayor addresses council", text, MONDAY)) == ()
