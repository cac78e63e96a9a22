"""Narrowed searches: what is found is what reading every article finds, however the walk through them goes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.archive import articles, mentions
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Mention
from monitors.archive.search import parse
from monitors.browse.hits import Walk, latest
from monitors.clock import from_iso, iso

NOON = from_iso("2026-03-01T12:00:00Z")
WORDS = ("ferry", "strike", "port", "crane", "harbour")
SITUATIONS = ("talks", "strike", "rare")


@dataclass(frozen=True)
class Told:
    """One article as the test knows it."""

    id: int
    words: list[str]
    language: str
    publisher: str
    published: str
    situations: frozenset[str]


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    with open_archive(":memory:") as opened:
        yield opened


@pytest.fixture(scope="module")
def told(archive: Archive) -> list[Told]:
    dice = random.Random(8)
    return [_told(archive, dice, number) for number in range(300)]


def _told(archive: Archive, dice: random.Random, number: int) -> Told:
    words = dice.choices(WORDS, weights=(16, 8, 4, 2, 1), k=5)
    published = NOON + timedelta(hours=7 * number + dice.randint(-90, 0))
    publisher, language = dice.choice(("Post", "Wire", "Star")), dice.choice(("en", "en", "ko"))
    url = f"https://post.example/{number}"
    id_ = articles.insert(
        archive,
        Article("m", url, url, "Headline", " ".join(words), language, publisher, publisher, published, published),
    )
    own = frozenset(name for name, share in zip(SITUATIONS, (0.5, 0.2, 0.02), strict=True) if dice.random() < share)
    said = [Mention(name, "scheduled", "certain+", "s", "text", 0, 1) for name in sorted(own)]
    mentions.replace_mentions(archive, id_, said)
    return Told(id_, words, language, publisher, iso(published), own)


Fits = Callable[[Told], bool]


def _word(word: str) -> tuple[str, Fits]:
    return word, lambda one: word in one.words


def _phrase(pair: tuple[str, str]) -> tuple[str, Fits]:
    return f'"{pair[0]} {pair[1]}"', lambda one: pair in zip(one.words, one.words[1:], strict=False)


def _either(pair: tuple[str, str]) -> tuple[str, Fits]:
    return f"{pair[0]} OR {pair[1]}", lambda one: pair[0] in one.words or pair[1] in one.words


def _without(word: str) -> tuple[str, Fits]:
    return f"-{word}", lambda one: word not in one.words


def _language(name: str) -> tuple[str, Fits]:
    return f"lang:{name}", lambda one: one.language == name


def _publisher(name: str) -> tuple[str, Fits]:
    return f'publisher:"{name}"', lambda one: one.publisher == name


def _after(days: int) -> tuple[str, Fits]:
    day = (NOON + timedelta(days=days)).date().isoformat()
    return f"after:{day}", lambda one: one.published >= day


ONE = st.sampled_from(WORDS)
PAIR = st.tuples(ONE, ONE)
WANTED = st.one_of(ONE.map(_word), PAIR.map(_phrase), PAIR.map(_either))
NARROWING = st.one_of(
    ONE.map(_without),
    st.sampled_from(("en", "ko", "fr")).map(_language),
    st.sampled_from(("Post", "Wire", "Nobody")).map(_publisher),
    st.integers(0, 90).map(_after),
)
WALKS = st.builds(
    Walk,
    step=st.integers(1, 400),
    enough=st.integers(0, 60),
    dear=st.integers(1, 200),
    dearest=st.integers(1, 500),
    span=st.integers(1, 8),
    looked_up=st.sampled_from((0, 5, 500)),
)


def _matching(told: list[Told], parts: list[tuple[str, Fits]], situation: str | None) -> list[int]:
    fits = [fit for _, fit in parts]
    return [
        one.id
        for one in reversed(told)
        if (situation is None or situation in one.situations) and all(fit(one) for fit in fits)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(
    WANTED, st.lists(NARROWING, max_size=2), st.sampled_from((None, *SITUATIONS, "none")), st.integers(1, 400), WALKS
)
def test_a_search_and_its_earlier_ones_find_what_reading_every_article_finds(
    archive: Archive,
    told: list[Told],
    wanted: tuple[str, Fits],
    narrowing: list[tuple[str, Fits]],
    situation: str | None,
    limit: int,
    walk: Walk,
) -> None:
    parts = [wanted, *narrowing]
    expected = _matching(told, parts, situation)
    query = parse(" ".join(text for text, _ in parts))
    found = latest(archive, query, situation, limit, walk=walk)
    ids = [hit.id for hit in found.hits]
    assert ids == expected[: len(ids)]
    assert len(ids) <= limit
    while found.below is not None:
        below = found.below
        found = latest(archive, query, situation, limit, walk=walk, below=below)
        assert found.below is None or found.below < below
        ids += [hit.id for hit in found.hits]
    assert ids == expected


def test_a_walk_that_ends_early_says_how_far_it_looked(archive: Archive, told: list[Told]) -> None:
    found = latest(archive, parse("ferry"), "talks", 300, walk=Walk(step=10, dear=20, enough=1, looked_up=0))
    looked_at = [one for one in reversed(told) if "ferry" in one.words][:20]
    assert [hit.id for hit in found.hits] == [one.id for one in looked_at if "talks" in one.situations]
    assert found.below == looked_at[-1].id


def test_a_walk_goes_on_until_it_found_enough(archive: Archive, told: list[Told]) -> None:
    expected = _matching(told, [_word("ferry")], "rare")
    found = latest(
        archive, parse("ferry"), "rare", 300, walk=Walk(step=10, dear=20, enough=len(expected) + 1, looked_up=0)
    )
    assert [hit.id for hit in found.hits] == expected
    assert found.below is None


def test_no_walk_goes_on_for_ever(archive: Archive, told: list[Told]) -> None:
    found = latest(archive, parse("lang:fr ferry"), None, 300, walk=Walk(step=10, dearest=50))
    assert found.hits == []
    assert found.below is not None
