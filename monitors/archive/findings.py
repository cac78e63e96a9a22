"""What the archive recorded of one article: the developments that it raised or supports, and those before it."""

from __future__ import annotations

from monitors.archive.connection import Archive, Row


def developments_with(archive: Archive, article_id: int) -> list[Row]:
    """The developments that rest on an article, oldest first; `raised` tells those that it raised itself."""
    rows = archive.rows(
        "select id, situation, status, event_date, place, novelty, reason, baseline, article_id = :article as raised "
        "from developments where article_id = :article "
        "or id in (select development_id from evidence where article_id = :article) order by id",
        {"article": article_id},
    )
    return [row | {"baseline": bool(row["baseline"]), "raised": bool(row["raised"])} for row in rows]


def known_before(archive: Archive, article_id: int) -> frozenset[int]:
    """The developments that had been raised when an article was read.

    Mentions are stored in the order in which articles are read, so the articles with earlier ones were read before.
    One that was read again, because its publisher changed it, counts from then.
    """
    return frozenset(
        row[0]
        for row in archive.values(
            "select developments.id from developments where article_id <> :article and "
            "(select min(id) from mentions where mentions.article_id = developments.article_id) < "
            "(select min(id) from mentions where article_id = :article)",
            {"article": article_id},
        )
    )
