"""The queue of articles that were stored and wait to be read for developments.

Storing and reading are two transactions; what a crash leaves between them is read by the next pass.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitors.archive.connection import Archive


def enqueue(archive: Archive, article_ids: Iterable[int], *, baseline: bool) -> None:
    """Have articles read by the next detection.

    One that waits already stays; what is news in any of the ways it came is read as news.
    """
    archive.change_many(
        "insert into unread (article_id, baseline) values (?, ?) "
        "on conflict (article_id) do update set baseline = min(baseline, excluded.baseline)",
        [(article_id, int(baseline)) for article_id in article_ids],
    )


def waiting(archive: Archive, monitor: str) -> list[tuple[int, bool]]:
    """(article id, baseline) of all that wait, in the order of publication."""
    rows = archive.values(
        "select article_id, baseline from unread join articles on articles.id = article_id "
        "where articles.monitor = ? order by articles.published, articles.id",
        [monitor],
    )
    return [(article_id, bool(baseline)) for article_id, baseline in rows]


def done(archive: Archive, article_id: int) -> None:
    """Take an article off the queue; belongs into the transaction that stores what was read."""
    archive.change("delete from unread where article_id = ?", [article_id])
