"""Labelled documents as examples: the features of every sentence that may speak of a meeting, and what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitors.archive.records import Article, Mention
from monitors.clock import from_iso
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.developments.candidates import Candidate
from monitors.developments.engine import Engine
from monitors.developments.estimate import features
from monitors.developments.languages import LanguagePack
from monitors.developments.mentions import background_class
from monitors.ingest.marked import read_marks

DOCUMENTS = Path(__file__).with_name("documents.jsonl")
LANGUAGE = "en"
"""Of the sentences and of the model."""
HELD_OUT = Path(__file__).with_name("held_out.jsonl")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence read for one situation. `story` keeps apart what cross-validation must not split."""

    present: frozenset[str]
    status: str
    story: str
    read_as: str
    cue: str


def examples(path: Path) -> Iterator[Example]:
    """The examples of a file of labelled documents: `day`, `title`, `text`, `labels` of sentences."""
    engine = Engine(load_monitor(shipped_monitor_path()))
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from _examples(engine, json.loads(line))


def marked_examples(path: Path, monitor: Path | None = None) -> Iterator[Example]:
    """The examples that people's marks are, as `wirewatch marks --examples` writes them, of the monitor's meetings.

    What was marked wrong says nothing new. What was marked merged says what it says: that it was said before is for the
    ledger to know. A mark of another monitor, of another language than the model's, or of a sentence that is no longer
    read for its situation gives no example.
    """
    engine = Engine(load_monitor(monitor or shipped_monitor_path()))
    for mark in read_marks(str(path)):
        if (mark.get("monitor"), mark.get("language")) == (engine.monitor.id, LANGUAGE):
            yield from _of_mark(engine, mark)


def _of_mark(engine: Engine, mark: dict[str, Any]) -> Iterator[Example]:
    title, text = (mark["sentence"], "") if mark.get("field") == "title" else ("", mark["sentence"])
    article = _article(engine, title, text, LANGUAGE, from_iso(mark["published"]))
    status = "none" if mark["verdict"] == "wrong" else mark["status"]
    story = f"marked {mark.get('merged_into') or mark.get('development')}"
    for _, candidate, mention in _read(engine, article):
        if candidate.watched.situation.id == mark["situation"]:
            yield _example(candidate, _pack(engine, article), status, story, mention.status, mention.cue)


def digest(*paths: Path) -> str:
    """The SHA-256 of files, one after the other, in hexadecimal."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _examples(engine: Engine, document: dict[str, Any]) -> Iterator[Example]:
    published = from_iso(f"{document['day']}T12:00:00Z")
    article = _article(engine, document["title"], document["text"], document["lang"], published)
    for line, candidate, mention in _read(engine, article):
        status = _label(document["labels"], line, candidate)
        yield _example(candidate, _pack(engine, article), status, document["story"], mention.status, mention.cue)


def _article(engine: Engine, title: str, text: str, language: str, published: datetime) -> Article:
    return Article(
        monitor=engine.monitor.id, url="", canonical_url="", title=title, text=text, language=language, publisher="",
        family="", published=published, discovered=published,
    )  # fmt: skip


def _read(engine: Engine, article: Article) -> Iterator[tuple[str, Candidate, Mention]]:
    """The lines of an article that may speak of a meeting, with what the rules read in them."""
    for seen in engine.look(article):
        for candidate, mention in zip(seen.candidates, seen.mentions, strict=True):
            if candidate.watched.is_meeting:
                yield seen.line.text.strip(), candidate, mention


def _pack(engine: Engine, article: Article) -> LanguagePack:
    pack = engine.pack_for(article)
    assert pack is not None
    return pack


def _example(candidate: Candidate, pack: LanguagePack, status: str, story: str, read_as: str, cue: str) -> Example:
    return Example(
        features(candidate, pack, background_class(candidate.marked.text, pack)),
        status,
        story,
        "none" if read_as == "background" else read_as,
        cue,
    )


def _label(labels: list[dict[str, str]], sentence: str, candidate: Candidate) -> str:
    own = (label for label in labels if label["situation"] == candidate.watched.situation.id)
    return next(
        (label["status"] for label in own if label["sentence"] in sentence or sentence in label["sentence"]), "none"
    )
