"""Reading the archive page by page: everything once, in order, with filters, while others write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitors.archive import articles, copies
from monitors.archive import export as stored
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.export import PAGE, Wanted
from monitors.archive.records import Article
from monitors.errors import InputError
from monitors.exports.delimited import csv_lines
from monitors.exports.names import Names
from monitors.exports.records import COLUMNS, What, records


@pytest.fixture
def many(tmp_path: Path, make_article: Callable[..., Article]) -> Path:
    """More than two pages, published on few days and stored in another order."""
    path = tmp_path / "many.db"
    base = make_article(0).published
    count = PAGE * 2 + 7
    with open_archive(path) as archive:
        articles.insert_many(
            archive,
            [(make_article(n, published=base + timedelta(days=(count - n) % 5)), None) for n in range(count)],
        )
    return path


def test_every_article_once_by_day_and_then_by_arrival(many: Path) -> None:
    with open_reader(many) as archive:
        found = [(row["published"], row["id"]) for row in stored.articles(archive)]
    assert len(found) == PAGE * 2 + 7
    assert found == sorted(set(found))


def test_what_is_stored_meanwhile_is_not_part_of_it_and_no_writer_waits(
    many: Path, make_article: Callable[..., Article]
) -> None:
    with open_reader(many) as reader, open_archive(many, busy_timeout=0.05) as writer:
        reading = stored.articles(reader)
        next(reading)
        articles.insert(writer, make_article(9999))
        writer.checkpoint()
        assert sum(1 for _ in reading) == PAGE * 2 + 6


def test_the_walk_by_publication_sorts_nothing(many: Path) -> None:
    with open_reader(many) as archive:
        seen: list[str] = []
        archive.connection.set_trace_callback(seen.append)
        wanted = Wanted(since=date(2031, 3, 1), publisher="Velmora Wire", situation="x")
        assert list(stored.articles(archive, wanted)) == []
        archive.connection.set_trace_callback(None)
        statement = next(one for one in seen if "order by articles.published" in one)
        plan = archive.rows(f"explain query plan {statement}")
    outermost = [step["detail"] for step in plan if step["parent"] == 0]
    assert "articles_by_published" in outermost[0]
    assert not any("ORDER BY" in step for step in outermost)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), [1, 2, 3]),
        (Wanted(since=date(2031, 3, 2)), [2, 3]),
        (Wanted(until=date(2031, 3, 2)), [1, 2]),
        (Wanted(until=date.max), [1, 2, 3]),
        (Wanted(publisher="velmora wire"), [2]),
        (Wanted(language="ko"), [3]),
        (Wanted(situation="brunnick-saal-meeting"), [1, 2, 3]),
        (Wanted(situation="water-treaty"), []),
    ],
)
@pytest.mark.parametrize("what", [What.ARTICLES, What.DEVELOPMENTS])
def test_filters_narrow(archive: Archive, names: Names, what: What, wanted: Wanted, ids: list[int]) -> None:
    assert [row["id"] for row in records(archive, what, wanted, names)] == ids


def test_alerts_are_bounded_by_their_decision_and_health_is_of_no_situation(archive: Archive, names: Names) -> None:
    def ids(wanted: Wanted) -> list[int]:
        return [row["id"] for row in records(archive, What.ALERTS, wanted, names)]

    assert ids(Wanted()) == [1, 2]
    assert ids(Wanted(situation="brunnick-saal-meeting")) == [1]
    assert ids(Wanted(since=date(2031, 3, 2))) == []


def test_meetings_are_bounded_by_the_event(archive: Archive, names: Names) -> None:
    def count(wanted: Wanted) -> int:
        return len(list(records(archive, What.MEETINGS, wanted, names)))

    assert count(Wanted(since=date(2031, 6, 21))) == 1
    assert count(Wanted(since=date(2031, 6, 22))) == 0
    assert count(Wanted(until=date(2031, 6, 19))) == 0
    with pytest.raises(InputError, match="leave these options out"):
        list(records(archive, What.MEETINGS, Wanted(language="en"), names))


def test_an_update_names_what_it_updates(tmp_path: Path, make_article: Callable[..., Article], names: Names) -> None:
    with open_archive(tmp_path / "two.db") as archive:
        articles.insert_many(archive, [(make_article(n), None) for n in range(2)])
        copies.set_updates(archive, {2: 1})
        found = list(records(archive, What.ARTICLES, Wanted(), names))
    assert {row["id"]: row["update_of"] for row in found} == {1: None, 2: 1}
    header, *lines = list(csv_lines(COLUMNS[What.ARTICLES], found))
    at = header.split(",").index("update_of")
    assert sorted(line.split(",")[at] for line in lines) == ["", "1"]
