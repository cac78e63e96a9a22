"""The file channel: one JSON line for each alert, appended and synced to disk.

Delivery is at least once. A line carries the delivery's `key`, which stays the same over retries; a repeat that is
still among the last lines of the file is not written again, any other is for the reader to drop by its key.
"""

from __future__ import annotations

import errno
import json
import os
from io import FileIO
from pathlib import Path

from monitors.alerts.message import Message, to_object
from monitors.errors import ChannelError

TAIL_BYTES = 256 * 1024
_WRONG_PATH = frozenset({errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})


class JsonLinesFile:
    """Appends alerts to the file at `path`; makes its folder if that is missing."""

    def __init__(self, channel: str, path: Path) -> None:
        self.channel = channel
        self.path = path

    def send(self, key: str, message: Message) -> None:
        """Append `message` and wait until it is on disk.

        Raises ChannelError: without retry if the path can never be a file, with retry otherwise (disk full, no
        permission). A line that could be written only in part is taken back.
        """
        record = {"key": key, **to_object(message)}
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b", buffering=0) as file:
                _append(file, key, line)
        except OSError as error:
            wrong_path = error.errno in _WRONG_PATH or isinstance(error, FileExistsError)
            advice = "give another path in the monitor file" if wrong_path else "it will be tried again"
            reason = error.strerror or type(error).__name__
            raise ChannelError(self.channel, f"{self.path}: {reason}; {advice}", retry=not wrong_path) from error


def _append(file: FileIO, key: str, line: bytes) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    complete, _, torn = (file.read(TAIL_BYTES) or b"").rpartition(b"\n")
    if any(_key_of(past) == key for past in complete.splitlines()):
        return
    try:
        # A line cut short by a crash stays a line of its own.
        _write_all(file, b"\n" + line if torn else line)
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def _write_all(file: FileIO, content: bytes) -> None:
    while content:
        content = content[file.write(content) or 0 :]


def _key_of(line: bytes) -> str | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    key = record.get("key") if isinstance(record, dict) else None
    return key if isinstance(key, str) else None
