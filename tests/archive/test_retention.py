"""Old texts go; what was found in them, and what proves it, stays; search follows."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from storing import development

from monitors.archive import articles, developments, mentions, pages, retention, unread
from monitors.archive.connection import Archive
from monitors.archive.integrity import index_in_step, pages_sound
from monitors.archive.records import Article, Evidence, Mention
from monitors.archive.retention import Dropped, drop_texts, protected, would_drop
from monitors.archive.search import search
from monitors.clock import from_iso, iso

NOON = from_iso("2026-03-01T12:00:00Z")
DAY = timedelta(days=1)
BEFORE = NOON - 30 * DAY
Making = Callable[..., Article]


def old(making: Making, name: str, days: int = 40, **values: object) -> Article:
    return making(name, title=f"Headline {name}", text=f"The text of {name}.", discovered=NOON - days * DAY, **values)


@pytest.fixture
def ids(archive: Archive, making: Making) -> dict[str, int]:
    """Articles by what they are, all but the last of them forty days old."""
    names = {
        name: articles.insert(archive, old(making, name)) for name in ("plain", "revised", "raised", "proof", "waiting")
    }
    names["fresh"] = articles.insert(archive, old(making, "fresh", days=29))
    names["foreign"] = articles.insert(archive, old(making, "foreign", monitor="airport"))
    stored = articles.get(archive, names["revised"])
    articles.revise(archive, stored, title="Headline revised", text="A new text.", title_hash=None, replaced=NOON)
    developments.insert(archive, development(names["raised"], Evidence(names["proof"], "The text", "text", 0, 8)))
    mentions.replace_mentions(
        archive, names["plain"], [Mention("port-talks", "scheduled", "certain", "The text of plain.", "text", 0, 18)]
    )
    archive.insert("pages", {"article_id": names["plain"], "outcome": "read", "baseline": 0, "summary": "The summary."})
    unread.enqueue(archive, [names["waiting"]], baseline=False)
    return names


def test_texts_revisions_and_summaries_go_and_are_counted(archive: Archive, ids: dict[str, int]) -> None:
    expected = Dropped(2, 1, 1, len("The text of plain.") + len("A new text.The text of revised.The summary."))
    assert would_drop(archive, "harbour", before=BEFORE) == expected
    assert articles.get(archive, ids["plain"]).text == "The text of plain."
    assert drop_texts(archive, "harbour", before=BEFORE, now=NOON) == expected
    assert [articles.get(archive, ids[name]).text for name in ("plain", "revised")] == ["", ""]
    (revision,) = articles.revisions(archive, ids["revised"])
    assert (revision.title, revision.text) == ("Headline revised", "")
    page = pages.get(archive, ids["plain"])
    assert page is not None
    assert page.summary == ""
    assert drop_texts(archive, "harbour", before=BEFORE, now=NOON) == Dropped()


def test_what_proves_a_development_what_waits_and_what_is_new_keeps_its_text(
    archive: Archive, ids: dict[str, int]
) -> None:
    before = {table: archive.values(f"select * from {table}") for table in ("developments", "evidence", "mentions")}
    titles = archive.values("select id, title, canonical_url, group_id from articles")
    drop_texts(archive, "harbour", before=BEFORE, now=NOON)
    for name in ("raised", "proof", "waiting", "fresh", "foreign"):
        assert articles.get(archive, ids[name]).text == f"The text of {name}.", name
    assert {table: archive.values(f"select * from {table}") for table in before} == before
    assert archive.values("select id, title, canonical_url, group_id from articles") == titles
    assert protected(archive, "harbour", before=BEFORE) == 2


def test_search_forgets_the_text_and_keeps_the_title(archive: Archive, ids: dict[str, int]) -> None:
    assert {hit.article_id for hit in search(archive, "text:plain")} == {ids["plain"]}
    drop_texts(archive, "harbour", before=BEFORE, now=NOON)
    assert search(archive, "text:plain") == []
    assert {hit.article_id for hit in search(archive, "title:plain")} == {ids["plain"]}
    assert {hit.article_id for hit in search(archive, "text:proof")} == {ids["proof"]}
    assert index_in_step(archive).state == "good"
    archive.change("insert into search_index (search_index) values ('integrity-check')")


def test_the_archive_says_when_a_text_was_removed_until_there_is_one_again(
    archive: Archive, ids: dict[str, int]
) -> None:
    drop_texts(archive, "harbour", before=BEFORE, now=NOON)
    marks = dict(archive.values("select article_id, dropped from article_texts"))
    assert {id_ for id_, dropped in marks.items() if dropped} == {ids["plain"], ids["revised"]}
    assert marks[ids["plain"]] == iso(NOON)
    article = articles.get(archive, ids["plain"])
    articles.revise(archive, article, title=article.title, text="Again.", title_hash=None, replaced=NOON)
    pages.complete(archive, ids["revised"], "From the page.")
    assert archive.values("select count(*) from article_texts where dropped is not null") == [(0,)]
    assert articles.revisions(archive, ids["plain"]) == []


DROPPING = """
import sys
from monitors.archive import retention
from monitors.archive.connection import open_archive
from monitors.clock import from_iso
later = from_iso("2026-06-01T12:00:00Z")
with open_archive(sys.argv[1]) as archive:
    print("ready", flush=True)
    retention._BATCH = 2
    retention.drop_texts(archive, "harbour", before=later, now=later)
    print("done", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process outright")
def test_a_process_killed_while_it_removes_leaves_search_in_step(
    archive: Archive, archive_path: Path, making: Making
) -> None:
    with archive.writing():
        for number in range(400):
            articles.insert(archive, old(making, f"many-{number}"))
    root = Path(__file__).parents[2]
    left = [400]
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", DROPPING, str(archive_path)], stdout=subprocess.PIPE, cwd=root
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while would_drop(archive, "harbour", before=BEFORE).articles == left[-1] and process.poll() is None:
                time.sleep(0.001)
            process.kill()
        assert index_in_step(archive).state == pages_sound(archive).state == "good"
        left.append(would_drop(archive, "harbour", before=BEFORE).articles)
    assert left == sorted(left, reverse=True)
    assert left[-1] < 400
    assert drop_texts(archive, "harbour", before=BEFORE, now=NOON).articles == left[-1]
    assert index_in_step(archive).state == "good"


def test_many_articles_go_in_short_transactions(
    archive: Archive, making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 3)
    for number in range(10):
        articles.insert(archive, old(making, f"many-{number}"))
    assert drop_texts(archive, "harbour", before=BEFORE, now=NOON).articles == 10


def test_tidying_tells_sqlite_of_the_tables_and_empties_the_log(
    archive: Archive, archive_path: Path, ids: dict[str, int]
) -> None:
    retention.tidy(archive)
    assert archive.values("select count(*) > 0 from sqlite_stat1") == [(1,)]
    assert Path(f"{archive_path}-wal").stat().st_size == 0
    assert len(ids) == 7
