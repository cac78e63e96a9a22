"""What lies behind the window leaves the lookup of copies, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitors.archive.connection import open_archive
from monitors.archive.copies import withdrawn_up_to
from monitors.archive.records import Article
from monitors.articles.grouping import POSTED_FOR, forget_old_postings
from monitors.articles.keep import keep

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make(name: str, when: datetime, text: str | None = None) -> Article:
    words = text or " ".join(f"{name}{number}" for number in range(80))
    url = f"https://{name}.example/a"
    return Article("harbour", url, url, f"A headline about {name} today", words, "en", name, name, when, when)


@pytest.mark.parametrize("limit", [None, 1, 5])
def test_only_what_arrived_before_the_window_is_withdrawn(limit: int | None) -> None:
    with open_archive(":memory:") as archive:
        old = [keep(archive, make(name, NOON)).article for name in ("one", "two")]
        new = keep(archive, make("three", NOON + timedelta(days=40))).article
        now = NOON + POSTED_FOR + timedelta(hours=1)
        assert forget_old_postings(archive, now, limit) == (1 if limit == 1 else 2)
        while forget_old_postings(archive, now, limit):
            pass
        assert archive.values("select distinct article_id from fingerprints") == [(new.id,)]
        assert archive.values("select count(*) from signatures") == [(3,)]
        assert withdrawn_up_to(archive) == old[-1].id
        changed = keep(archive, make("one", now, " ".join(f"other{number}" for number in range(80))))
        assert changed.outcome == "revised"
        assert archive.values("select distinct article_id from fingerprints") == [(new.id,)]


def test_a_copy_within_the_window_that_comes_late_is_still_found() -> None:
    with open_archive(":memory:") as archive:
        first = keep(archive, make("one", NOON)).article
        forget_old_postings(archive, NOON + POSTED_FOR)
        late = make("two", NOON + timedelta(days=29), first.text)
        assert keep(archive, late).group_id == first.id
