"""Feeds: what is remembered between polls, and each attempt at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitors.archive.connection import Archive, Row
from monitors.archive.records import FeedState, Poll
from monitors.clock import from_iso, iso


def know_monitor(archive: Archive, monitor: str) -> None:
    """Make sure that the monitor has its row, which other tables refer to."""
    if not archive.values("select 1 from monitors where id = ?", [monitor]):
        archive.change("insert into monitors (id) values (?) on conflict do nothing", [monitor])


def load_states(archive: Archive, monitor: str, urls: Iterable[str]) -> dict[str, FeedState]:
    """The state of each feed, by URL; a feed that was never polled gets a fresh one."""
    wanted = list(urls)
    stored = {row["url"]: _state(row) for row in archive.rows("select * from feeds where monitor = ?", [monitor])}
    return {url: stored.get(url) or FeedState(monitor=monitor, url=url) for url in wanted}


def save_poll(archive: Archive, poll: Poll, state: FeedState) -> None:
    """Store an attempt and the state that it left, together."""
    with archive.writing():
        know_monitor(archive, state.monitor)
        feed = archive.rows(
            "insert into feeds (monitor, url, etag, last_modified, body_hash, last_polled, last_good, next_poll, "
            "failure_score, baseline_done, moved_to, guids_distrusted) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "on conflict (monitor, url) do update set etag = excluded.etag, last_modified = excluded.last_modified, "
            "body_hash = excluded.body_hash, last_polled = excluded.last_polled, last_good = excluded.last_good, "
            "next_poll = excluded.next_poll, failure_score = excluded.failure_score, "
            "baseline_done = excluded.baseline_done, moved_to = excluded.moved_to, "
            "guids_distrusted = excluded.guids_distrusted returning id",
            [
                state.monitor, state.url, state.etag, state.last_modified, state.body_hash, text_of(state.last_polled),
                text_of(state.last_good), text_of(state.next_poll), state.failure_score, int(state.baseline_done),
                state.moved_to, state.guids_distrusted,
            ],
        )[0]  # fmt: skip
        archive.insert(
            "polls",
            {
                "feed_id": feed["id"],
                "started": iso(poll.started),
                "outcome": poll.outcome,
                "http_status": poll.http_status,
                "bytes": poll.bytes,
                "seconds": poll.seconds,
                "entries_seen": poll.entries_seen,
                "entries_new": poll.entries_new,
                "entries_revised": poll.entries_revised,
                "entries_known": poll.entries_known,
                "possible_gap": int(poll.possible_gap),
                "detail": poll.detail,
            },
        )


def list_feeds(
    archive: Archive, monitor: str | None = None, *, feed_id: int | None = None, count_polls: bool = True
) -> list[Row]:
    """The feeds with their health and their last poll, by monitor and URL. Rows serialise as JSON.

    `verdict` is None for a feed of which nothing is known yet. Without `count_polls` their number is left out: it is
    the one thing that takes longer the older the archive is.
    """
    polls = ", (select count(*) from polls as p where p.feed_id = feeds.id) as polls " if count_polls else " "
    rows = archive.rows(
        "select feeds.monitor, feeds.url, verdict, since, feed_health.detail as health, "
        "polls.outcome, polls.http_status, last_polled, last_good, next_poll, "
        "failure_score, baseline_done, polls.entries_seen, polls.entries_new, polls.possible_gap, polls.detail, "
        f"moved_to, guids_distrusted{polls}"
        "from feeds left join feed_health on feed_health.feed_id = feeds.id "
        "left join polls on polls.id = (select max(p.id) from polls as p where p.feed_id = feeds.id) "
        "where (:monitor is null or feeds.monitor = :monitor) and (:feed is null or feeds.id = :feed) "
        "order by feeds.monitor, feeds.url",
        {"monitor": monitor, "feed": feed_id},
    )
    return [
        row | {"baseline_done": bool(row["baseline_done"]), "possible_gap": bool(row["possible_gap"])} for row in rows
    ]


def last_polls(archive: Archive, monitor: str, url: str, limit: int) -> list[Poll]:
    """The last polls of one feed, the latest last."""
    rows = archive.rows(
        "select polls.* from polls join feeds on feeds.id = polls.feed_id where monitor = ? and url = ? "
        "order by polls.id desc limit ?",
        [monitor, url, limit],
    )
    return [
        Poll(
            monitor=monitor,
            feed_url=url,
            started=from_iso(row["started"]),
            outcome=row["outcome"],
            http_status=row["http_status"],
            bytes=row["bytes"],
            seconds=row["seconds"],
            entries_seen=row["entries_seen"],
            entries_new=row["entries_new"],
            entries_revised=row["entries_revised"],
            entries_known=row["entries_known"],
            detail=row["detail"],
            possible_gap=bool(row["possible_gap"]),
        )
        for row in reversed(rows)
    ]


def adopt_moved(archive: Archive, monitor: str, urls: Iterable[str]) -> None:
    """Let a feed that the monitor file names by its new address keep what was remembered under the old one.

    Without that its next entries would be a baseline, and alert nobody.
    """
    named = list(urls)
    moved = archive.rows("select id, url, moved_to from feeds where monitor = ? and moved_to is not null", [monitor])
    for row in moved:
        old, new = row["url"], row["moved_to"]
        if new not in named or old in named:
            continue
        with archive.writing():
            if archive.values("select 1 from feeds where monitor = ? and url = ?", [monitor, new]):
                continue
            archive.change("update feeds set url = moved_to, moved_to = null where id = ?", [row["id"]])
            archive.change("update entries set feed_url = ? where monitor = ? and feed_url = ?", [new, monitor, old])


def text_of(moment: datetime | None) -> str | None:
    """The archive's text of an optional time."""
    return None if moment is None else iso(moment)


def time_of(text: str | None) -> datetime | None:
    """The optional time that `text_of` wrote."""
    return None if text is None else from_iso(text)


def _state(row: Row) -> FeedState:
    return FeedState(
        monitor=row["monitor"],
        url=row["url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        last_polled=time_of(row["last_polled"]),
        last_good=time_of(row["last_good"]),
        next_poll=time_of(row["next_poll"]),
        failure_score=row["failure_score"],
        baseline_done=bool(row["baseline_done"]),
        moved_to=row["moved_to"],
        guids_distrusted=row["guids_distrusted"],
    )
