"""Whether an archive is sound: its pages, its references, its search index, its outbox, and its place on the disk."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from monitors.archive import copies
from monitors.archive.connection import Archive
from monitors.archive.segment import seg
from monitors.archive.tables import TRIGGERS
from monitors.clock import iso
from monitors.errors import ArchiveError

LOW_DISK_BYTES = 1024**3
NO_DISK_BYTES = 64 * 1024**2
LONG_LOG_BYTES = 256 * 1024**2
"""A write-ahead log of this size slows every reader; it is folded into the file at the end of each run."""

SAMPLE = 200
"""Articles whose words are looked up in the search index."""

LATE = timedelta(hours=1)
"""A delivery that is due for so long is not being tried."""

_HELD_FOR = {
    "wait": "for better support",
    "quiet": "for the end of quiet hours",
    "group": "for others to join",
    "": "for the next run",
}

_PLAIN_WORD = re.compile("[a-z0-9]+|[가-힣]+|[一-鿿]+|[ぁ-んァ-ヺ]+", re.IGNORECASE)
"""Words of which every version of SQLite's tokenizer makes one token."""

State = Literal["good", "look", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. "look" wants a person's eye, "broken" means that the monitor cannot do its work."""

    state: State
    subject: str
    detail: str


def examine(archive: Archive, path: Path, now: datetime) -> list[Finding]:
    """Everything about an open archive, in the order in which a reader should mend it. Changes nothing."""
    return [finding for check in _checks(archive, path, now) for finding in check]


def _checks(archive: Archive, path: Path, now: datetime) -> Iterator[list[Finding]]:
    yield [_file(path)]
    yield [pages_sound(archive)]
    yield [references_sound(archive)]
    yield [triggers_there(archive)]
    yield [index_in_step(archive)]
    yield [outbox(archive, now)]
    yield [decisions(archive)]
    yield [own_work(archive)]


def disk(path: Path) -> Finding:
    """How much room there is where the archive lies or would lie."""
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), Path.cwd())
    free = shutil.disk_usage(folder).free
    detail = f"{size_text(free)} free at {folder}"
    if free < NO_DISK_BYTES:
        return Finding("broken", "disk", f"{detail}: too little to store a pass; free some space")
    if free < LOW_DISK_BYTES:
        return Finding("look", "disk", f"{detail}; free some space, or have old texts removed (retention.text_days)")
    return Finding("good", "disk", detail)


def _file(path: Path) -> Finding:
    log = Path(f"{path}-wal")
    logged = log.stat().st_size if log.exists() else 0
    detail = f"{path}, {size_text((path.stat().st_size if path.exists() else 0) + logged)}"
    if logged > LONG_LOG_BYTES:
        return Finding(
            "look", "archive", f"{detail}, of which {size_text(logged)} in its log; wirewatch maintain folds it in"
        )
    return Finding("good", "archive", detail)


def pages_sound(archive: Archive) -> Finding:
    """SQLite's own check of every page and index."""
    try:
        faults = [str(row[0]) for row in archive.values("pragma integrity_check(5)") if row[0] != "ok"]
    except ArchiveError as error:
        faults = [str(error)]
    if faults:
        return Finding("broken", "integrity", f"{'; '.join(faults)}; wirewatch restore puts a backup in its place")
    return Finding("good", "integrity", "every page and index is sound")


def references_sound(archive: Archive) -> Finding:
    """Rows that refer to rows which are not there, and articles without a text row."""
    orphans = [
        f"{table} row {row} refers to a missing row of {other}"
        for table, row, other, _ in archive.values("pragma foreign_key_check")
    ]
    orphans += [
        f"article {id_} has no row in article_texts"
        for (id_,) in archive.values(
            "select id from articles where not exists (select 1 from article_texts where article_id = id) limit 5"
        )
    ]
    orphans += [f"fingerprints are left of article {id_}" for id_ in _unsigned(archive)]
    orphans += [f"copies of article {id_} cannot be found: its fingerprints are gone" for id_ in _unposted(archive)]
    if not orphans:
        return Finding("good", "references", "no row lacks what it refers to")
    more = f" and {len(orphans) - 3} more" if len(orphans) > 3 else ""
    return Finding(
        "broken", "references", f"{'; '.join(orphans[:3])}{more}; wirewatch restore puts a backup in its place"
    )


def _unsigned(archive: Archive) -> list[int]:
    """Articles that fingerprints speak of without a signature, in a sample: the table has hundreds for each article."""
    chance = random.Random(SAMPLE)
    starts = [0, *(chance.randrange(2**63) for _ in range(4))]
    rows = [
        row
        for start in starts
        for row in archive.values(
            "select article_id, exists (select 1 from signatures where signatures.article_id = sampled.article_id) "
            "from (select article_id from fingerprints where hash >= ? order by hash limit ?) as sampled",
            [start, SAMPLE],
        )
    ]
    return sorted({int(id_) for id_, signed in rows if not signed})


def _unposted(archive: Archive) -> list[int]:
    """The other way round: articles among the latest whose signature is not wholly posted, though it is not old."""
    latest = archive.values(
        "select article_id from signatures where article_id > ? order by article_id desc limit ?",
        [copies.withdrawn_up_to(archive), SAMPLE // 4],
    )
    wanted = {id_: copies.posted(row) for id_, row in copies.signatures(archive, [id_ for (id_,) in latest]).items()}
    there = set(copies.postings(archive, set().union(*wanted.values())))
    return sorted(id_ for id_, hashes in wanted.items() if not {(h, id_) for h in hashes} <= there)


def triggers_there(archive: Archive) -> Finding:
    """The triggers that keep the search index; other tools drop them without a word when they rewrite a table."""
    there = {name for (name,) in archive.values("select name from sqlite_master where type = 'trigger'")}
    missing = [name for name in TRIGGERS if name not in there]
    if missing:
        return Finding(
            "broken",
            "triggers",
            f"{', '.join(missing)} is gone, so search misses what comes; wirewatch maintain --rebuild-index mends it",
        )
    return Finding("good", "triggers", "the search index follows every text")


def index_in_step(archive: Archive) -> Finding:
    """Whether search finds each text by its words: counts of all, words of a sample, new ones first."""
    texts = int(archive.values("select count(*) from article_texts")[0][0])
    indexed = int(archive.values("select count(*) from search_index_docsize")[0][0])
    mend = "wirewatch maintain --rebuild-index fills it anew"
    if texts != indexed:
        return Finding("broken", "search index", f"it has {indexed} articles, the archive {texts}; {mend}")
    lost = [id_ for id_, title, text in _sample(archive) if not _is_found(archive, id_, title, text)]
    if lost:
        named = ", ".join(str(id_) for id_ in lost[:5])
        return Finding(
            "broken", "search index", f"it does not find the words of {_plural(len(lost))} ({named}); {mend}"
        )
    return Finding("good", "search index", f"{_plural(texts)}, in step with the texts")


def outbox(archive: Archive, now: datetime) -> Finding:
    """Deliveries that were given up, that fail, that nobody tries, and what those that are held wait for."""
    states = dict(archive.values("select state, count(*) from deliveries group by state"))
    detail = ", ".join(f"{states.get(state, 0)} {state}" for state in ("pending", "sent", "dead"))
    if states.get("held"):
        detail += f", {states['held']} held ({_waits(archive)})"
    if states.get("dead"):
        return Finding("look", "outbox", f"{detail}; wirewatch alerts says why")
    tried = archive.values("select count(*) from deliveries where state = 'pending' and attempts > 0")[0][0]
    if tried:
        return Finding("look", "outbox", f"{detail}; {tried} failed so far and will be tried again")
    late = archive.values(
        "select count(*) from deliveries join alerts on alerts.id = alert_id where state in ('pending', 'held') "
        "and coalesce(not_before, decided) < ?",
        [iso(now - LATE)],
    )[0][0]
    if late:
        return Finding("look", "outbox", f"{detail}; {late} due for over an hour: wirewatch run sends what waits")
    return Finding("good", "outbox", detail)


def _waits(archive: Archive) -> str:
    """What the held deliveries wait for, how many and until when at the latest."""
    rows = archive.values(
        "select held_for, count(*), max(not_before) from deliveries where state = 'held' group by held_for "
        "order by count(*) desc, held_for"
    )
    return ", ".join(
        f"{count} {_HELD_FOR.get(held_for, held_for)}"
        + (f" until {until[:16].replace('T', ' ')} UTC" if held_for else "")
        for held_for, count, until in rows
    )


def decisions(archive: Archive) -> Finding:
    """Developments that nobody decided on, and articles that were stored and never read."""
    undecided = archive.values(
        "select count(*) from developments where not baseline and not exists "
        "(select 1 from alerts where alerts.development_id = developments.id)"
    )[0][0]
    unread = archive.values("select count(*) from unread")[0][0]
    if undecided:
        return Finding(
            "broken",
            "decisions",
            f"without an alert decision: {_plural(undecided, 'development')}; restore a backup, then wirewatch run",
        )
    if unread:
        return Finding("look", "decisions", f"waiting to be read: {_plural(unread)}; the next wirewatch run reads on")
    return Finding("good", "decisions", "every development was decided on, every article read")


def own_work(archive: Archive) -> Finding:
    """The troubles that people were told of and that still last."""
    lasting = archive.values("select monitor, subject, verdict, since from troubles where until is null order by since")
    if not lasting:
        return Finding("good", "own work", "no channel, pass or disk is in trouble")
    each = [
        f"{subject} of {monitor} ({verdict.replace('-', ' ')}) since {since[:16].replace('T', ' ')} UTC"
        for monitor, subject, verdict, since in lasting
    ]
    return Finding("look", "own work", f"{'; '.join(each)}; wirewatch alerts says why")


def _sample(archive: Archive) -> list[tuple[int, str, str]]:
    """Some articles with their texts: the latest half of the sample, the rest from everywhere, the same each time."""
    last = int(archive.values("select coalesce(max(article_id), 0) from article_texts")[0][0])
    chance = random.Random(SAMPLE)
    half = SAMPLE // 2
    chosen = [chance.randint(1, last) for _ in range(half) if last]
    rows = archive.values(
        "select article_id, title, text from article_texts order by article_id desc limit ?", [half]
    ) + archive.values(
        "select article_id, title, text from article_texts where article_id in (select value from json_each(?))",
        [json.dumps(chosen)],
    )
    return sorted({int(id_): (int(id_), title, text) for id_, title, text in rows}.values())


def _is_found(archive: Archive, article_id: int, title: str, text: str) -> bool:
    """Whether the index has the article under the first words of its title and the last ones of its text."""
    for column, words in (("title", _words(title)[:3]), ("text", _words(text)[-3:])):
        if not words:
            continue
        query = f"{column} : ({' AND '.join(_quoted(word) for word in words)})"
        if not archive.values(
            "select 1 from search_index where search_index match ? and rowid = ?", [query, article_id]
        ):
            return False
    return True


def _words(text: str) -> list[str]:
    return [word for word in seg(text).split() if _PLAIN_WORD.fullmatch(word)]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _plural(count: int, one: str = "article") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def size_text(count: int) -> str:
    """Bytes as a reader wants them: 812 bytes, 1.4 GB."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
