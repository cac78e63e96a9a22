"""Situations: their present state and the decider's ledger."""

from __future__ import annotations

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor


def load_ledgers(archive: Archive, monitor: str) -> dict[str, str]:
    """The stored ledger (JSON) of each situation of a monitor that has one."""
    return dict(archive.values("select id, ledger from situations where monitor = ? order by id", [monitor]))


def save_ledger(
    archive: Archive,
    monitor: str,
    situation_id: str,
    *,
    status: str | None,
    since: str | None,
    next_date: str | None,
    ledger: str,
) -> None:
    """Store the state of a situation and its ledger."""
    with archive.writing():
        know_monitor(archive, monitor)
        archive.change(
            "insert into situations (monitor, id, status, since, next_date, ledger) values (?, ?, ?, ?, ?, ?) "
            "on conflict (monitor, id) do update set status = excluded.status, since = excluded.since, "
            "next_date = excluded.next_date, ledger = excluded.ledger",
            [monitor, situation_id, status, since, next_date, ledger],
        )


def listing(archive: Archive, monitor: str | None = None) -> list[Row]:
    """Each situation with its status, since when, what date is next, and its last development. Serialises as JSON."""
    return archive.rows(
        "select situations.monitor, situations.id as situation, situations.status, since, next_date, "
        "developments.id as development, developments.status as development_status, "
        "developments.published as development_published, developments.novelty as development_novelty, "
        "articles.title as development_title, articles.canonical_url as development_url, "
        "(select count(*) from developments as d where d.monitor = situations.monitor "
        "and d.situation = situations.id) as developments "
        "from situations left join developments on developments.id = (select max(d.id) from developments as d "
        "where d.monitor = situations.monitor and d.situation = situations.id) "
        "left join articles on articles.id = developments.article_id "
        "where ? is null or situations.monitor = ? order by situations.monitor, situations.id",
        [monitor, monitor],
    )


_LATEST = 100
"""Latest developments among which the one that brought a status is looked for."""


def began(archive: Archive, monitor: str, situation: str, status: str | None, since: str | None) -> str | None:
    """When the report came out that brought the status on the day `since` (UTC); None: it is not among the latest."""
    rows = archive.values(
        "select published from (select status, published from developments where monitor = ? and situation = ? "
        "order by id desc limit ?) where status = ? and substr(published, 1, 10) = ? order by published limit 1",
        [monitor, situation, _LATEST, status, since],
    )
    return rows[0][0] if rows else None
