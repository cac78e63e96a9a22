"""An update that a publisher puts under an address of its own is told apart from a copy."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import stories

from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article
from monitors.articles.keep import keep, keep_all

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = stories.sentences(1)


def make(name: str, text: str, minutes: int, publisher: str = "Agency") -> Article:
    url, when = f"https://agency.example/{name}", NOON + timedelta(minutes=minutes)
    return Article("harbour", url, url, f"Headline of {name} today now", text, "en", publisher, publisher, when, when)


FLASH = make("flash", " ".join(LINES[:4]), 0)
STORY = make("story", " ".join(LINES), 20)
ADDED = make("added", " ".join([*LINES, *stories.sentences(2, 1)]), 40)
ELSEWHERE = make("elsewhere", " ".join([*LINES, *stories.sentences(3, 1)]), 50, "Post")
AGAIN = make("again", " ".join([*LINES, *stories.sentences(2, 1)]), 60)
OTHER = make("other", stories.story(9), 70)
STREAM = (FLASH, STORY, ADDED, ELSEWHERE, AGAIN, OTHER)


def updates(archive: Archive) -> dict[str, str]:
    return {
        later.rpartition("/")[2]: earlier.rpartition("/")[2]
        for later, earlier in archive.values(
            "select later.url, earlier.url from articles as later join articles as earlier "
            "on earlier.id = later.update_of"
        )
    }


@pytest.mark.parametrize("order", [STREAM, STREAM[::-1], (ADDED, OTHER, FLASH, ELSEWHERE, AGAIN, STORY)])
@pytest.mark.parametrize("together", [True, False])
def test_an_update_names_the_latest_earlier_text_that_it_holds(order: tuple[Article, ...], together: bool) -> None:
    with open_archive(":memory:") as archive:
        if together:
            keep_all(archive, order)
        else:
            for article in order:
                keep(archive, article)
        assert updates(archive) == {"story": "flash", "added": "story", "again": "story"}
        groups = dict(archive.values("select url, group_id from articles"))
        assert len({groups[one.url] for one in (FLASH, STORY, ADDED, ELSEWHERE, AGAIN)}) == 1


def test_a_changed_word_is_an_update_though_the_texts_are_alike() -> None:
    with open_archive(":memory:") as archive:
        keep(archive, STORY)
        keep(archive, make("corrected", STORY.text.replace(STORY.text.split()[30], "seventeen"), 30))
        assert updates(archive) == {"corrected": "story"}


def test_a_shortened_version_updates_nothing() -> None:
    with open_archive(":memory:") as archive:
        keep(archive, STORY)
        keep(archive, make("short", " ".join(LINES[:5]), 30))
        assert updates(archive) == {}


def test_what_is_rewritten_to_something_else_is_an_update_no_more() -> None:
    with open_archive(":memory:") as archive:
        for article in (FLASH, STORY):
            keep(archive, article)
        keep(archive, replace(FLASH, text=stories.story(30), discovered=NOON + timedelta(hours=2)))
        assert updates(archive) == {}


def test_keeping_the_same_again_changes_nothing() -> None:
    with open_archive(":memory:") as archive:
        for article in itertools.chain(STREAM, STREAM):
            keep(archive, article)
        assert updates(archive) == {"story": "flash", "added": "story", "again": "story"}
