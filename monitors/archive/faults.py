"""What SQLite and Python refuse, and what is done about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitors.errors import ArchiveBusy, ArchiveError

BUSY_TIMEOUT = 10.0
"""Seconds that a statement waits for another process's lock."""

Parameters = Sequence[Any] | Mapping[str, Any]


def encodable(parameters: Parameters) -> Parameters:
    """The parameters with U+FFFD for half surrogate pairs, which JSON feeds can carry and no file can hold."""
    if isinstance(parameters, Mapping):
        return {name: _whole(value) for name, value in parameters.items()}
    return [_whole(value) for value in parameters]


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def explain(error: sqlite3.Error, path: Path | str, busy_timeout: float = BUSY_TIMEOUT) -> ArchiveError:
    """The error of ours that tells a reader what SQLite's means and what to do."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return ArchiveBusy(
            f"archive {path}: another process has held its lock for more than {busy_timeout:g} s; "
            "let that run end, then try again"
        )
    known = {
        "disk is full": "the disk is full; free some space and run again, nothing was half written",
        "not a database": "this file is no SQLite database; name another one with --archive",
        "unable to open": "cannot be opened; does the folder exist, and may this user read and write it?",
        "readonly": "is read-only for this process; check the permissions of the file and its folder",
        "malformed": "is damaged; restore the latest backup",
        "disk I/O": "the disk failed to read or write; check the disk, then restore the latest backup if need be",
        "constraint": f"refused a row that does not fit its tables ({text})",
        "no such function: seg": "can only be written through Wirewatch, which brings the function its index needs",
        "interrupted": "the query took too long and was stopped; narrow it, for instance by dates",
    }
    for sign, meaning in known.items():
        if sign in text:
            return ArchiveError(f"archive {path}: {meaning}")
    return ArchiveError(f"archive {path}: {text}")
