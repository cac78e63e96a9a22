"""What an archive costs: keeping articles, finding their copies, searching. Each function is a job by itself."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from filling import fill
from invented import END, SPAN, articles, wordings

from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.records import Article
from monitors.archive.search import search
from monitors.articles.fingerprints import signature
from monitors.articles.grouping import Offered, text_links
from monitors.articles.keep import keep_all

Figures = dict[str, float]

FEED, TRANSACTION = 40, 240
"""Articles that are kept together, and those of one transaction, as a pass has them."""

LOOKUPS = 400
SEARCHES = 5
"""Rounds over all queries; the first finds nothing in memory."""


def fill_archive(folder: Path) -> Figures:
    """The archive that `copies` and `search` read; sizes.json says how large. One that lies there already will do."""
    sizes = json.loads((folder / "sizes.json").read_text("utf-8"))
    path, count = folder / f"{sizes['fill']}.db", sizes["fill"]
    began = time.perf_counter()
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        # The same number of articles a day, whatever the size.
        fill(unfinished, count, SPAN * (count / sizes["largest"]))
        unfinished.rename(path)
    return {"seconds": time.perf_counter() - began, "bytes": path.stat().st_size / count}


def store(folder: Path) -> Figures:
    """Keep distinct news: address, copies, search index. Articles are made beforehand."""
    count = json.loads((folder / "sizes.json").read_text("utf-8"))["store"]
    new = list(articles(count, seed=3, span=timedelta(days=10)))
    with TemporaryDirectory(dir=folder) as name, open_archive(Path(name) / "store.db") as archive:
        began, worked = time.perf_counter(), time.process_time()
        for start in range(0, count, TRANSACTION):
            with archive.writing():
                for at in range(start, min(start + TRANSACTION, count), FEED):
                    keep_all(archive, new[at : at + FEED])
        archive.checkpoint()
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
    return {"rate": count / seconds, "rate-processor": count / processor}


def copies(folder: Path) -> Figures:
    """Look for the copies of new articles, every second of which is one: milliseconds an article."""
    size = json.loads((folder / "sizes.json").read_text("utf-8"))["fill"]
    with open_archive(folder / f"{size}.db") as archive:
        known = archive.values(
            "select text, published from article_texts join articles on id = article_id order by id desc limit ?",
            [LOOKUPS * 10],
        )[::10]
        news = list(articles(LOOKUPS, seed=9, span=timedelta(days=1)))
        new = [article if n % 2 else replace(article, text=known[n][0]) for n, article in enumerate(news)]
        with archive.writing():
            lookups = [_lookup(archive, _offered(10**9 + n, one)) for n, one in enumerate(new)]
        found = sum(linked for *_, linked in lookups)
        return {
            "lookup": statistics.median(seconds for seconds, *_ in lookups) * 1000,
            "lookup-mean": statistics.mean(seconds for seconds, *_ in lookups) * 1000,
            "lookup-processor": statistics.median(processor for _, processor, _ in lookups) * 1000,
            "found": found / (LOOKUPS / 2),
        }


def _offered(id_: int, article: Article) -> Offered:
    return Offered(replace(article, id=id_, published=END), None, signature(article.text))


def _lookup(archive: Archive, one: Offered) -> tuple[float, float, bool]:
    """Seconds by the clock, seconds of processor time, and whether a copy was found."""
    began, worked = time.perf_counter(), time.process_time()
    links = text_links(archive, [one])
    return time.perf_counter() - began, time.process_time() - worked, bool(links[one.id])


def searches(folder: Path) -> Figures:
    """Every query by both orders: the 95th percentile of their times, and the slowest query, in milliseconds."""
    size = json.loads((folder / "sizes.json").read_text("utf-8"))["fill"]
    figures: Figures = {}
    with open_reader(folder / f"{size}.db") as archive:
        asked = queries(archive)
        orders: tuple[Literal["newest", "relevance"], ...] = ("newest", "relevance")
        for order in orders:
            times: list[float] = []
            processor: list[float] = []
            slowest: dict[str, float] = {}
            for _ in range(SEARCHES):
                for name, query in asked.items():
                    began, worked = time.perf_counter(), time.process_time()
                    search(archive, query, 50, order=order)
                    processor.append((time.process_time() - worked) * 1000)
                    times.append((time.perf_counter() - began) * 1000)
                    slowest[name] = max(times[-1], slowest.get(name, 0))
            figures[f"{order}-p50"] = statistics.median(times)
            figures[f"{order}-p95"] = statistics.quantiles(times, n=20)[-1]
            figures[f"{order}-p95-processor"] = statistics.quantiles(processor, n=20)[-1]
            figures |= {f"{order} {name}": slowest[name] for name in sorted(slowest, key=slowest.__getitem__)[-3:]}
    return figures


def queries(archive: Archive) -> dict[str, str]:
    """Rare and common words, phrases, prefixes and filters, in four languages."""
    english, korean, japanese, chinese = wordings()
    text = archive.values(
        "select text from article_texts join articles on id = article_id where language = 'en' order by id limit 1"
    )[0][0]
    common, middling, rare = english.words[0], english.words[80], english.words[-50]
    return {
        "common": common,
        "middling": middling,
        "rare": rare,
        "two common": f"{common} {english.words[1]}",
        "common and rare": f"{common} {rare}",
        "either": f"{middling} OR {rare}",
        "common without common": f"{middling} -{common}",
        "phrase": f'"{" ".join(text.split(".")[0].split()[:4])}"',
        "phrase of common": f'"{common} {english.words[1]}"',
        "prefix": f"{rare[:4]}*",
        "title": f"title:{middling}",
        "Korean common": korean.words[0],
        "Korean rare": korean.words[-50],
        "Korean part": korean.words[3][:1],
        "Japanese common": japanese.words[0],
        "Chinese common": chinese.words[0],
        "Chinese rare": chinese.words[-50],
        "Chinese two": f"{chinese.words[0]} {chinese.words[1]}",
        "language": f"lang:ko {korean.words[2]}",
        "publisher": f'publisher:"News 7" {middling}',
        "recent": f"after:2025-12 {middling}",
        "a month": f"after:2024-05 before:2024-06 {middling}",
    }


JOBS: dict[str, Callable[[Path], Figures]] = {
    "fill": fill_archive,
    "store": store,
    "copies": copies,
    "searches": searches,
}
