"""What one more feed, entry or article costs: the figures that docs/explanation/scaling.md reckons with.

    python tests/bench/growth.py

Seconds are processor time, so that a busy machine matters little. It takes about two minutes.
"""

from __future__ import annotations

import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from invented import articles
from news import START, feed_document, monitor_document

from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, FeedState, Poll
from monitors.articles.keep import keep_all
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Feed, Monitor
from monitors.developments.engine import Engine
from monitors.feeds.parse import parse_feed
from monitors.feeds.poll import PollResult
from monitors.ingest.publishers import families_by_publisher
from monitors.ingest.steps import spent
from monitors.ingest.store import store_poll

FEEDS, ENTRIES, ARTICLES = 200, 40, 4000
LISTED = 1000


def worked(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def polls(monitor: str) -> list[PollResult]:
    """FEEDS polls of ENTRIES entries each, read from their documents."""
    now = START + timedelta(days=2)
    out = []
    for number in range(FEEDS):
        feed = Feed(url=f"http://n{number}.example/rss", publisher=f"News {number}", family=f"f{number}", language="en")
        parsed = parse_feed(feed_document(number, ENTRIES), {}, feed, now, max_entries=1000)
        poll = Poll(
            monitor=monitor, feed_url=feed.url, started=now, outcome="ok", http_status=200, entries_seen=ENTRIES
        )
        out.append(PollResult(feed, poll, FeedState(monitor, feed.url), parsed.entries))
    return out


def store(archive: Archive, engine: Engine, results: list[PollResult]) -> None:
    families = families_by_publisher(engine.monitor)
    for start in range(0, len(results), 5):
        with archive.writing():
            for result in results[start : start + 5]:
                store_poll(archive, engine, families, result, START + timedelta(days=2), baseline=False)


def entries_off_topic(folder: Path) -> dict[str, float]:
    """A feed's document read; its entries new and off topic, then known; what they take on disk and in memory."""
    monitor = load_monitor(shipped_monitor_path())
    results = polls(monitor.id)
    count = FEEDS * ENTRIES
    with open_archive(folder / "off.db") as archive:
        new = worked(lambda: store(archive, Engine(monitor), results))
        archive.checkpoint()
        size = (folder / "off.db").stat().st_size
        again = worked(lambda: store(archive, Engine(monitor), results))
        kept = archive.values("select count(*) from entries")[0][0]
    assert kept == count
    tracemalloc.start()
    held = spent([replace(result, poll=replace(result.poll)) for result in results])
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == FEEDS
    return {
        "read an entry, ms": worked(lambda: polls(monitor.id)) / count * 1000,
        "store an entry off topic, ms": new / count * 1000,
        "an entry that is known, ms": again / count * 1000,
        "an entry off topic in the archive, bytes": size / count,
        "a poll held to the end of a pass, bytes": memory / FEEDS,
    }


def read_for_developments(folder: Path) -> dict[str, float]:
    """On-topic articles read by the words of a monitor of two people and one situation, and by those of the shipped."""
    bench = Monitor.model_validate(monitor_document(["http://n0.example/rss"]))
    out = {}
    for name, monitor in (("small monitor", bench), ("shipped monitor", load_monitor(shipped_monitor_path()))):
        engine = Engine(monitor)
        found = [
            Article(
                monitor=monitor.id, url=entry.url or "", canonical_url=entry.url or "", title=entry.title,
                text=entry.summary, language="en", publisher="News", family="f", published=START, discovered=START,
            )
            for result in polls(monitor.id)[:25] for entry in result.entries
        ]  # fmt: skip
        swapped = [_on_topic(article, name) for article in found]
        out[f"read an article, {name}, ms"] = (
            worked(lambda e=engine, a=swapped: [e.read(one) for one in a]) / len(found) * 1000
        )
    return out


def _on_topic(article: Article, name: str) -> Article:
    """For the shipped monitor the invented people get names that it watches."""
    if name == "small monitor":
        return article
    named = {"Marta Velin": "Donald Trump", "Oskar Tamm": "Kim Jong Un", "President Velin": "President Trump"}
    title, text = article.title, article.text
    for invented, real in named.items():
        title, text = title.replace(invented, real), text.replace(invented, real)
    return replace(article, title=title, text=text)


def keep(folder: Path) -> dict[str, float]:
    """Distinct on-topic articles kept: copies looked for, texts indexed."""
    new = list(articles(ARTICLES, seed=3, span=timedelta(days=10)))

    def all_of_them() -> None:
        with open_archive(folder / "keep.db") as archive:
            for start in range(0, ARTICLES, 240):
                with archive.writing():
                    keep_all(archive, new[start : start + 240])
            archive.checkpoint()

    seconds = worked(all_of_them)
    size = (folder / "keep.db").stat().st_size
    return {"keep an article, ms": seconds / ARTICLES * 1000, "an article in the archive, bytes": size / ARTICLES}


def listed(folder: Path) -> dict[str, float]:
    """A monitor file with many feeds, loaded."""
    file = folder / "monitor.yaml"
    document = monitor_document([f"http://n{number}.example/rss" for number in range(LISTED)])
    file.write_text(json.dumps(document, indent=1), "utf-8")
    return {"load a feed of a monitor file, ms": worked(lambda: load_monitor(file)) / LISTED * 1000}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for part in (entries_off_topic, read_for_developments, keep, listed):
            for what, value in part(Path(name)).items():
                print(f"{what:<44}{value:10.3f}", flush=True)
