"""What a pass would have found in invented articles: mentions, developments, alerts; and the polls that brought them.

Rows are put straight into the tables, in the numbers that an archive of years has.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from invented import END, MONITOR

from monitors.archive.connection import Archive
from monitors.clock import from_iso, iso
from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.ledger import Known, Ledger, dump

KINDS: dict[str, Kind] = {
    **{f"meeting-{number}": "meeting" for number in range(6)},
    **{f"deal-{number}": "agreement" for number in range(2)},
    **{f"policy-{number}": "policy" for number in range(2)},
    **{f"incident-{number}": "occurrence" for number in range(2)},
}
"""Situations and their kinds."""

EVIDENCE = 5
"""Sentences that support a development."""
MENTIONED = 4
"""One article in so many says something of a situation."""
FEEDS, POLLS = 200, 2000
"""Feeds, and the polls of each that are kept."""
RUNS = 20_000
_AT_ONCE = 5000
_SENTENCE = "Both sides said that they will meet."


def add_findings(archive: Archive, developments: int) -> None:
    """So many developments over the articles of the archive, with everything that hangs on them."""
    dice = random.Random(5)
    articles = int(archive.values("select max(id) from articles")[0][0])
    with archive.writing():
        archive.change_many(
            'insert into mentions (article_id, situation, status, factuality, sentence, field, start, "end", official, '
            "cue) values (?, ?, ?, ?, ?, 'text', 0, 36, 0, 'will meet')",
            [
                (
                    id_,
                    situation,
                    dice.choice(STATUSES[KINDS[situation]]),
                    dice.choice(("certain+", "possible+")),
                    _SENTENCE,
                )
                for id_ in range(1, articles + 1, MENTIONED)
                for situation in [dice.choice(tuple(KINDS))]
            ],
        )
    known: dict[str, list[Known]] = {situation: [] for situation in KINDS}
    with archive.writing():
        archive.insert_many(
            "situations", [{"monitor": MONITOR, "id": situation, "ledger": "{}"} for situation in KINDS]
        )
    for start in range(1, developments + 1, _AT_ONCE):
        with archive.writing():
            for number in range(start, min(start + _AT_ONCE, developments + 1)):
                situation = dice.choice(tuple(KINDS))
                entry = _develop(archive, dice, number, situation, number * (articles // developments))
                known[situation].append(entry)
    with archive.writing():
        for situation, kind in KINDS.items():
            last = known[situation][-1]
            ledger = dump(Ledger(situation, kind, tuple(known[situation])))
            archive.change(
                "update situations set status = ?, since = ?, next_date = ?, ledger = ? where id = ?",
                [last.status, last.day.isoformat(), last.event_date, ledger, situation],
            )


def _develop(archive: Archive, dice: random.Random, number: int, situation: str, article: int) -> Known:
    when = from_iso(archive.values("select published from articles where id = ?", [article])[0][0])
    status = dice.choice(STATUSES[KINDS[situation]])
    event_day = (when + timedelta(days=dice.randint(1, 30))).date()
    archive.insert(
        "developments",
        {
            "id": number, "monitor": MONITOR, "situation": situation, "status": status, "article_id": article,
            "published": iso(when), "raised": iso(when), "novelty": "status", "reason": "will meet",
            "event_date": event_day.isoformat(), "place": "Lorvik", "tier": "corroborated",
            "families": json.dumps(["family1", "family2", "family3"]), "baseline": 0,
        },
    )  # fmt: skip
    archive.change_many(
        'insert into evidence (development_id, article_id, sentence, field, start, "end") '
        "values (?, ?, ?, 'text', 0, 36)",
        [(number, max(1, article - back), _SENTENCE) for back in range(EVIDENCE)],
    )
    alert = archive.insert(
        "alerts",
        {"monitor": MONITOR, "development_id": number, "decided": iso(when), "decision": "alert", "reason": "rule 1",
         "priority": "normal"},
    )  # fmt: skip
    archive.insert_many(
        "deliveries",
        [
            {"alert_id": alert, "channel": channel, "key": f"{number}-{channel}", "payload": "{}",
             "state": "dead" if number % 500 == 0 else "sent", "attempts": 1, "sent": iso(when)}
            for channel in ("mail", "chat")
        ],
    )  # fmt: skip
    return Known(status, when.date(), 1 + number // 3, event_day.isoformat(), "Lorvik", (), number, when.date())


def add_work(archive: Archive) -> None:
    """Feeds with their polls and health, and runs, up to the end of the invented time."""
    minutes = int(END.timestamp() // 60)
    with archive.writing():
        archive.insert_many(
            "feeds",
            [
                {"id": feed, "monitor": MONITOR, "url": f"https://news{feed}.example/rss", "last_polled": iso(END),
                 "last_good": iso(END), "next_poll": iso(END), "baseline_done": 1}
                for feed in range(1, FEEDS + 1)
            ],
        )  # fmt: skip
        archive.insert_many(
            "feed_health",
            [
                {"feed_id": feed, "verdict": "healthy" if feed % 9 else "failing", "detail": "", "told": 0, "good": 3,
                 "failed": 0, "content": "", "content_polls": 0, "had_entries": 1,
                 "active": json.dumps([minutes - 60 * hour for hour in range(100, 0, -1)])}
                for feed in range(1, FEEDS + 1)
            ],
        )  # fmt: skip
        archive.insert_many("polls", list(_polls()))
        archive.insert_many(
            "runs",
            [
                {"monitor": MONITOR, "started": iso(END - timedelta(minutes=10 * run)),
                 "finished": iso(END - timedelta(minutes=10 * run - 1)), "outcome": "ok",
                 "counts": json.dumps({"entries_new": 12, "developments": 1})}
                for run in range(RUNS, 0, -1)
            ],
        )  # fmt: skip


def _polls() -> Iterator[dict[str, Any]]:
    for poll in range(FEEDS * POLLS):
        yield {
            "feed_id": 1 + poll % FEEDS, "started": iso(END - timedelta(minutes=10) * (POLLS - poll // FEEDS)),
            "outcome": "unchanged", "http_status": 304, "bytes": 0, "seconds": 0.2, "entries_seen": 0,
            "entries_new": 0, "entries_revised": 0, "entries_known": 0, "detail": "",
        }  # fmt: skip


def monitor_document() -> dict[str, object]:
    """A monitor file's content that names the situations."""
    sides = [["one"], ["other"]]
    return {
        "version": 1, "id": MONITOR, "title": "Bench", "languages": ["en"],
        "feeds": [{"publisher": "News 1", "family": "family1", "url": "https://news1.example/rss", "language": "en"}],
        "entities": [
            {"id": id_, "name": name, "kind": "person", "names": {"en": [name]}}
            for id_, name in (("one", "Marta Velin"), ("other", "Oskar Tamm"))
        ],
        "topic": {"any_of": [["one", "other"]]},
        "situations": [
            {"id": id_, "kind": kind, "title": id_.replace("-", " ").capitalize(), "parties": sides,
             "words": {"en": ["summit"]}}
            for id_, kind in KINDS.items()
        ],
        "policy": {"rules": [{"channels": ["here"]}]},
        "channels": [{"id": "here", "type": "terminal"}],
    }  # fmt: skip
