"""Mentions of situations in articles."""

from __future__ import annotations

from collections.abc import Iterable

from monitors.archive.connection import Archive, Row
from monitors.archive.records import Mention


def replace_mentions(archive: Archive, article_id: int, mentions: Iterable[Mention]) -> None:
    """Store what an article says, in place of what was stored of it before."""
    with archive.writing():
        archive.change("delete from mentions where article_id = ?", [article_id])
        archive.change_many(
            "insert into mentions (article_id, situation, status, factuality, sentence, field, start, \"end\", "
            "event_date, place, attribution, official, cue) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    article_id, m.situation, m.status, m.factuality, m.sentence, m.field, m.start, m.end,
                    m.event_date, m.place, m.attribution, int(m.official), m.cue,
                )
                for m in mentions
            ],
        )  # fmt: skip


def mentions_of(archive: Archive, article_id: int) -> tuple[Mention, ...]:
    """What an article says, in the order it was stored."""
    return tuple(
        _mention(row) for row in archive.rows("select * from mentions where article_id = ? order by id", [article_id])
    )


def _mention(row: Row) -> Mention:
    return Mention(
        situation=row["situation"],
        status=row["status"],
        factuality=row["factuality"],
        sentence=row["sentence"],
        field=row["field"],
        start=row["start"],
        end=row["end"],
        event_date=row["event_date"],
        place=row["place"],
        attribution=row["attribution"],
        official=bool(row["official"]),
        cue=row["cue"],
    )
