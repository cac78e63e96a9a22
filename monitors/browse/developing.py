"""Developments: the list by day, one in full, and the situation that they are changes of."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from monitors.archive import marks, situations
from monitors.archive.connection import Archive, Row
from monitors.browse import listed
from monitors.browse.asked import Asked, Found, NothingThere, page_of
from monitors.definition.kinds import ALL_STATUSES, STATUSES
from monitors.developments.ledger import Ledger, load
from monitors.errors import ArchiveError

_EVIDENCE = 500
"""Sentences of one development that are read."""
_CONTEXT = 240
"""Characters shown on either side of a sentence."""
_WORD = 30
"""Characters of a cut word that are left out."""


def developments(asked: Asked) -> Found:
    """Developments, latest found first, by situation, status and day."""
    situation, status = asked.text("situation"), asked.choice("status", ALL_STATUSES)
    since, until = asked.day("since"), asked.day("until")
    parts, values = ["true"], list[Any]()
    for condition, value in (
        ("situation = ?", situation),
        ("developments.status = ?", status),
        ("developments.published >= ?", since),
        ("developments.published < date(?, '+1 day')", until),
        ("developments.id < ?", asked.below()),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    rows = listed.developments(
        asked.archive, f"where {' and '.join(parts)} order by developments.id desc limit ?", [*values, asked.size + 1]
    )
    rows, rest = page_of(rows, asked.size)
    given = {"situation": situation, "status": status, "since": since, "until": until}
    data = {"given": given, "developments": rows, "situations": _situations(asked), "statuses": ALL_STATUSES}
    return Found(
        data,
        listed.DEVELOPMENT_COLUMNS,
        rows,
        _given(given, rest),
        lambda: listed.development_feed(asked.archive, rows),
    )


def _given(given: dict[str, str | None], rest: int | None) -> dict[str, str] | None:
    if rest is None:
        return None
    return {name: value for name, value in given.items() if value} | {"before": str(rest)}


def _situations(asked: Asked) -> list[dict[str, str]]:
    rows = asked.archive.rows("select monitor, id from situations order by monitor, id")
    return [{"monitor": r["monitor"], "id": r["id"], "title": asked.names.title(r["monitor"], r["id"])} for r in rows]


def situation(asked: Asked) -> Found:
    """One situation: how it stands, and all that changed it."""
    monitor, name = asked.place["monitor"], asked.place["situation"]
    row = asked.archive.row("select * from situations where monitor = ? and id = ?", [monitor, name])
    if row is None:
        raise NothingThere(f"no situation {name} of {monitor}")
    rows = listed.developments(
        asked.archive,
        "where developments.monitor = ? and situation = ? and developments.id < ? "
        "order by developments.id desc limit ?",
        [monitor, name, asked.below(), asked.size + 1],
    )
    rows, rest = page_of(rows, asked.size)
    ledger = _ledger(asked, row)
    about = _by_development(ledger)
    corrected = _corrections(asked.archive, [one["id"] for one in rows])
    for one in rows:
        one.update(about.get(one["id"], {"instance": None, "sides": []}), corrected_by=corrected.get(one["id"]))
    watched = asked.names.situation(monitor, name)
    kind = ledger.kind if ledger else watched.kind if watched else None
    data = {
        "monitor": monitor, "situation": name, "title": asked.names.title(monitor, name), "kind": kind,
        "status": row["status"], "since": row["since"], "next_date": row["next_date"],
        "began": situations.began(asked.archive, monitor, name, row["status"], row["since"]),
        "statuses": STATUSES[kind] if kind else (), "first": _first(asked.archive, monitor, name),
        "developments": rows, "doubts": _doubts(asked.archive, name, monitor),
        "silences": _silences(asked, monitor, name),
    }  # fmt: skip
    more = None if rest is None else {"before": str(rest)}
    return Found(data, listed.DEVELOPMENT_COLUMNS, rows, more, lambda: listed.development_feed(asked.archive, rows))


def _ledger(asked: Asked, row: Row) -> Ledger | None:
    kind = asked.names.kind(row["monitor"], row["id"], row["ledger"])
    if kind is None or row["ledger"] == "{}":
        return None
    try:
        return load(row["ledger"], row["id"], kind)
    except ValueError as error:
        raise ArchiveError(f"archive {asked.archive.path}: {error}; upgrade Wirewatch") from error


def _by_development(ledger: Ledger | None) -> dict[int, dict[str, Any]]:
    known = ledger.known if ledger else ()
    return {entry.development_id: {"instance": entry.instance, "sides": list(entry.sides)} for entry in known}


def _corrections(archive: Archive, ids: list[int]) -> dict[int, int]:
    """Which development took back which: the later one by the one that it corrects."""
    rows = archive.values(
        "select corrects, development_id from alerts where corrects in (select value from json_each(?)) "
        "and development_id is not null order by id",
        [json.dumps(ids)],
    )
    return dict(rows)


def _first(archive: Archive, monitor: str, situation: str) -> Row | None:
    return archive.row(
        "select id, published, status from developments where monitor = ? and situation = ? order by id limit 1",
        [monitor, situation],
    )


def _doubts(archive: Archive, situation: str, monitor: str) -> list[Row]:
    """The latest sentences that say of it what is not held for news: uncertain, or denied."""
    return archive.rows(
        "select mentions.sentence, mentions.status, factuality, attribution, article_id, publishers.name as publisher, "
        "language, published from (select * from mentions where situation = ? order by article_id desc limit 300) "
        "as mentions join articles on articles.id = article_id join publishers on publishers.id = publisher_id "
        "where monitor = ? and factuality in ('possible+', 'possible-', 'probable-') "
        "and not exists (select 1 from evidence where evidence.article_id = mentions.article_id "
        "and evidence.sentence = mentions.sentence) order by article_id desc limit 10",
        [situation, monitor],
    )


def _silences(asked: Asked, monitor: str, situation: str) -> list[Row]:
    now = asked.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return asked.archive.rows(
        "select id, author, comment, ends from silences where monitor = ? and subject in (?, 'all') "
        "and ended is null and ends > ? order by id",
        [monitor, situation, now],
    )


def development(asked: Asked) -> Found:
    """One development: the sentence, who reports it, what was known before, why it was raised, who was told."""
    found = listed.developments(asked.archive, "where developments.id = ?", [asked.id])
    if not found:
        raise NothingThere(f"no development {asked.id}")
    row = found[0]
    reports = _reports(asked.archive, row["id"])
    monitor, name = row["monitor"], row["situation"]
    stored = asked.archive.row("select * from situations where monitor = ? and id = ?", [monitor, name])
    ledger = _ledger(asked, stored) if stored else None
    data = row | {
        "situation_title": asked.names.title(monitor, name),
        "context": _context(asked.archive, reports, row["article_id"]),
        "reports": _by_family(reports),
        "knew": _knew(ledger, row["id"]),
        "neighbours": _neighbours(asked.archive, row),
        "corrected_by": _corrections(asked.archive, [row["id"]]).get(row["id"]),
        "alert": _alert(asked.archive, row["id"]),
        "marks": marks.of_development(asked.archive, row["id"]),
        "verdicts": marks.VERDICTS,
        "others": _others(asked.archive, row) if asked.settings.actions else [],
    }
    return Found(data, (), [], None, None)


def _reports(archive: Archive, development_id: int) -> list[Row]:
    """An article each, with its first sentence that says so, in order of publication."""
    rows = archive.rows(
        'select article_id, sentence, field, start, "end", title, language, published, discovered, relation, '
        "group_id, articles.url, official, publishers.name as publisher, family "
        "from (select * from evidence where development_id = ? order by id limit ?) as evidence "
        "join articles on articles.id = article_id join publishers on publishers.id = publisher_id "
        "order by published, articles.id, evidence.id",
        [development_id, _EVIDENCE],
    )
    by_article: dict[int, Row] = {}
    for row in rows:
        by_article.setdefault(row["article_id"], row)
    return list(by_article.values())


def _by_family(reports: list[Row]) -> list[dict[str, Any]]:
    """Families in the order in which they reported it; of each text once, with its copies under it."""
    families: dict[str, list[Row]] = defaultdict(list)
    leaders: dict[tuple[str, int | None], Row] = {}
    origins = {one["group_id"]: one["publisher"] for one in reports if one["relation"] == "original"}
    for report in reports:
        key = report["family"], report["group_id"]
        if key[1] is not None and key in leaders:
            leaders[key]["copies"].append(report)
            continue
        origin = origins.get(report["group_id"])
        leaders[key] = report | {"copies": [], "text_of": origin if origin != report["publisher"] else None}
        families[report["family"]].append(leaders[key])
    return [{"family": family, "name": _name(family, rows), "reports": rows} for family, rows in families.items()]


def _name(family: str, reports: list[Row]) -> str:
    """What a family is called: by its publisher's name while it has one here."""
    names = {one["publisher"] for report in reports for one in (report, *report["copies"])}
    return names.pop() if len(names) == 1 else family


def _context(archive: Archive, reports: list[Row], article_id: int) -> dict[str, Any] | None:
    """The sentence of the first report with what stands around it."""
    said = next((one for one in reports if one["article_id"] == article_id), reports[0] if reports else None)
    if said is None:
        return None
    rows = archive.values("select text from article_texts where article_id = ?", [said["article_id"]])
    body = rows[0][0] or "" if rows else ""
    before, after = "", ""
    start, end = said["start"], said["end"]
    if said["field"] == "title":
        after = f"\n{_beginning(body)}" if body else ""
    elif body[start:end] == said["sentence"]:
        before, after = _ending(body[:start]), _beginning(body[end:])
    return {"before": before, "sentence": said["sentence"], "after": after, "language": said["language"]}


def _beginning(text: str) -> str:
    """What a text begins with, to the end of a word where words have spaces between them."""
    if len(text) <= _CONTEXT:
        return text
    head, space, rest = text[:_CONTEXT].rpartition(" ")
    return f"{head if space and len(rest) < _WORD else text[:_CONTEXT]}…"


def _ending(text: str) -> str:
    """What a text ends with, from the beginning of a word."""
    if len(text) <= _CONTEXT:
        return text
    rest, space, tail = text[-_CONTEXT:].partition(" ")
    return f"…{tail if space and len(rest) < _WORD else text[-_CONTEXT:]}"


def _knew(ledger: Ledger | None, development_id: int) -> list[dict[str, Any]]:
    """What stood in the ledger when this was decided, the latest first."""
    if ledger is None:
        return []
    ids = [entry.development_id for entry in ledger.known]
    if development_id not in ids:
        return []
    known = ledger.known[: ids.index(development_id)]
    return [
        {
            "status": entry.status, "day": entry.day.isoformat(), "instance": entry.instance,
            "event_date": entry.event_date, "place": entry.place, "sides": list(entry.sides),
            "development_id": entry.development_id or None,
        }
        for entry in reversed(known[-8:])
    ]  # fmt: skip


def _neighbours(archive: Archive, row: Row) -> dict[str, Any]:
    """The developments of the situation before and after this one."""
    sql = (
        "select id, status, published from developments where monitor = ? and situation = ? and id {} ? order by id {}"
    )
    at = [row["monitor"], row["situation"], row["id"]]
    return {
        "earlier": archive.row(f"{sql.format('<', 'desc')} limit 1", at),
        "later": archive.row(f"{sql.format('>', 'asc')} limit 1", at),
    }


def _others(archive: Archive, row: Row) -> list[Row]:
    """The developments of the situation that this one may belong to: those found last before it and next after it."""
    sql = (
        "select * from (select developments.id, status, developments.published, title from developments "
        "join articles on articles.id = article_id where developments.monitor = ? and situation = ? "
        "and developments.id {} ? order by developments.id {} limit 15)"
    )
    at = [row["monitor"], row["situation"], row["id"]]
    earlier, later = (archive.rows(sql.format(*way), at) for way in (("<", "desc"), (">", "asc")))
    return sorted([*earlier, *later], key=lambda one: int(one["id"]), reverse=True)


def _alert(archive: Archive, development_id: int) -> Row | None:
    alert = archive.row(
        "select id, decided, decision, reason, priority, tier, awaits, wait_until from alerts where development_id = ?",
        [development_id],
    )
    if alert is not None:
        alert["deliveries"] = archive.rows(
            "select id, channel, state, attempts, not_before, sent, detail from deliveries "
            "where alert_id = ? order by id",
            [alert["id"]],
        )
    return alert
