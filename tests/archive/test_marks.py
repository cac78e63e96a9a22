"""What people say of a development, and the labelled examples it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitors.archive import articles, developments, marks
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Development, Evidence, Mark
from monitors.clock import from_iso
from monitors.errors import InputError

NOON = from_iso("2026-03-01T12:00:00Z")
SAID = "Talks will be held."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three developments: two of port-talks, one of ferry-talks."""
    with open_archive(tmp_path / "wirewatch.db") as opened:
        for number, situation in enumerate(("port-talks", "port-talks", "ferry-talks"), 1):
            url = f"https://post.example/{number}"
            id_ = articles.insert(opened, Article("harbour", url, url, f"Title {number}", SAID, "en", "Post", "post",
                                                  NOON, NOON))  # fmt: skip
            developments.insert(
                opened,
                Development("harbour", situation, "scheduled", None, id_, NOON, NOON, "status", "why",
                            evidence=(Evidence(id_, SAID, "text", 0, len(SAID)),)),
            )  # fmt: skip
        yield opened


def mark(development: int, verdict: str, comment: str = "it was history", into: int | None = None) -> Mark:
    return Mark(development, verdict, "ada", comment, NOON + timedelta(hours=development), into)


def test_the_latest_mark_of_a_development_counts(archive: Archive) -> None:
    marks.add(archive, mark(1, "wrong"))
    marks.add(archive, mark(2, "merged", into=1))
    marks.add(archive, mark(1, "right", "I misread it"))
    assert {id_: row["verdict"] for id_, row in marks.latest_of(archive, [1, 2, 3]).items()} == {
        1: "right",
        2: "merged",
    }
    assert [row["verdict"] for row in marks.of_development(archive, 1)] == ["right", "wrong"]
    listed = marks.listing(archive)
    assert [(row["development_id"], row["verdict"], row["counts"]) for row in listed] == [
        (1, "right", True), (2, "merged", True), (1, "wrong", False),
    ]  # fmt: skip
    assert marks.listing(archive, "elsewhere") == []


def test_each_marked_development_is_one_example(archive: Archive) -> None:
    marks.add(archive, mark(3, "wrong"))
    marks.add(archive, mark(2, "merged", into=1))
    marks.add(archive, mark(3, "right"))
    found = list(marks.examples(archive))
    assert [(one["development"], one["verdict"], one["merged_into"]) for one in found] == [
        (2, "merged", 1), (3, "right", None),
    ]  # fmt: skip
    assert {name: found[0][name] for name in ("doc", "situation", "status", "sentence", "language", "published")} == {
        "doc": "2", "situation": "port-talks", "status": "scheduled", "sentence": SAID, "language": "en",
        "published": "2026-03-01T12:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (mark(9, "wrong"), "development 9: there is none"),
        (mark(1, "odd"), "expected one of wrong, merged, right"),
        (mark(1, "merged"), "names another one"),
        (mark(1, "wrong", into=2), "names another one"),
        (mark(1, "merged", into=1), "into itself"),
        (mark(1, "merged", into=3), "another situation"),
        (mark(1, "merged", into=9), "development 9: there is none"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(archive: Archive, wrong: Mark, says: str) -> None:
    with pytest.raises(InputError, match=says):
        marks.add(archive, wrong)
    assert marks.listing(archive) == []


def test_two_developments_are_not_merged_into_each_other(archive: Archive) -> None:
    marks.add(archive, mark(2, "merged", into=1))
    with pytest.raises(InputError, match="merged into 1 itself"):
        marks.add(archive, mark(1, "merged", into=2))
    marks.add(archive, mark(2, "right"))
    marks.add(archive, mark(1, "merged", into=2))
    assert marks.latest_of(archive, [1])[1]["merged_into"] == 2
