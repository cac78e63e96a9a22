"""The search index, filled anew from the stored texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from monitors.archive.tables import TRIGGERS

Writing = Callable[[], AbstractContextManager[Any]]


def rebuild_index(connection: sqlite3.Connection, writing: Writing) -> None:
    """Empty the search index and fill it from the stored texts, in one transaction."""
    with writing():
        connection.execute("insert into search_index (search_index) values ('delete-all')")
        connection.execute(
            "insert into search_index (rowid, title, text) "
            "select article_id, seg(title), seg(text) from article_texts order by article_id"
        )


def mend_index(connection: sqlite3.Connection, writing: Writing) -> None:
    """Make the triggers of the search index that are missing, and fill the index from the stored texts."""
    with writing():
        there = {row[0] for row in connection.execute("select name from sqlite_master where type = 'trigger'")}
        for name, statement in TRIGGERS.items():
            if name not in there:
                connection.execute(statement.strip())
        rebuild_index(connection, writing)
