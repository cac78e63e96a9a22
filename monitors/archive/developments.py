"""Developments and the evidence for them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor
from monitors.archive.records import Development, Evidence
from monitors.clock import from_iso, iso
from monitors.errors import ArchiveError


def insert(archive: Archive, development: Development) -> Development:
    """Store a development with its evidence; the same value, with its id."""
    with archive.writing(full=True):
        know_monitor(archive, development.monitor)
        archive.change(
            "insert into situations (monitor, id, ledger) values (?, ?, '{}') on conflict do nothing",
            [development.monitor, development.situation],
        )
        development_id = archive.insert(
            "developments",
            {
                "monitor": development.monitor,
                "situation": development.situation,
                "status": development.status,
                "previous_status": development.previous_status,
                "article_id": development.article_id,
                "published": iso(development.published),
                "raised": iso(development.raised),
                "novelty": development.novelty,
                "reason": development.reason,
                "event_date": development.event_date,
                "place": development.place,
                "tier": development.tier,
                "families": json.dumps(development.families, ensure_ascii=False),
                "baseline": int(development.baseline),
            },
        )
        _store_evidence(archive, development_id, development.evidence)
        return replace(development, id=development_id)


def add_evidence(
    archive: Archive, development_id: int, evidence: Evidence, families: tuple[str, ...], tier: str
) -> None:
    """Add a supporting sentence, and set the families and the tier that now hold. The same sentence counts once."""
    with archive.writing():
        _store_evidence(archive, development_id, [evidence])
        archive.change(
            "update developments set families = ?, tier = ? where id = ?",
            [json.dumps(families, ensure_ascii=False), tier, development_id],
        )


def get(archive: Archive, development_id: int) -> Development:
    """One development with its evidence. Raises ArchiveError when there is none of that id."""
    row = archive.row("select * from developments where id = ?", [development_id])
    if row is None:
        raise ArchiveError(f"archive {archive.path}: no development {development_id}")
    return Development(
        monitor=row["monitor"],
        situation=row["situation"],
        status=row["status"],
        previous_status=row["previous_status"],
        article_id=row["article_id"],
        published=from_iso(row["published"]),
        raised=from_iso(row["raised"]),
        novelty=row["novelty"],
        reason=row["reason"],
        event_date=row["event_date"],
        place=row["place"],
        tier=row["tier"],
        families=tuple(json.loads(row["families"])),
        evidence=evidence_of(archive, development_id),
        baseline=bool(row["baseline"]),
        id=row["id"],
    )


def standing(archive: Archive, development_id: int) -> tuple[tuple[str, ...], str]:
    """The families that report a development, and its tier. Raises ArchiveError when there is none of that id."""
    row = archive.row("select families, tier from developments where id = ?", [development_id])
    if row is None:
        raise ArchiveError(f"archive {archive.path}: no development {development_id}")
    return tuple(json.loads(row["families"])), row["tier"]


def supported_by(archive: Archive, article_id: int) -> list[Development]:
    """The developments that an article is evidence for, baselines left out, in the order they were raised."""
    rows = archive.values(
        "select distinct development_id from evidence join developments on developments.id = development_id "
        "where evidence.article_id = ? and not developments.baseline order by development_id",
        [article_id],
    )
    return [get(archive, development_id) for (development_id,) in rows]


def has_copy_of(archive: Archive, development_id: int, article_id: int) -> bool:
    """Whether another article of the same copy group supports the development already."""
    found = archive.values(
        "select 1 from articles as copy cross join evidence on evidence.article_id = copy.id "
        "where copy.group_id = (select group_id from articles where id = ?) and copy.id <> ? "
        "and evidence.development_id = ? limit 1",
        [article_id, article_id, development_id],
    )
    return bool(found)


def evidence_of(archive: Archive, development_id: int) -> tuple[Evidence, ...]:
    """The evidence of a development, in the order it was found."""
    rows = archive.rows("select * from evidence where development_id = ? order by id", [development_id])
    return tuple(Evidence(r["article_id"], r["sentence"], r["field"], r["start"], r["end"]) for r in rows)


def listing(
    archive: Archive,
    monitor: str | None = None,
    *,
    situation: str | None = None,
    status: str | None = None,
    since: str | None = None,
    baseline: bool | None = None,
    ids: Collection[int] | None = None,
    limit: int = 100,
) -> list[Row]:
    """Developments, newest publication first, with what a reader needs beside them. Rows serialise as JSON.

    `since` is an ISO 8601 day or time in UTC and bounds `published`. `baseline` False leaves out what a feed already
    had when it was first polled, True asks for nothing else. `verdict` is that of the mark that counts, or None.
    """
    rows = archive.rows(
        "select developments.id, developments.monitor, situation, developments.status, previous_status, "
        "articles.title, publishers.name as publisher, articles.url, articles.language, "
        "developments.published, raised, event_date, place, tier, families, novelty, reason, developments.baseline, "
        "(select count(distinct article_id) from evidence where development_id = developments.id) as articles, "
        "(select verdict from marks where development_id = developments.id order by id desc limit 1) as verdict "
        "from developments join articles on articles.id = developments.article_id "
        "join publishers on publishers.id = articles.publisher_id "
        "where (:monitor is null or developments.monitor = :monitor) "
        "and (:situation is null or situation = :situation) and (:status is null or developments.status = :status) "
        "and (:since is null or developments.published >= :since) "
        "and (:baseline is null or developments.baseline = :baseline) "
        "and (:ids is null or developments.id in (select value from json_each(:ids))) "
        "order by developments.published desc, developments.id desc limit :limit",
        {
            "monitor": monitor, "situation": situation, "status": status, "since": since,
            "baseline": None if baseline is None else int(baseline), "limit": limit,
            "ids": None if ids is None else json.dumps(sorted(ids)),
        },
    )  # fmt: skip
    return [row | {"families": json.loads(row["families"]), "baseline": bool(row["baseline"])} for row in rows]


def _store_evidence(archive: Archive, development_id: int, evidence: Iterable[Evidence]) -> None:
    archive.change_many(
        'insert into evidence (development_id, article_id, sentence, field, start, "end") values (?, ?, ?, ?, ?, ?) '
        "on conflict do nothing",
        [(development_id, e.article_id, e.sentence, e.field, e.start, e.end) for e in evidence],
    )
