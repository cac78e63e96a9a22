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
from typing import Any, TextIO

from monitors.errors import InputError

STANDARD_INPUT = "-"
_TEXT_FIELDS = ("source", "lang", "url", "title", "text")


@dataclass(frozen=True, slots=True)
class Document:
    """One line of a stream. `published` is aware, in UTC."""

    id: str
    published: datetime
    source: str
    lang: str
    url: str
    title: str
    text: str


def read_documents(files: Iterable[str]) -> Iterator[Document]:
    """The documents of `files` in order, one after the other; `-` is standard input.

    Raises InputError, naming file and line, for what cannot be read.
    """
    for name in files:
        try:
            with _opened(name) as stream:
                for number, line in enumerate(stream, 1):
                    if line.strip():
                        yield _document(line, name, number)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise InputError(f"{name}: cannot be read: {_reason(error)}") from None


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == STANDARD_INPUT:
        yield sys.stdin
        return
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: no such file")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
        yield stream


def _document(line: str, name: str, number: int) -> Document:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{number}: not JSON: {error.msg}") from None
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
    return moment.astimezone(UTC)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
