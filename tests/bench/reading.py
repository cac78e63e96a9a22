"""What reading for developments costs: articles on the topic, headlines off it, and the memory of long replays."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from monitors.archive.records import Article
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.developments.engine import Engine
from monitors.ingest.documents import Document
from monitors.ingest.publishers import language_of
from monitors.ingest.replay import Replay

TRAINING = Path(__file__).resolve().parents[1] / "training" / "documents.jsonl"
START = datetime(2018, 1, 1, tzinfo=UTC)
ROUNDS = 5
FEW, TIMES = 400, 5
"""Documents of the shorter replay, and how many times as many the longer one has."""

SENTENCES = 5

Figures = dict[str, float]


def training_documents() -> list[Document]:
    """What the estimates are trained with, each text once."""
    lines = [json.loads(line) for line in TRAINING.read_text("utf-8").splitlines()]
    return [
        Document(
            id=str(number),
            published=datetime.fromisoformat(line["day"]).replace(tzinfo=UTC),
            source="Bench",
            lang=line["lang"],
            url=f"https://bench.example/{number}",
            title=line["title"],
            text=line["text"],
        )
        for number, line in enumerate({(line["title"], line["text"]): line for line in lines}.values())
    ]


def on_topic(engine: Engine, documents: Sequence[Document]) -> list[Document]:
    return [
        one for one in documents if engine.on_topic(one.title, one.text, language_of(one.title, one.text, one.lang))
    ]


def mixed(documents: Sequence[Document], count: int) -> Iterator[Document]:
    """Documents in which sentences and headlines of the given ones are put together anew, one every ten minutes.

    No two have the same text; the stream is never in memory as a whole.
    """
    dice = random.Random(5)
    english = [one for one in documents if one.lang == "en"]
    sentences = [f"{sentence}." for one in english for sentence in one.text.split(". ") if len(sentence) > 40]
    for number in range(count):
        title = dice.choice(english).title
        yield Document(
            id=str(number),
            published=START + timedelta(minutes=10 * number),
            source=f"Bench {number % 40}",
            lang="en",
            url=f"https://bench.example/{number}",
            title=f"{title} ({number})",
            text=" ".join(dice.sample(sentences, SENTENCES)),
        )


def read(folder: Path) -> Figures:
    """Articles on the topic that are read, and headlines off it that a replay passes over: each a second of processor
    time.
    """
    del folder
    monitor = load_monitor(shipped_monitor_path())
    engine = Engine(monitor)
    documents = training_documents()
    articles = [_article(engine, one) for one in on_topic(engine, documents)]
    headlines = [replace(one, text="") for one in documents]
    relevant = {one.id for one in on_topic(engine, headlines)}
    off_topic = [one for one in headlines if one.id not in relevant]
    with closing(Replay(monitor)) as replay:
        figures = {
            "articles": len(articles) / _best(lambda: [engine.read(article) for article in articles]),
            "headlines": len(off_topic) / _best(lambda: list(replay.raise_for(off_topic))),
        }
        assert replay.on_topic == 0
    return figures


def replay(folder: Path, *, count: int) -> Figures:
    """A whole replay of so many articles on the topic; its memory is the job's."""
    del folder
    with closing(Replay(load_monitor(shipped_monitor_path()))) as replaying:
        documents = on_topic(replaying.engine, training_documents())
        began = time.process_time()
        raised = sum(1 for _ in replaying.raise_for(mixed(documents, count)))
        return {"raised": raised, "rate": replaying.on_topic / (time.process_time() - began)}


def _article(engine: Engine, document: Document) -> Article:
    return Article(
        monitor=engine.monitor.id,
        url=document.url,
        canonical_url=document.url,
        title=document.title,
        text=document.text,
        language=language_of(document.title, document.text, document.lang),
        publisher=document.source,
        family="bench",
        published=document.published,
        discovered=document.published,
    )


def _best(work: Callable[[], object]) -> float:
    """The least processor time that it took, in seconds. Once before, so that what is made on first use is there."""
    work()
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least


JOBS: dict[str, Callable[[Path], Figures]] = {
    "read": read,
    "replay-few": partial(replay, count=FEW),
    "replay-many": partial(replay, count=FEW * TIMES),
}
