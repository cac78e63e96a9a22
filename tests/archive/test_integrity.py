"""Each thing that can go wrong with an archive is named, with what to do about it."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitors.archive import alerts, articles, copies, developments, index, integrity, unread
from monitors.archive.connection import open_archive, open_reader
from monitors.archive.integrity import Finding, disk, examine, size_text
from monitors.archive.records import Alert, Article, Delivery, Development, SignatureRow
from monitors.clock import from_iso

NOON = from_iso("2026-03-01T12:00:00Z")
Making = Callable[..., Article]


@pytest.fixture
def sound(archive_path: Path, making: Making) -> Path:
    """An archive with articles in three scripts, a development, and an alert that was sent."""
    with open_archive(archive_path) as archive:
        for name, text in (("en", "The crane, in café No. 7."), ("ko", "남북 정상회담을 열기로 했다"), ("none", "")):
            articles.insert(archive, making(name, title=f"Headline {name}", text=text))
        copies.store_signature(archive, 1, SignatureRow(1, 9, (1, 2**62), (2,)))
        raised = developments.insert(
            archive, Development("harbour", "talks", "agreed", None, 1, NOON, NOON, "first", "said so")
        )
        alert = alerts.insert_alert(archive, Alert("harbour", raised.id, NOON, "alert", "new"))
        alerts.insert_deliveries(archive, [Delivery(alert.id, "screen", "k1", "{}", "sent")])
    return archive_path


def ill(path: Path) -> dict[str, Finding]:
    """What is not good, by its subject."""
    with open_reader(path) as archive:
        return {one.subject: one for one in examine(archive, path, NOON) if one.state != "good"}


def damage(path: Path, *statements: str) -> None:
    """Change the file behind our back, as another tool would."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("seg", 1, lambda text: text)
        for statement in statements:
            connection.execute(statement)


def test_a_sound_archive_has_nothing_to_mend(sound: Path) -> None:
    assert ill(sound) == {}


@pytest.mark.parametrize(
    ("statements", "subject", "state", "says"),
    [
        (["drop trigger search_index_update"], "triggers", "broken", "search_index_update is gone.*--rebuild-index"),
        (["delete from publishers"], "references", "broken", "articles row 1 refers to a missing row of publishers"),
        (["delete from article_texts where article_id = 2"], "references", "broken", "article 2 has no row in"),
        (["insert into fingerprints values (7, 3)"], "references", "broken", "fingerprints are left of article 3"),
        (
            ["delete from fingerprints where article_id = 1"],
            "references",
            "broken",
            "copies of article 1 cannot be found: its fingerprints are gone",
        ),
        (
            ["drop trigger search_index_update", "update article_texts set text = 'tugboats' where article_id = 3"],
            "search index",
            "broken",
            r"words of 1 article \(3\); wirewatch maintain --rebuild-index",
        ),
        (
            ["drop trigger search_index_insert", "insert into article_texts values (4, 't', 't', null)"],
            "search index",
            "broken",
            "it has 3 articles, the archive 4",
        ),
        (
            ["insert into search_index (search_index) values ('delete-all')"],
            "search index",
            "broken",
            "it has 0 articles, the archive 3",
        ),
        (["update deliveries set state = 'dead'"], "outbox", "look", "1 dead; wirewatch alerts says why"),
        (["update deliveries set state = 'pending', attempts = 2"], "outbox", "look", "1 failed so far"),
        (
            ["update deliveries set state = 'held', held_for = 'group', not_before = '2001-01-01T07:00:00Z'"],
            "outbox",
            "look",
            "1 due for over an hour: wirewatch run sends what waits",
        ),
        (
            ["update deliveries set state = 'pending', not_before = '2026-03-01T10:00:00Z'"],
            "outbox",
            "look",
            "1 due for over an hour: wirewatch run",
        ),
        (
            ["delete from deliveries", "delete from alerts"],
            "decisions",
            "broken",
            "without an alert decision: 1 development;",
        ),
        (
            ["insert into troubles values ('harbour', 'channel x', 'undelivered', '2026-03-01T10:00:00Z', null, 'z')"],
            "own work",
            "look",
            "channel x of harbour .undelivered. since 2026-03-01 10:00 UTC; wirewatch alerts says why",
        ),
        (["insert into unread values (1, 0)"], "decisions", "look", "waiting to be read: 1 article;"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_damage_is_named_with_what_to_do(
    sound: Path, statements: list[str], subject: str, state: str, says: str
) -> None:
    damage(sound, *statements)
    found = ill(sound)
    assert subject in found
    assert found[subject].state == state
    assert re.search(says, found[subject].detail), found[subject].detail


def test_what_is_held_is_counted_with_what_it_waits_for(sound: Path) -> None:
    damage(sound, "update deliveries set state = 'held', held_for = 'quiet', not_before = '2999-01-01T07:00:00Z'")
    with open_reader(sound) as archive:
        found = integrity.outbox(archive, NOON)
    assert (found.state, found.detail) == (
        "good",
        "0 pending, 0 sent, 0 dead, 1 held (1 for the end of quiet hours until 2999-01-01 07:00 UTC)",
    )


def test_a_page_that_is_overwritten_is_named_and_a_backup_advised(sound: Path) -> None:
    with contextlib.closing(sqlite3.connect(sound)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        (page,) = connection.execute("select rootpage from sqlite_master where name = 'polls_by_feed'").fetchone()
    content = bytearray(sound.read_bytes())
    content[(page - 1) * 8192 : page * 8192] = b"\xa5" * 8192
    sound.write_bytes(content)
    assert ill(sound)["integrity"].state == "broken"
    assert "wirewatch restore" in ill(sound)["integrity"].detail


def test_a_log_that_has_grown_is_named(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "LONG_LOG_BYTES", 1000)
    with open_archive(sound) as archive:
        unread.enqueue(archive, [1], baseline=False)
        unread.done(archive, 1)
        assert "wirewatch maintain folds it in" in ill(sound)["archive"].detail


@pytest.mark.parametrize(("free", "state"), [(10**7, "broken"), (5 * 10**8, "look"), (5 * 10**9, "good")])
def test_a_disk_that_fills_up_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free})())
    assert disk(tmp_path / "not" / "yet" / "wirewatch.db").state == state


def test_the_index_and_its_triggers_are_mended(sound: Path) -> None:
    damage(
        sound,
        "drop trigger search_index_update",
        "drop trigger search_index_delete",
        "update article_texts set text = 'tugboats' where article_id = 3",
    )
    with open_archive(sound) as archive:
        index.mend_index(archive.connection, archive.writing)
    assert ill(sound) == {}


def test_a_delivery_that_is_not_yet_due_is_no_finding(sound: Path) -> None:
    later = (NOON + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    damage(sound, f"update deliveries set state = 'pending', not_before = '{later}'")
    assert ill(sound) == {}


def test_sizes_read_as_a_person_says_them() -> None:
    assert [size_text(n) for n in (0, 999, 1500, 2_000_000, 3 * 10**12)] == [
        "0 bytes", "999 bytes", "1.5 kB", "2.0 MB", "3000.0 GB",
    ]  # fmt: skip
