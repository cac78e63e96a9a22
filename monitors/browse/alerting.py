"""Alerts: who was told of what, or not, and why; and what keeps alerts back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from monitors.archive import silences
from monitors.archive.connection import Archive, Row
from monitors.browse.asked import Asked, Feed, Found, page_of
from monitors.clock import iso
from monitors.exports.records import COLUMNS, What

STATES = ("held", "pending", "sent", "dead", "muted", "merged")
DECISIONS = ("alert", "wait", "mute")
_ALERTS = (
    "select alerts.id, alerts.monitor, kind, subject, decided, decision, alerts.reason, priority, development_id, "
    "situation, developments.status, previous_status, event_date, place, developments.published, "
    "publishers.name as publisher, language, articles.title, articles.url from alerts "
    "left join developments on developments.id = development_id "
    "left join articles on articles.id = developments.article_id "
    "left join publishers on publishers.id = articles.publisher_id "
)


def alerts(asked: Asked) -> Found:
    """Decisions, the latest first, by what was decided and by what became of the deliveries."""
    decision, state = asked.choice("decision", DECISIONS), asked.choice("state", STATES)
    parts, values = ["true"], list[Any]()
    for condition, value in (
        ("decision = ?", decision),
        ("alerts.id in (select alert_id from deliveries where state = ?)", state),
        ("alerts.id < ?", asked.below()),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    rows = _rows(asked.archive, f"where {' and '.join(parts)}", values, asked.size + 1)
    rows, rest = page_of(rows, asked.size)
    given = {"decision": decision, "state": state}
    now = iso(asked.now)
    data: dict[str, Any] = {
        "given": given, "alerts": rows, "states": STATES, "decisions": DECISIONS,
        "silences": [
            row | {"is_over": bool(row["ended"]) or row["ends"] <= now} for row in silences.listing(asked.archive)
        ],
        "situations": asked.archive.rows("select monitor, id from situations order by monitor, id"),
    }  # fmt: skip
    more = None if rest is None else {k: v for k, v in given.items() if v} | {"before": str(rest)}
    return Found(data, COLUMNS[What.ALERTS], rows, more, lambda: _feed(rows))


def alert_feed(archive: Archive, where: str, values: Sequence[Any], limit: int) -> Feed:
    """The latest alerts that fit, as a feed."""
    return _feed(_rows(archive, where, values, limit))


def _feed(rows: list[Row]) -> Feed:
    return Feed(What.ALERTS, rows, max((row["decided"] for row in rows), default=None))


def _rows(archive: Archive, where: str, values: Sequence[Any], limit: int) -> list[Row]:
    rows = archive.rows(f"{_ALERTS}{where} order by alerts.id desc limit ?", [*values, limit])
    deliveries: dict[int, list[Row]] = defaultdict(list)
    for one in archive.rows(
        "select id, alert_id, channel, state, attempts, not_before, sent, held_for, detail from deliveries "
        "where alert_id in (select value from json_each(?)) order by id",
        [json.dumps([row["id"] for row in rows])],
    ):
        deliveries[one.pop("alert_id")].append(one)
    return [row | {"deliveries": deliveries[row["id"]]} for row in rows]
