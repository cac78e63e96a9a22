"""Readers, articles and mentions to put before them, and a wire on which stories arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitors.archive import developments
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article, Development, Mention
from monitors.articles.keep import keep
from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Monitor
from monitors.developments.candidates import Candidate, candidates
from monitors.developments.detect import detect
from monitors.developments.engine import Engine
from monitors.developments.entities import EntityFinder
from monitors.developments.languages import LanguagePack, read_pack
from monitors.developments.lifecycles import FACTUALITY
from monitors.developments.lines import Line, lines_of
from monitors.developments.marking import MarkedSentence, mark_sentence
from monitors.developments.mentions import Reading
from monitors.developments.normal import normalise
from monitors.developments.patterns import SLOTS
from monitors.developments.reading import read_sentence
from monitors.developments.watched import Watched, companions, watch

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"

MakingArticle = Callable[..., Article]
MakingMention = Callable[..., Mention]


@pytest.fixture(scope="session")
def shipped() -> Engine:
    """The reader of the monitor that comes with Wirewatch."""
    return Engine(load_monitor(shipped_monitor_path()))


@pytest.fixture(scope="session")
def glacier() -> Engine:
    """The reader of a topic that has nothing in common with the shipped one."""
    return Engine(load_monitor(GLACIER))


@pytest.fixture(scope="session")
def articles() -> MakingArticle:
    """Makes articles that differ in what the test names; `day` is the day of publication."""

    def make(title: str = "", text: str = "", day: str = "2026-03-02", **values: Any) -> Article:
        moment = datetime.fromisoformat(day)
        moment = moment if moment.tzinfo is not None else moment.replace(hour=moment.hour or 12, tzinfo=UTC)
        fields: dict[str, Any] = {
            "monitor": "us-korea", "url": "https://post.example/a", "canonical_url": "https://post.example/a",
            "title": title, "text": text, "language": "en", "publisher": "Harbour Post", "family": "harbour-post",
            "published": moment, "discovered": moment,
        }  # fmt: skip
        return Article(**(fields | values))

    return make


@pytest.fixture(scope="session")
def mentions() -> MakingMention:
    """Makes mentions of a meeting that differ in what the test names."""

    def make(status: str, **values: Any) -> Mention:
        fields: dict[str, Any] = {
            "situation": "summit", "status": status, "factuality": FACTUALITY[status], "sentence": "A and B meet.",
            "field": "title", "start": 0, "end": 13, "cue": "EVENT",
        }  # fmt: skip
        return Mention(**(fields | values))

    return make


@dataclass
class Wire:
    """Articles arrive in an archive in memory, as in a pass; `arrive` gives what each of them raises."""

    archive: Archive
    engine: Engine
    articles: MakingArticle
    arrived: list[Article] = field(default_factory=list)

    def arrive(
        self,
        day: str,
        title: str,
        text: str = "",
        *,
        family: str = "harbour-post",
        baseline: bool = False,
        **values: Any,
    ) -> list[Development]:
        url = values.pop("url", f"https://{family}.example/{len(self.arrived) + 1}")
        article = self.articles(
            title, text, day, monitor=self.engine.monitor.id, url=url, canonical_url=url, family=family, **values
        )
        with self.archive.writing():
            stored = keep(self.archive, article).article
            self.arrived.append(stored)
            read = self.engine.read(stored)
            return detect(self.archive, self.engine.monitor, stored, read, stored.published, baseline=baseline)

    def statuses(self, day: str, title: str, text: str = "", **values: Any) -> list[tuple[str, str]]:
        return [(raised.situation, raised.status) for raised in self.arrive(day, title, text, **values)]

    def development(self, development_id: int) -> Development:
        return developments.get(self.archive, development_id)


@pytest.fixture
def wire(shipped: Engine, articles: MakingArticle) -> Iterator[Wire]:
    """A wire read for the shipped monitor."""
    with open_archive(":memory:") as archive:
        yield Wire(archive, shipped, articles)


@pytest.fixture
def glacier_wire(glacier: Engine, articles: MakingArticle) -> Iterator[Wire]:
    """A wire read for the made-up topic."""
    with open_archive(":memory:") as archive:
        yield Wire(archive, glacier, articles)


@pytest.fixture(scope="session")
def tiny() -> LanguagePack:
    """A language with a handful of words, see tiny.toml."""
    path = Path(__file__).resolve().parent / "tiny.toml"
    return read_pack(path.read_text("utf-8"), path.name)


@dataclass(frozen=True)
class Reader:
    """The made-up topic read with the tiny language, step by step."""

    monitor: Monitor
    pack: LanguagePack
    day: date = date(2031, 3, 5)  # a Wednesday

    def lines(self, title: str, text: str = "") -> list[Line]:
        finder = EntityFinder(self.monitor.entities, "en")
        return lines_of(normalise(title), normalise(text), finder, self.pack, self.day, companions(self.monitor))

    def watched(self, *ids: str) -> list[Watched]:
        situations = self.monitor.situations
        return [watch(s, "en", self.pack, situations) for s in situations if not ids or s.id in ids]

    def marked(self, sentence: str, situation: str = "brunnick-saal-meeting") -> MarkedSentence:
        (line,) = self.lines(sentence)
        (watched,) = self.watched(situation)
        return mark_sentence(line.plain, watched.markers, line.tags, line.dates, self.pack, self.day)

    def candidates(self, title: str, text: str = "", number: int = 0) -> list[Candidate]:
        persons = frozenset(entity.id for entity in self.monitor.entities if entity.kind == "person")
        acts_for = {entity.id: entity.acts_for for entity in self.monitor.entities if entity.acts_for is not None}
        return candidates(self.watched(), self.lines(title, text), number, self.pack, persons, acts_for, self.day)

    def readings(self, title: str, text: str = "", number: int = 0) -> dict[str, Reading]:
        return {
            found.watched.situation.id: read_sentence(found, self.pack, self.day)
            for found in self.candidates(title, text, number)
        }

    @staticmethod
    def shown(marked: str) -> str:
        """A marked sentence for human eyes."""
        for name, slot in SLOTS.items():
            marked = marked.replace(slot, f"<{name}>")
        return marked


@pytest.fixture(scope="session")
def reader(tiny: LanguagePack) -> Reader:
    """Reads the made-up topic, extended by a rocket, an exercise and a second meeting, with the tiny language."""
    data = load_monitor(GLACIER).model_dump()
    person = {"kind": "person", "id": "ivo-renn", "name": "Ivo Renn", "names": {"en": ["Ivo Renn", "Renn"]}}
    data["entities"] = [*data["entities"], person]
    data["situations"] = [
        *data["situations"],
        {"id": "saal-renn-meeting", "kind": "meeting", "title": "Saal meets Renn",
         "parties": [["joren-saal", "velmora"], ["ivo-renn"]], "names": {"en": ["Saal-Renn summit"]}},
        {"id": "rocket", "kind": "occurrence", "title": "Velmora fires a rocket", "parties": [["velmora"]],
         "words": {"en": ["rocket"]}, "never": {"en": ["toy rocket"]}, "acts": {"en": {"occurred": ["rocketed"]}}},
        {"id": "exercise", "kind": "policy", "title": "The exercise", "parties": [["tarnland"], ["velmora"]],
         "words": {"en": ["exercise"]}, "cues": {"en": {"ended": ["goes home", "last day of <thing>"]}}},
    ]  # fmt: skip
    return Reader(Monitor.model_validate(data), tiny)
