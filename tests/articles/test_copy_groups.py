"""Which texts are one text, and which articles form a group."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.archive.records import CopyLink
from monitors.articles.copies import alike, bridges, groups, in_question, outnumbered, overlap, relation
from monitors.articles.fingerprints import Signature, signature


def signed(numbers: Iterable[int]) -> Signature:
    kept = frozenset(numbers)
    return Signature(kept, kept, 400)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (range(40), range(40), "copy"),
        (range(40), range(4, 42), "copy"),
        (range(20), range(40), "excerpt"),
        (range(40), range(20), "edited"),
        (range(40), range(20, 60), "edited"),
        (range(40), range(30, 70), "original"),
        (range(40), range(100, 140), "original"),
    ],
)
def test_the_verdict_follows_from_how_much_of_each_is_in_the_other(one: range, other: range, kind: str) -> None:
    link = overlap(2, signed(one), 1, signed(other))
    assert relation([link] if link else [], 2) == kind


def test_an_empty_signature_is_like_nothing() -> None:
    assert overlap(2, Signature(), 1, signature("one two three four five six seven eight nine")) is None


def test_stock_sentences_at_the_end_make_no_copy() -> None:
    one = Signature(frozenset(range(20)), frozenset(range(100, 130)), 400)
    other = Signature(frozenset(range(50, 70)), frozenset(range(115, 145)), 400)
    assert overlap(2, one, 1, other) is None


def test_articles_of_one_publisher_must_hold_each_other() -> None:
    assert overlap(2, signed(range(40)), 1, signed(range(20, 60)), same_family=True) is None
    assert overlap(2, signed(range(40)), 1, signed(range(20)), same_family=True) is not None


def test_a_round_up_ties_no_groups_together() -> None:
    texts = {1: signed(range(40)), 2: signed(range(100, 140)), 3: signed([*range(40), *range(100, 140)])}
    links = [link for a, b in ((1, 2), (1, 3), (2, 3)) if (link := overlap(a, texts[a], b, texts[b]))]
    found = bridges(in_question(texts, links), texts)
    assert found == {3}
    assert groups(texts, links, found) == {1: 1, 2: 2, 3: 3}


def linked(texts: dict[int, Signature]) -> list[CopyLink]:
    pairs = [(a, b) for a in texts for b in texts if a < b]
    return [link for a, b in pairs if (link := overlap(b, texts[b], a, texts[a]))]


def test_a_round_up_that_begins_with_a_story_is_outnumbered_by_those_that_print_it() -> None:
    excerpt, round_up = signed(range(12)), signed([*range(12), *range(200, 240)])
    texts = {1: excerpt, 2: signed(range(100)), 3: round_up, 4: signed(range(98))}
    links = linked(texts)
    found = outnumbered(texts, links)
    assert found == {3}
    assert groups(texts, links, found) == {1: 1, 2: 1, 3: 3, 4: 1}


def test_between_two_stories_that_begin_alike_nobody_is_outnumbered() -> None:
    texts = {1: signed(range(12)), 2: signed(range(100)), 3: signed([*range(12), *range(200, 240)])}
    assert outnumbered(texts, linked(texts)) == set()


def test_a_shortened_copy_of_a_copy_is_no_round_up() -> None:
    texts = {
        1: signed(range(100)),
        2: signed(range(50)),
        3: signed(range(25)),
        4: signed(range(12)),
        5: signed(range(90)),
    }
    links = linked(texts)
    assert outnumbered(texts, links) == set()
    assert set(groups(texts, links, set()).values()) == {1}


def test_an_edited_text_between_two_versions_is_no_round_up() -> None:
    texts = {1: signed(range(40)), 2: signed(range(10, 50)), 3: signed(range(30, 70))}
    links = [link for a, b in ((1, 2), (1, 3), (2, 3)) if (link := overlap(a, texts[a], b, texts[b]))]
    assert bridges(in_question(texts, links), texts) == set()
    assert groups(texts, links, set()) == {1: 1, 2: 1, 3: 1}


def test_a_bare_headline_of_two_texts_belongs_to_neither() -> None:
    texts = {1: signed(range(40)), 2: signed(range(100, 140))}
    links = [CopyLink(3, 1, 1.0, 0.0, by_title=True), CopyLink(3, 2, 1.0, 0.0, by_title=True)]
    found = bridges(in_question({1, 2, 3}, links), texts)
    assert groups({1, 2, 3}, links, found) == {1: 1, 2: 2, 3: 3}


LINKS = st.lists(
    st.tuples(st.integers(2, 9), st.integers(1, 8), st.floats(0.35, 1), st.floats(0.35, 1)).filter(
        lambda x: x[0] > x[1]
    ),
    unique_by=lambda x: x[:2],
).map(lambda rows: [CopyLink(*row) for row in rows])


@given(LINKS, st.randoms(use_true_random=False), st.sets(st.integers(1, 9)))
def test_groups_do_not_depend_on_the_order_of_links(links: list[CopyLink], chance: Random, made: set[int]) -> None:
    shuffled = [CopyLink(x.other_id, x.article_id, x.other_share, x.share) for x in links]
    chance.shuffle(shuffled)
    articles = range(1, 10)
    result = groups(articles, links, made)
    assert result == groups(list(articles)[::-1], shuffled, made)
    assert all(group == min(a for a in articles if result[a] == group) for group in result.values())
    assert sorted(in_question(articles, links)) == sorted(in_question(articles, sorted(links, key=alike)))
