"""A whole replay, of files or of an archive's articles, and what it gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from monitors.archive.connection import open_reader
from monitors.clock import from_iso
from monitors.definition.model import Monitor
from monitors.errors import InputError
from monitors.ingest.adjudicator import Adjudged, Asking
from monitors.ingest.documents import Document, archived_documents, read_documents
from monitors.ingest.progress import Progress, silent
from monitors.ingest.replay import Replay


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from: files, or an archive. What is raised before `since` is not shown."""

    files: tuple[str, ...] = ()
    archive: Path | None = None
    since: datetime | None = None

    def documents(self, monitor: str, open_things: ExitStack) -> Iterator[Document]:
        """The documents, an archive's as those of a monitor. Raises InputError and ArchiveError."""
        if self.archive is None:
            return read_documents(self.files)
        return archived_documents(open_things.enter_context(open_reader(self.archive)), monitor)

    def shows(self, line: Mapping[str, Any]) -> bool:
        """Whether a development, as a line of the replay's contract, is one that is asked for."""
        return self.since is None or from_iso(line["published"]) >= self.since


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay gave: developments as lines of its contract, copy groups as ids, how much it read and asked."""

    lines: list[dict[str, Any]]
    groups: list[list[str]]
    on_topic: int
    documents: int
    adjudged: Adjudged = field(default_factory=Adjudged)


def replayed(
    source: Source, monitor: Monitor, kept_for: str, progress: Progress = silent, asking: Asking | None = None
) -> Replayed:
    """Replay the whole of a source; of an archive the articles `kept_for` a monitor, by its id.

    An adjudicator is asked only by `asking`.

    Raises InputError and ArchiveError.
    """
    count = _Count()
    with ExitStack() as open_things:
        replay = open_things.enter_context(closing(Replay(monitor, asking)))
        documents = count.over(source.documents(kept_for, open_things), progress)
        lines = [line for raised in replay.raise_for(documents) if source.shows(line := raised.line())]
        adjudged = asking.take_counts() if asking is not None else Adjudged()
        return Replayed(lines, replay.groups(), replay.on_topic, count.documents, adjudged)


def day(text: str, named: str) -> datetime:
    """The start of a day in UTC. Raises InputError, which calls the value by the name of whoever gave it."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        raise InputError(f"{named} {text}: expected a day such as 2025-08-25") from None


@dataclass(slots=True)
class _Count:
    """Counts documents as they pass."""

    documents: int = 0

    def over(self, documents: Iterable[Document], progress: Progress) -> Iterator[Document]:
        for document in documents:
            self.documents += 1
            progress("Reading documents", self.documents, 0)
            yield document
