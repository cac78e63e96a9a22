"""Whose word an entry is, and in which language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.model import Feed, Monitor
from monitors.feeds.entry import Entry
from monitors.ingest.publishers import families_by_publisher, family_name, language_of, publisher_of

PAPER = Feed(url="https://post.example/rss", publisher="Harbour Post", family="harbour", language="en")
AGGREGATOR = Feed(
    url="https://all.example/rss", publisher="All News", family="all-news", language="en", role="aggregator"
)
FAMILIES = {"harbour post": "harbour"}


def entry(publisher: str | None) -> Entry:
    return Entry("g", None, "Talks", "", None, "missing", publisher=publisher)


@pytest.mark.parametrize(
    ("feed", "named", "expected"),
    [
        (PAPER, None, ("Harbour Post", "harbour")),
        (PAPER, "Some Agency", ("Harbour Post", "harbour")),
        (AGGREGATOR, None, ("All News", "all-news")),
        (AGGREGATOR, "HARBOUR Post", ("HARBOUR Post", "harbour")),
        (AGGREGATOR, "The Far-Off Times!", ("The Far-Off Times!", "the-far-off-times")),
    ],
    ids=["own", "own-despite-source", "aggregator-alone", "known-family", "unknown-family"],
)
def test_an_entry_belongs_to_who_published_it(feed: Feed, named: str | None, expected: tuple[str, str]) -> None:
    assert publisher_of(entry(named), feed, FAMILIES) == expected


def test_families_come_from_feeds_that_publish_themselves(shipped: Monitor) -> None:
    families = families_by_publisher(shipped.model_copy(update={"feeds": (PAPER, AGGREGATOR)}))
    assert families == FAMILIES


@given(st.text())
def test_any_name_makes_a_family_that_does_not_depend_on_case_or_blanks(name: str) -> None:
    family = family_name(name)
    assert family
    assert family == family_name(f"  {name} ")
    assert family == family_name(family)


@pytest.mark.parametrize(
    ("title", "declared", "expected"),
    [
        ("Talks in Ostrava", "en", "en"),
        ("文 대통령, 金 위원장 만나", "ja", "ko"),
        ("米朝首脳が会談へ", "en", "ja"),
        ("美朝首脑会谈", "en", "zh"),
        ("米朝首脳会談", "ja", "ja"),
        ("米朝首脳会談", "ja-JP", "ja"),
        ("Kim and Trump meet", "ko", "en"),
        ("Kim and Trump meet", "ko-KR", "en"),
    ],
)
def test_the_script_decides_the_language_where_it_can(title: str, declared: str, expected: str) -> None:
    assert language_of(title, "", declared) == expected
    assert language_of("", title, declared) == expected
