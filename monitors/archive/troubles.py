"""What keeps Wirewatch itself from its work: what channels did not take, and which troubles people were told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.archive.connection import Archive, Row
from monitors.archive.feeds import know_monitor, text_of, time_of
from monitors.clock import from_iso, iso

CHANNEL = "channel "
"""What the subject of a channel's trouble begins with; its id follows."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble that people were told of. `subject` is "channel" and an id, "passes" or "disk".

    It lasts while `until` is None. `seen` is when people were last told, or when it ended: they know what was before.
    """

    monitor: str
    subject: str
    verdict: str
    since: datetime
    seen: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """What a channel did not take and nobody was told of: how many deliveries are dead, how many fail for long.

    `since` is when the first was due, `last` when any of the channel failed last, `taken` when it took one last.
    """

    channel: str
    dead: int
    waiting: int
    since: datetime
    last: datetime
    detail: str
    taken: datetime | None


def load(archive: Archive, monitor: str) -> dict[str, Trouble]:
    """The troubles of a monitor by their subject, those that ended too."""
    rows = archive.rows("select * from troubles where monitor = ?", [monitor])
    return {row["subject"]: _trouble(row) for row in rows}


def lasting(archive: Archive) -> list[dict[str, str]]:
    """The troubles that have not ended, of every monitor, the oldest first. Rows serialise as JSON."""
    return archive.rows("select monitor, subject, verdict, since from troubles where until is null order by since")


def save(archive: Archive, trouble: Trouble) -> None:
    """Store a trouble in the place of an earlier one with the same subject."""
    with archive.writing(full=True):
        know_monitor(archive, trouble.monitor)
        archive.change(
            "insert into troubles (monitor, subject, verdict, since, until, seen) values (?, ?, ?, ?, ?, ?) "
            "on conflict (monitor, subject) do update set verdict = excluded.verdict, since = excluded.since, "
            "until = excluded.until, seen = excluded.seen",
            [
                trouble.monitor,
                trouble.subject,
                trouble.verdict,
                iso(trouble.since),
                text_of(trouble.until),
                iso(trouble.seen),
            ],
        )


def failing(archive: Archive, monitor: str, long: timedelta) -> list[Failing]:
    """The channels with deliveries that died since people were told of the channel, or by now fail for so `long`."""
    rows = archive.rows(
        "with failed_long as (select deliveries.*, alerts.monitor as monitor, "
        "strftime('%Y-%m-%dT%H:%M:%SZ', released, :long) as patience from deliveries "
        "join alerts on alerts.id = alert_id where alerts.monitor = :monitor and sent is null and failed is not null) "
        "select channel, sum(state = 'dead') as dead, sum(state = 'pending') as waiting, "
        "min(coalesce(released, failed)) as since from failed_long left join troubles "
        "on troubles.monitor = failed_long.monitor and subject = :prefix || channel "
        "where (state = 'dead' and failed > coalesce(seen, '')) "
        "or (state = 'pending' and patience <= failed and patience > coalesce(seen, '')) "
        "group by channel order by channel",
        {"monitor": monitor, "prefix": CHANNEL, "long": f"+{int(long.total_seconds())} seconds"},
    )
    found = []
    for row in rows:
        last, taken = latest(archive, monitor, row["channel"])
        detail = _reason(archive, monitor, row["channel"])
        since = from_iso(row["since"])
        found.append(Failing(row["channel"], row["dead"], row["waiting"], since, last or since, detail, taken))
    return found


def latest(archive: Archive, monitor: str, channel: str) -> tuple[datetime | None, datetime | None]:
    """When a channel last failed to take what it still has not taken, and when it last took a delivery."""
    where = "from deliveries join alerts on alerts.id = alert_id where monitor = ? and channel = ?"
    ((failed, sent),) = archive.values(
        f"select (select max(failed) {where} and failed is not null and sent is null), (select max(sent) {where})",
        [monitor, channel, monitor, channel],
    )
    return time_of(failed), time_of(sent)


def died_since(archive: Archive, monitor: str, channel: str, moment: datetime) -> int:
    """How many deliveries of a channel were given up from a time on."""
    return int(
        archive.values(
            "select count(*) from deliveries join alerts on alerts.id = alert_id where monitor = ? and channel = ? "
            "and state = 'dead' and failed is not null and sent is null and failed >= ?",
            [monitor, channel, iso(moment)],
        )[0][0]
    )


def _reason(archive: Archive, monitor: str, channel: str) -> str:
    rows = archive.values(
        "select deliveries.detail from deliveries join alerts on alerts.id = alert_id where monitor = ? "
        "and channel = ? and failed is not null and sent is null order by failed desc, deliveries.id desc limit 1",
        [monitor, channel],
    )
    return str(rows[0][0])


def _trouble(row: Row) -> Trouble:
    return Trouble(
        monitor=row["monitor"],
        subject=row["subject"],
        verdict=row["verdict"],
        since=from_iso(row["since"]),
        seen=from_iso(row["seen"]),
        until=time_of(row["until"]),
    )
