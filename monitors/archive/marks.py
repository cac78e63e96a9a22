"""Marks: what people say of a development, kept as labelled examples. The latest mark of a development counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace

from monitors.archive.connection import Archive, Row
from monitors.archive.records import Mark
from monitors.clock import iso
from monitors.errors import InputError

VERDICTS = ("wrong", "merged", "right")
"""No such development; the same as another one; as it should be, also after an earlier mark that was a mistake."""

_FIELDS = "id, development_id, verdict, merged_into, author, comment, created"
_PAGE = 500
"""Examples that are in memory at a time."""


def add(archive: Archive, mark: Mark) -> Mark:
    """Store a mark; the same value, with its id.

    Raises InputError when there is no such development, or none that it could be merged into: one of the same
    situation that is itself merged into no other.
    """
    if mark.verdict not in VERDICTS:
        raise InputError(f"verdict {mark.verdict}: expected one of {', '.join(VERDICTS)}")
    if (mark.verdict == "merged") != (mark.merged_into is not None):
        raise InputError("only a development that is merged names another one that it belongs to")
    with archive.writing(full=True):
        marked = _situation(archive, mark.development_id)
        if mark.merged_into is not None:
            _check_target(archive, mark, mark.merged_into, marked)
        mark_id = archive.insert(
            "marks",
            {
                "development_id": mark.development_id,
                "verdict": mark.verdict,
                "merged_into": mark.merged_into,
                "author": mark.author,
                "comment": mark.comment,
                "created": iso(mark.created),
            },
        )
        return replace(mark, id=mark_id)


def latest_of(archive: Archive, development_ids: Collection[int]) -> dict[int, Row]:
    """The mark that counts of each development that has one, by the development's id."""
    rows = archive.rows(
        f"select {_FIELDS} from marks where id in (select max(id) from marks "
        "where development_id in (select value from json_each(?)) group by development_id)",
        [json.dumps(sorted(development_ids))],
    )
    return {row["development_id"]: row for row in rows}


def of_development(archive: Archive, development_id: int) -> list[Row]:
    """All marks of one development, the latest first."""
    return archive.rows(f"select {_FIELDS} from marks where development_id = ? order by id desc", [development_id])


def listing(archive: Archive, monitor: str | None = None, *, limit: int = 100) -> list[Row]:
    """Marks, the newest first, with the development they are about. Rows serialise as JSON.

    `counts` is False for a mark that a later one of the same development replaced.
    """
    rows = archive.rows(
        "select marks.id, development_id, monitor, situation, status, verdict, merged_into, author, comment, created, "
        "marks.id = (select max(later.id) from marks as later where later.development_id = marks.development_id) "
        "as counts from marks join developments on developments.id = development_id "
        "where (:monitor is null or monitor = :monitor) order by marks.id desc limit :limit",
        {"monitor": monitor, "limit": limit},
    )
    return [row | {"counts": bool(row["counts"])} for row in rows]


def examples(archive: Archive) -> Iterator[Row]:
    """Each marked development as a labelled example, in the order of the developments.

    `doc`, `published`, `situation` and `status` are those of a line of a replay of the archive. `sentence` is the one
    that raised it, and `language` that of its article.
    """
    at = 0
    while rows := archive.rows(
        "select developments.id as development, marks.verdict, merged_into, developments.monitor, situation, "
        "developments.status, previous_status, event_date, place, sentence, field, language, articles.title, "
        "developments.article_id as doc, developments.published, comment, marks.created as marked "
        "from developments join articles on articles.id = developments.article_id "
        "join marks on marks.id = (select max(id) from marks where development_id = developments.id) "
        "left join evidence on evidence.id = coalesce((select min(one.id) from evidence as one "
        "where one.development_id = developments.id and one.article_id = developments.article_id), "
        "(select min(one.id) from evidence as one where one.development_id = developments.id))"
        f" where developments.id > ? order by developments.id limit {_PAGE}",
        [at],
    ):
        at = rows[-1]["development"]
        for row in rows:
            yield row | {"doc": str(row["doc"]), "sentence": row["sentence"] or ""}


def _situation(archive: Archive, development_id: int) -> tuple[str, str]:
    rows = archive.values("select monitor, situation from developments where id = ?", [development_id])
    if not rows:
        raise InputError(f"development {development_id}: there is none of that number")
    return rows[0][0], rows[0][1]


def _check_target(archive: Archive, mark: Mark, target: int, marked: tuple[str, str]) -> None:
    if target == mark.development_id:
        raise InputError(f"development {target}: it cannot be merged into itself")
    if _situation(archive, target) != marked:
        raise InputError(f"development {target}: it is of another situation than {mark.development_id}")
    further = latest_of(archive, [target]).get(target)
    if further is not None and further["verdict"] == "merged":
        raise InputError(
            f"development {target}: it is merged into {further['merged_into']} itself; name that one instead"
        )
