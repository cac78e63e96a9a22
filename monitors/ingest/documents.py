"""Reading a stream of dated documents: JSON Lines, plain or gzip, from files or standard input."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitors.archive import articles
from monitors.archive.connection import Archive
from monitors.errors import InputError

STANDARD_INPUT = "-"
_TEXT_FIELDS = ("source", "lang", "url", "title", "text")


@dataclass(frozen=True, slots=True)
class Document:
    """One line of a stream. `published` is aware, in UTC. `feed_url` is known of documents that come from an archive:
    what "tomorrow" is depends on the zone of their feed.
    """

    id: str
    published: datetime
    source: str
    lang: str
    url: str
    title: str
    text: str
    feed_url: str | None = None


def archived_documents(archive: Archive, monitor: str) -> Iterator[Document]:
    """The articles that an archive keeps for a monitor, as documents, in the order of publication.

    Their ids are the articles'. They have the title and text of their latest version; a text that was removed because
    of its age is empty.
    """
    for article in articles.in_order(archive, monitor):
        yield Document(
            id=str(article.id),
            published=article.published,
            source=article.publisher,
            lang=article.language,
            url=article.url,
            title=article.title,
            text=article.text,
            feed_url=article.feed_url,
        )


def read_documents(files: Iterable[str]) -> Iterator[Document]:
    """The documents of `files` in order, one after the other; `-` is standard input.

    Raises InputError, naming file and line, for what cannot be read.
    """
    for name in files:
        for number, text in numbered_lines(name):
            yield _document(text, name, number)


def numbered_lines(name: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not empty, with their numbers; gzip when its name ends so, `-` is standard input.

    Raises InputError, naming file and line, for what cannot be read.
    """
    try:
        with _opened(name) as stream:
            for number, line in enumerate(stream, 1):
                text = _decoded(line, name, number)
                if text.strip():
                    yield number, text
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: cannot be read: {_reason(error)}") from None


@contextmanager
def _opened(name: str) -> Iterator[Iterable[bytes]]:
    """As bytes: lines end at a line feed alone, and standard input may have been opened in another encoding."""
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError(f"{name}: there is no standard input")
        yield sys.stdin.buffer
        return
    path = Path(name)
    if path.is_dir():
        raise InputError(f"{name}: is a folder, not a file")
    if not path.exists():
        raise InputError(f"{name}: no such file")
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield stream


def _decoded(line: bytes, name: str, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}:{number}: not UTF-8: {error.reason} at byte {error.start + 1}") from None


def _document(line: str, name: str, number: int) -> Document:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{number}: not JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{name}:{number}: not JSON that we read: nested too deep, or a number is too long") from None
    if not isinstance(data, dict):
        raise InputError(f"{name}:{number}: expected an object, got {type(data).__name__}")
    missing = [key for key in ("id", "published", *_TEXT_FIELDS) if key not in data]
    if missing:
        raise InputError(f"{name}:{number}: {', '.join(missing)}: missing")
    wrong = [key for key in ("id", "published", *_TEXT_FIELDS) if not isinstance(data[key], str)]
    if wrong:
        raise InputError(f"{name}:{number}: {', '.join(wrong)}: expected text")
    return Document(data["id"], _moment(data["published"], name, number), *_texts(data))


def _texts(data: dict[str, Any]) -> tuple[str, str, str, str, str]:
    source, lang, url, title, text = (data[key] for key in _TEXT_FIELDS)
    return source, lang, url, title, text


def _moment(text: str, name: str, number: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name}:{number}: published: expected an ISO 8601 time, got {text!r}") from None
    if moment.tzinfo is None:
        raise InputError(f"{name}:{number}: published: {text!r} has no time zone; write Z for UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InputError(f"{name}:{number}: published: {text!r} is before or after all time") from None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
