"""What a digest is made of: counts and rows of a span of time."""

from __future__ import annotations

from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.clock import from_iso, iso


def raised(archive: Archive, monitor: str, begins: datetime, ends: datetime) -> list[Row]:
    """The developments raised in [begins, ends), in that order, each with what was decided and why it was not sent.

    `told` is 1 when at least one channel was or will be told; `unsent` says why others were not.
    """
    return archive.rows(
        "select developments.id, situation, developments.status, previous_status, event_date, place, "
        "developments.tier, json_array_length(families) as families, articles.title, articles.url, "
        "publishers.name as publisher, developments.published, raised, decision, alerts.reason, "
        "exists (select 1 from deliveries where alert_id = alerts.id and state not in ('muted', 'dead')) as told, "
        "(select group_concat(distinct deliveries.detail) from deliveries "
        "where alert_id = alerts.id and state in ('muted', 'dead')) as unsent from developments "
        "join articles on articles.id = developments.article_id "
        "join publishers on publishers.id = articles.publisher_id "
        "left join alerts on development_id = developments.id "
        "where developments.monitor = ? and raised >= ? and raised < ? and developments.baseline = 0 "
        "order by developments.id",
        [monitor, iso(begins), iso(ends)],
    )


def volume(archive: Archive, monitor: str, begins: datetime, ends: datetime) -> Row:
    """Counts of a span: articles kept, how many were copies, families they came from, polls, and failed ones."""
    kept = archive.row(
        "select count(*) as articles, coalesce(sum(articles.group_id <> articles.id), 0) as copies, "
        "count(distinct publishers.family) as families from articles "
        "join publishers on publishers.id = articles.publisher_id "
        "where articles.monitor = ? and discovered >= ? and discovered < ?",
        [monitor, iso(begins), iso(ends)],
    )
    polls = archive.row(
        "select count(*) as polls, coalesce(sum(outcome not in ('ok', 'unchanged')), 0) as failed from polls "
        "join feeds on feeds.id = feed_id where monitor = ? and started >= ? and started < ?",
        [monitor, iso(begins), iso(ends)],
    )
    return {**(kept or {}), **(polls or {})}


def ill_feeds(archive: Archive, monitor: str) -> list[Row]:
    """The feeds that are ill now, with their verdict, since when, and why."""
    return archive.rows(
        "select url, verdict, since, detail from feed_health join feeds on feeds.id = feed_id "
        "where monitor = ? and verdict <> 'healthy' order by since",
        [monitor],
    )


def undelivered(archive: Archive, monitor: str, begins: datetime) -> list[Row]:
    """Channels with deliveries that were given up, of alerts decided since a time; how many, and the last reason."""
    return archive.rows(
        "select channel, count(*) as dead, deliveries.detail, max(deliveries.id) as last from deliveries "
        "join alerts on alerts.id = alert_id where monitor = ? and state = 'dead' and decided >= ? "
        "group by channel order by channel",
        [monitor, iso(begins)],
    )


def made(archive: Archive, monitor: str, period: str) -> datetime | None:
    """The end of the span of the last digest of a period ("daily", "weekly") that was made; None: none was."""
    row = archive.row(
        "select subject from alerts where monitor = ? and kind = 'digest' and subject like ? || ' %' "
        "order by id desc limit 1",
        [monitor, period],
    )
    return None if row is None else from_iso(row["subject"].split(" ", 1)[1])
