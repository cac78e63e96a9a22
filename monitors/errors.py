"""The one tree of errors that Wirewatch raises on purpose.

Each message names the thing (feed, file and line, channel, archive) and says what to do, so that the command line can
print it as it is. `exit_status` is what the command ends with: 1 something failed, 2 wrong use or bad input.
"""

from __future__ import annotations

from pathlib import Path


class WirewatchError(Exception):
    """Base of every error that is meant for the user's eyes."""

    exit_status = 1


class MonitorFileError(WirewatchError):
    """A monitor file cannot be used. `problems` has one line for each fault: `file:line: key: what was expected`."""

    exit_status = 2

    def __init__(self, path: Path | str, problems: list[str]) -> None:
        self.path = Path(path)
        self.problems = problems
        super().__init__("\n".join(problems))


class InputError(WirewatchError):
    """A file or value given by the user cannot be read (a replay stream, an option)."""

    exit_status = 2


class ArchiveError(WirewatchError):
    """The archive cannot be opened, read or written."""


class ArchiveBusy(ArchiveError):
    """Another process held the archive's write lock longer than we wait."""


class PassUnderWay(WirewatchError):
    """Another pass of the same monitor is at work, so that this one has nothing to do; no failure."""

    exit_status = 0


class ChannelError(WirewatchError):
    """A channel could not take a message. `retry` says whether trying again can help, `retry_after` in how many seconds
    at the earliest, where the receiver asked for it."""

    def __init__(self, channel: str, message: str, *, retry: bool, retry_after: float | None = None) -> None:
        self.channel = channel
        self.retry = retry
        self.retry_after = retry_after
        super().__init__(f"channel {channel}: {message}")
