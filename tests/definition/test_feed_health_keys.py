"""The keys of a monitor file that bear on the health of feeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from monitors.definition.model import Feed, Policy

FEED = {"url": "https://post.example/rss", "publisher": "Post", "family": "post", "language": "en"}


def feed(**more: Any) -> Feed:
    return Feed.model_validate(FEED | more)


@pytest.mark.parametrize(
    ("expect", "longest"), [("6h", timedelta(hours=6)), ("2d", timedelta(days=2)), ("9999h", timedelta(hours=9999))]
)
def test_expect_is_a_number_of_hours_or_days(expect: str, longest: timedelta) -> None:
    assert feed(expect=expect).longest_silence() == longest


def test_without_expect_the_rhythm_decides() -> None:
    assert feed().longest_silence() is None


@pytest.mark.parametrize("expect", ["", "0h", "6", "h", "-1d", "1.5d", "6 h", "10000d", "6h\n", "2w"])
def test_other_texts_are_refused(expect: str) -> None:
    with pytest.raises(ValidationError, match="expect"):
        feed(expect=expect)


def test_without_health_channels_all_are_told_and_an_empty_list_tells_nobody() -> None:
    rules = [{"channels": ["screen"]}]
    assert Policy.model_validate({"rules": rules}).health_channels is None
    assert Policy.model_validate({"rules": rules, "health_channels": []}).health_channels == ()
