"""Labelled documents as examples: the features of every sentence that may speak of a meeting, and what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitors.archive.records import Article
from monitors.clock import from_iso
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.developments.candidates import Candidate
from monitors.developments.engine import Engine
from monitors.developments.estimate import features
from monitors.developments.languages import LanguagePack
from monitors.developments.mentions import background_class

DOCUMENTS = Path(__file__).with_name("documents.jsonl")
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


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _examples(engine: Engine, document: dict[str, Any]) -> Iterator[Example]:
    published = from_iso(f"{document['day']}T12:00:00Z")
    article = Article(
        monitor=engine.monitor.id, url="", canonical_url="", title=document["title"], text=document["text"],
        language=document["lang"], publisher="", family="", published=published, discovered=published,
    )  # fmt: skip
    pack = engine.pack_for(article)
    assert pack is not None
    for seen in engine.look(article):
        for candidate, mention in zip(seen.candidates, seen.mentions, strict=True):
            if candidate.watched.is_meeting:
                status = _label(document["labels"], seen.line.text.strip(), candidate)
                yield _example(candidate, pack, status, document["story"], mention.status, mention.cue)


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
