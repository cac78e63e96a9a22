"""The seed article: a text file with a small header, from which a monitor knows where things stand.

title: What the article is called
date: 2025-08-25
language: en
publisher: Who published it
family: owner-or-agency
url: urn:example:seed

The text, after an empty line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from monitors.definition.model import Language
from monitors.errors import MonitorFileError

REQUIRED = ("title", "date", "language", "publisher", "family")
OPTIONAL = ("url",)
_KNOWN = (*REQUIRED, *OPTIONAL)
_FAMILY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class SeedText:
    """A seed article. `published` is aware, in UTC; a date without a time means midnight UTC."""

    title: str
    published: datetime
    language: Language
    publisher: str
    family: str
    url: str | None
    text: str


def load_seed(path: Path) -> SeedText:
    """Read the seed article at `path`.

    Raises MonitorFileError with one line for each fault, `file:line: key: what was expected`.
    """
    lines = _read_lines(path)
    header, body_starts, problems = _header(path, lines)
    values = {key: value for key, (value, _) in header.items()}
    problems += [f"{path}:1: {key}: is missing from the header" for key in REQUIRED if key not in header]
    published = _moment(values.get("date", ""))
    if "date" in header and published is None:
        problems.append(
            f"{path}:{header['date'][1]}: date: expected YYYY-MM-DD, or a time with a zone (got {values['date']!r})"
        )
    if "language" in header and values["language"] not in get_args(Language):
        wanted = ", ".join(get_args(Language))
        problems.append(
            f"{path}:{header['language'][1]}: language: expected one of {wanted} (got {values['language']!r})"
        )
    if "family" in header and not _FAMILY.fullmatch(values["family"]):
        problems.append(
            f"{path}:{header['family'][1]}: family: expected lower case words and digits joined by - "
            f"(got {values['family']!r})"
        )
    text = "\n".join(lines[body_starts:]).strip()
    if not text:
        problems.append(f"{path}:{max(len(lines), 1)}: expected the text of the article after an empty line")
    if problems or published is None:
        raise MonitorFileError(path, problems)
    return SeedText(
        title=values["title"],
        published=published,
        language=cast(Language, values["language"]),
        publisher=values["publisher"],
        family=values["family"],
        url=values.get("url"),
        text=text,
    )


def _read_lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MonitorFileError(path, [f"{path}: cannot be read: {error.strerror or error}"]) from error
    try:
        return raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MonitorFileError(path, [f"{path}:{line}: not UTF-8; save the file as UTF-8"]) from error


def _header(path: Path, lines: list[str]) -> tuple[dict[str, tuple[str, int]], int, list[str]]:
    """Key → (value, line), where the body starts, and faults."""
    header: dict[str, tuple[str, int]] = {}
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            return header, number, problems
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            problems.append(f"{path}:{number}: expected `key: value`, or an empty line before the text (got {line!r})")
        elif key not in _KNOWN:
            close = get_close_matches(key, _KNOWN, n=1)
            hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(_KNOWN)}"
            problems.append(f"{path}:{number}: {key}: unknown key; {hint}")
        elif key in header:
            problems.append(f"{path}:{number}: {key}: key is given twice")
        elif not value:
            problems.append(f"{path}:{number}: {key}: expected a value")
            header[key] = (value, number)
        else:
            header[key] = (value, number)
    return header, len(lines), problems


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
