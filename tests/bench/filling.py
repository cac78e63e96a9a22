"""An archive of any size in minutes: rows put straight into the tables, as keeping each article would leave them."""

from __future__ import annotations

import itertools
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import Process, Queue
from pathlib import Path

from invented import END, articles

from monitors.archive import articles as stored
from monitors.archive.connection import Archive, open_archive
from monitors.archive.copies import POSTED_BELOW, packed
from monitors.archive.records import Article
from monitors.archive.segment import seg
from monitors.archive.tables import TRIGGERS
from monitors.articles.fingerprints import BODY_BELOW, HEAD_BELOW, HEAD_WORDS, VERSION, Signature, signature
from monitors.articles.grouping import POSTED_FOR
from monitors.articles.titles import title_hash

BYTES_EACH = 2500
"""What an article takes on the disk, log and sorting included, generously."""

Made = tuple[Article, int | None, Signature]
"""An article, the hash of its title, and its signature."""

_LONGEST = 300.0
"""Seconds for which a batch of articles is waited for."""

_AT_ONCE = 10_000
_DIFFERENT = 20_000
"""Texts where they come again."""
_CARELESS = ("synchronous=off", "cache_size=-262144", "wal_autocheckpoint=20000")
"""Pragmas for an archive that is made anew when anything fails."""


def fill(path: Path, count: int, span: timedelta) -> None:
    """A new archive of `count` articles that arrived evenly over `span`. Hashes lie posted as pruning leaves them.

    A process of its own makes the articles. Those whose hashes are posted no more get numbers of the same size in
    place of their hashes, which nothing reads. Ends the program when the disk has too little room.
    """
    _check_room(path, count)
    with open_archive(path) as archive, _made(count, span) as batches:
        for pragma in _CARELESS:
            archive.values(f"pragma {pragma}")
        posted: list[tuple[int, int]] = []
        for batch in batches:
            with archive.writing():
                posted += _store(archive, batch)
            _tell(path, archive, count)
        posted.sort()
        archive.change_many("insert into fingerprints (hash, article_id) values (?, ?)", posted)
        archive.change(
            "insert into settings (name, value) select 'postings_withdrawn_up_to', coalesce(max(id), 0) from articles "
            "where discovered < ?",
            [(END - POSTED_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")],
        )
        archive.change("analyze")
        archive.checkpoint()


def _tell(path: Path, archive: Archive, count: int) -> None:
    done = archive.values("select max(id) from articles")[0][0]
    if done % (10 * _AT_ONCE) == 0:
        print(f"    {path.name}: {done:,} of {count:,} articles", file=sys.stderr, flush=True)


@contextmanager
def _made(count: int, span: timedelta) -> Iterator[Iterator[list[Made]]]:
    """Articles by `_AT_ONCE`, made by another process meanwhile."""
    batches: Queue[list[Made]] = Queue(2)
    maker = Process(target=_make, args=(batches, count, span), daemon=True)
    maker.start()
    yield (batches.get(timeout=_LONGEST) for _ in range(0, count, _AT_ONCE))
    maker.join(_LONGEST)


def _make(batches: Queue[list[Made]], count: int, span: timedelta) -> None:
    dice = random.Random(5)
    new = articles(count, span=span)
    while batch := list(itertools.islice(new, _AT_ONCE)):
        batches.put([(one, title_hash(one.title), _signed(one, dice)) for one in batch])


def _signed(article: Article, dice: random.Random) -> Signature:
    if article.discovered >= END - POSTED_FOR:
        return signature(article.text)
    length = len(article.text) // (7 if article.text.isascii() else 1)
    head, body = min(length, HEAD_WORDS - 2) // 2, length // 8
    return Signature(_numbers(dice, head, HEAD_BELOW), _numbers(dice, body, BODY_BELOW), length)


def _numbers(dice: random.Random, count: int, below: int) -> frozenset[int]:
    return frozenset(dice.randrange(below) for _ in range(count))


def fill_with_repeats(path: Path, count: int, span: timedelta) -> None:
    """The same in a tenth of the time, for what looks for no copies: texts come again, nothing knows them as copies.

    Words are cut once a text. Ends the program when the disk has too little room.
    """
    _check_room(path, count)
    different = list(articles(min(count, _DIFFERENT)))
    cut = [(seg(one.title), seg(one.text)) for one in different]
    with open_archive(path) as archive:
        for pragma in _CARELESS:
            archive.values(f"pragma {pragma}")
        archive.change("drop trigger search_index_insert")
        for start in range(0, count, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, count))
            with archive.writing():
                ids = stored.insert_many(archive, [(_again(different, n, count, span), None) for n in numbers])
                archive.change_many(
                    "insert into search_index (rowid, title, text) values (?, ?, ?)",
                    [(id_, *cut[n % len(cut)]) for id_, n in zip(ids, numbers, strict=True)],
                )
        archive.change(TRIGGERS["search_index_insert"].strip())
        archive.change("analyze")
        archive.checkpoint()


def _again(different: list[Article], number: int, count: int, span: timedelta) -> Article:
    one = different[number % len(different)]
    address = f"{one.url}/{number}"
    discovered = END - span * (1 - number / count)
    published = discovered - (one.discovered - one.published)
    return replace(one, url=address, canonical_url=address, published=published, discovered=discovered)


def _check_room(path: Path, count: int) -> None:
    free, needed = shutil.disk_usage(path.parent).free, count * BYTES_EACH
    if free < 2 * needed:
        sys.exit(f"{count:,} articles need {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free at {path.parent}")


def _store(archive: Archive, batch: list[Made]) -> list[tuple[int, int]]:
    """Articles with texts, search index and signatures; the hashes that the lookup of copies still needs."""
    ids = stored.insert_many(archive, [(article, title) for article, title, _ in batch])
    signed = [(id_, article, one) for id_, (article, _, one) in zip(ids, batch, strict=True)]
    archive.change_many(
        "insert into signatures (article_id, version, length, head, body) values (?, ?, ?, ?, ?)",
        [(id_, VERSION, one.length, packed(one.head), packed(one.body)) for id_, _, one in signed],
    )
    return [
        (h, id_)
        for id_, article, one in signed
        if article.discovered >= END - POSTED_FOR
        for h in one.hashes
        if h < POSTED_BELOW
    ]
