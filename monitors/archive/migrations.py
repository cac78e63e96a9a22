"""The archive's tables, by sqlite-utils' migrations. Append only: a released migration is never edited.

Tables change by `add_column` and plain SQL, never by `transform()`, which drops a table's triggers without a word.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from monitors.archive.tables import LEASES, MARKS, SILENCES, STATEMENTS, TROUBLES

steps = Migrations("wirewatch")


@steps()
def m001_first_tables(db: Database) -> None:
    for statement in STATEMENTS:
        db.execute(statement.strip())


@steps()
def m002_dropped_texts_and_views(db: Database) -> None:
    for statement in (
        "alter table article_texts add column dropped text",
        """
        create view developments_with_evidence as
        select developments.id, developments.published, developments.situation, developments.status, developments.tier,
               articles.title, publishers.name as publisher, publishers.family, articles.language, evidence.sentence,
               articles.published as article_published, articles.canonical_url as url,
               articles.id = developments.article_id as first, articles.id as article_id
        from developments
        join evidence on evidence.development_id = developments.id
        join articles on articles.id = evidence.article_id
        join publishers on publishers.id = articles.publisher_id
        """,
        """
        create view situations_readable as
        select situations.monitor, situations.id as situation, situations.status, situations.since, next_date,
               articles.title as last_report, articles.canonical_url as url
        from situations
        left join developments on developments.id = (
          select max(latest.id) from developments as latest
          where latest.monitor = situations.monitor and latest.situation = situations.id
        )
        left join articles on articles.id = developments.article_id
        """,
        """
        create view feeds_readable as
        select feeds.id, feeds.monitor, feeds.url, feeds.moved_to, verdict, feed_health.since, polls.outcome,
               polls.http_status, last_polled, last_good, next_poll, polls.entries_seen, polls.entries_new, polls.detail
        from feeds
        left join feed_health on feed_health.feed_id = feeds.id
        left join polls on polls.id = (select max(latest.id) from polls as latest where latest.feed_id = feeds.id)
        """,
    ):
        db.execute(statement.strip())


@steps()
def m003_policy_leases_and_marks(db: Database) -> None:
    for statement in (
        "alter table alerts add column tier text not null default ''",
        "alter table alerts add column awaits text not null default ''",
        "alter table alerts add column wait_until text",
        "alter table alerts add column corrects integer references developments (id)",
        "alter table deliveries add column released text",
        "alter table deliveries add column held_for text not null default ''",
        "alter table deliveries add column merged_into integer references deliveries (id)",
        "alter table deliveries add column failed text",
        "create index deliveries_held on deliveries (id) where state = 'held'",
        "create index deliveries_released on deliveries (channel, released) where released is not null",
        "create index alerts_corrects on alerts (corrects) where corrects is not null",
        SILENCES,
        "create index deliveries_failed on deliveries (failed) where failed is not null and sent is null",
        LEASES,
        TROUBLES,
        MARKS,
        "create index marks_by_development on marks (development_id)",
        "alter table articles add column update_of integer references articles (id)",
        "create index articles_by_update on articles (update_of) where update_of is not null",
    ):
        db.execute(statement.strip())


def apply(db: Database) -> None:
    """Apply the pending migrations. Raises sqlite3.DatabaseError; what failed leaves nothing behind."""
    steps.apply(db)
