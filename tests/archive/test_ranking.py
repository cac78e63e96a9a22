"""The best matches come first: what says a word often, in its title, in few words; rare words before common ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitors.archive import articles
from monitors.archive.connection import Archive
from monitors.archive.records import Article
from monitors.archive.search import TooBroad, search

Making = Callable[..., Article]


def ranked(archive: Archive, query: str) -> list[int]:
    return [hit.article_id for hit in search(archive, query, order="relevance")]


def fill(archive: Archive, making: Making, *told: tuple[str, str]) -> list[int]:
    return [
        articles.insert(archive, making(str(number), title=title, text=text))
        for number, (title, text) in enumerate(told)
    ]


def test_the_title_counts_more_than_the_text_and_often_more_than_once(archive: Archive, making: Making) -> None:
    ids = fill(
        archive,
        making,
        ("Dockers strike", "They left the port at noon, and nobody knows when they return to work."),
        ("The port is quiet", "The dockers left at noon; the dockers say that they stay away until Monday morning."),
        ("The port is calm", "The dockers left at noon, and nobody knows when they will come back to work again."),
    )
    assert ranked(archive, "dockers") == ids


def test_a_rare_word_outweighs_a_common_one(archive: Archive, making: Making) -> None:
    common = [("Harbour news", f"harbour harbour harbour and number {number}") for number in range(20)]
    *others, rare = fill(archive, making, *common, ("News", "A narwhal was seen."))
    assert ranked(archive, "harbour OR narwhal")[0] == rare
    assert set(ranked(archive, "harbour OR narwhal")) == {*others, rare}


@pytest.mark.parametrize(
    ("query", "best", "other"),
    [
        ("café", "The cafe, the café, the CAFÉ.", "A café on the quay."),
        ("회담", "정상회담을 열고 다시 회담을 열었다", "회담을 열기로 했다"),
        ("核", "非核化と核実験と核施設", "核の約束"),
        ("negotiat*", "Negotiators negotiate and negotiated.", "They negotiate at last."),
        ('"port talks"', "Port talks; then port talks again.", "Talks on the port, port talks, other talks."),
        ("war", "War, and war again.", "A war; warning, warrant, wardrobe, warm."),
    ],
)
def test_words_are_counted_as_the_index_cuts_them(
    archive: Archive, making: Making, query: str, best: str, other: str
) -> None:
    first, second = fill(archive, making, ("Headline", best), ("Headline", other))
    assert ranked(archive, query) == [first, second]


def test_equal_matches_stay_in_the_order_of_arrival_latest_first(archive: Archive, making: Making) -> None:
    ids = fill(archive, making, *[("Headline", "A strike.")] * 3)
    assert ranked(archive, "strike") == ids[::-1]


def test_a_search_that_takes_too_long_is_stopped_and_says_what_to_do(archive: Archive, making: Making) -> None:
    fill(archive, making, *[("Headline", f"A strike, a crane and {number} boxes.") for number in range(300)])
    with pytest.raises(TooBroad, match=r"search: 'strike' took longer than 0 s .* add a rarer word, or dates"):
        search(archive, "strike", seconds=0)
    assert len(search(archive, "strike", limit=500)) == 300, "the next search has its own time"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("after:2026-03-02 strike", [1, 2, 3]),
        ("before:2026-03-03 strike", [0, 1]),
        ("after:2026-03-02 before:2026-03-03 strike", [1]),
        ("after:2026-03-02T12:00:00Z strike", [1, 2, 3]),
        ("after:2026-03-02T12:00:01Z strike", [2, 3]),
        ("before:2026-03-02T12:00:00Z strike", [0]),
        ("after:2026-03-04", [3]),
        ("after:2026-04 strike", []),
        ("before:2026 strike", []),
        ("after:2026-03-03 before:2026-03-02 strike", []),
        ("after:2025 before:2027 strike", [0, 1, 2, 3]),
    ],
)
@pytest.mark.parametrize("counted", [50_000, 1])
def test_dates_bound_a_search_whether_few_or_many_articles_lie_between(
    archive: Archive, making: Making, monkeypatch: pytest.MonkeyPatch, query: str, numbers: list[int], counted: int
) -> None:
    monkeypatch.setattr("monitors.archive.search._COUNTED", counted)
    # Old reports may arrive late: ids are in order of arrival, not of publication.
    days = [2, 0, 3, 1]
    ids = {
        day: articles.insert(
            archive, making(str(day), text="A strike.", published=making().published + timedelta(days=day))
        )
        for day in days
    }
    assert {hit.article_id for hit in search(archive, query)} == {ids[number] for number in numbers}
