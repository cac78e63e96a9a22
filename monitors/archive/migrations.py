"""The archive's tables, by sqlite-utils' migrations. Append only: a released migration is never edited.

Tables change by `add_column` and plain SQL, never by `transform()`, which drops a table's triggers without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlite_utils import Database, Migrations

from monitors.archive.tables import STATEMENTS

steps = Migrations("wirewatch")


@steps()
def m001_first_tables(db: Database) -> None:
    for statement in STATEMENTS:
        db.execute(statement.strip())


VERSION = 1
"""Number of the latest migration; the archive carries it as `user_version`."""


def apply(db: Database) -> None:
    """Apply the pending migrations. Raises sqlite3.DatabaseError; what failed leaves nothing behind."""
    steps.apply(db)


def rebuild_index(db: Database, writing: Callable[[], AbstractContextManager[Any]]) -> None:
    """Empty the search index and fill it from the stored texts, in one transaction."""
    with writing():
        db.execute("insert into search_index (search_index) values ('delete-all')")
        db.execute(
            "insert into search_index (rowid, title, text) "
            "select article_id, seg(title), seg(text) from article_texts order by article_id"
        )
