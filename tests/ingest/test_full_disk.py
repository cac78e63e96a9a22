"""A disk that fills up: a clear error, nothing half written, and a later pass that makes up for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from newsroom import OPENING, Newsroom, glacier, story

from monitors.archive import connection
from monitors.archive.connection import open_reader
from monitors.errors import ArchiveError
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.documents import Document

ROOT = Path(__file__).parents[2]


def long_stories(count: int) -> tuple[Document, ...]:
    """News in many words, which fills a disk."""
    return tuple(
        story(
            number,
            f"Tarnland and Velmora speak of the river, part {number}",
            " ".join(f"w{number * 5000 + word}" for word in range(3000)),
            hours=number / 100,
        )
        for number in range(10, 10 + count)
    )


@contextmanager
def disk_with_room_for(pages: int, archive: Path) -> Iterator[None]:
    """Let the archive grow by so many pages at most, whoever opens it."""
    with open_reader(archive) as reading:
        limit = reading.values("pragma page_count")[0][0] + pages
    prepared = connection._set_up_writer
    with pytest.MonkeyPatch.context() as patch:

        def limited(db: connection.sqlite3.Connection) -> None:
            prepared(db)
            db.execute(f"pragma max_page_count={limit}")

        patch.setattr(connection, "_set_up_writer", limited)
        yield


@pytest.mark.parametrize("pages", [0, 1, 2, 5, 12, 30])
def test_a_full_disk_ends_the_pass_and_the_next_makes_up_for_it(newsroom: Newsroom, pages: int) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    plan = long_stories(12)
    newsroom.publish(rss=(OPENING, *plan), atom=plan[:6], json=plan[3:])
    with (
        disk_with_room_for(pages, newsroom.archive),
        pytest.raises(ArchiveError, match=r"disk is full; free some space"),
    ):
        newsroom.run()
    assert newsroom.rows("pragma integrity_check") == [{"integrity_check": "ok"}]
    assert half_written(newsroom) == []
    summary = newsroom.run()
    assert newsroom.rows("select count(*) as n from articles") == [{"n": 13}]
    assert newsroom.rows("select * from unread") == []
    assert newsroom.rows("select 1 from runs where outcome = 'running'") == []
    assert summary.entries_new <= 12
    assert half_written(newsroom) == []


def half_written(newsroom: Newsroom) -> list[dict[str, object]]:
    """Articles without a text, entries without an article, developments without an alert: all of them impossible."""
    return [
        *newsroom.rows("select id from articles where id not in (select article_id from article_texts)"),
        *newsroom.rows("select key from entries where article_id not in (select id from articles)"),
        *newsroom.rows(
            "select id from developments where id not in (select development_id from alerts where development_id > 0)"
        ),
        *newsroom.rows("pragma foreign_key_check"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set with resource")
def test_the_command_ends_with_one_clear_line_when_no_more_can_be_written(tmp_path: Path) -> None:
    """The system itself refuses to let the file grow."""
    import resource

    archive, definition = tmp_path / "wirewatch.db", tmp_path / "monitor.yaml"
    with FeedServer() as server:
        server.publish({"rss": long_stories(40)})
        monitor = glacier([f"http://127.0.0.1:{server.port}/rss"])
        definition.write_text(yaml.safe_dump(monitor.model_dump(mode="json", exclude_none=True)), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "monitors.cli", "run", "--plain", "--monitor", definition, "--archive", archive],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000)),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("wirewatch: ")] == [
        line for line in done.stderr.splitlines() if str(archive) in line
    ]
    assert str(archive) in done.stderr
