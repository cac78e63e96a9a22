"""The same headline under different marks."""

from __future__ import annotations

import pytest

from monitors.articles.titles import bare_title, title_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Port talks set for Thursday", "Port talks set for Thursday - Harbour Post"),
        ("Port talks set for Thursday", "PORT TALKS SET FOR THURSDAY | Harbour Post"),
        ("Port talks set for Thursday", "UPDATE 2-Port talks set for Thursday"),
        ("Port talks set for Thursday", "Exclusive: Port talks set for Thursday"),
        ("Port talks set for Thursday", "(LEAD) Port talks set for Thursday"),
        ("Port talks set for Thursday", "Port talks “set” for Thursday!"),
        ("북미 정상회담 6월 12일 싱가포르서 개최", "[속보] 북미 정상회담 6월 12일 싱가포르서 개최"),
        ("북미 정상회담 6월 12일 싱가포르서 개최", "북미 정상회담 6월 12일 싱가포르서 개최(종합)"),
        ("米朝首脳会談、6月12日に開催", "【速報】米朝首脳会談、6月12日に開催"),
        ("川金會將於6月12日在新加坡舉行", "快讯：川金會將於6月12日在新加坡舉行"),
    ],
)
def test_marks_around_a_headline_do_not_count(one: str, other: str) -> None:
    assert title_hash(one) is not None
    assert title_hash(one) == title_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trump to meet Kim in Hanoi", "Trump to meet Kim in Singapore"),
        ("Port talks set for Thursday", "Port talks not set for Thursday"),
        ("Port talks set for Thursday", "Port talks set for Friday"),
        ("북미 정상회담 6월 개최", "북미 정상회담 6월 취소"),
    ],
)
def test_headlines_that_say_different_things_differ(one: str, other: str) -> None:
    assert title_hash(one) != title_hash(other)


@pytest.mark.parametrize("title", ["", "Live", "Breaking news", "속보", "Photos - Harbour Post"])
def test_a_headline_of_too_few_words_has_no_hash(title: str) -> None:
    assert title_hash(title) is None


def test_a_hash_fits_the_integers_of_the_archive() -> None:
    assert all(0 <= (title_hash(f"Port talks set for day {n}") or -1) < 2**63 for n in range(200))


def test_a_headline_that_is_all_mark_stays() -> None:
    assert bare_title("[속보]") == "[속보]"
