"""Reading for one page: a connection that can change nothing, one moment of the archive, and a limit of time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from monitors.archive.connection import Archive, open_reader
from monitors.browse.settings import Settings
from monitors.errors import ArchiveError


class TooSlow(ArchiveError):
    """A page asked more of the archive than its time allows."""


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Archive]:
    """The archive as it is now, whatever a writer does meanwhile.

    Raises TooSlow when its queries take longer than the limit, and ArchiveError.
    """
    with open_reader(settings.archive, busy_timeout=settings.limits.seconds) as archive:
        archive.connection.execute("begin")
        deadline = time.monotonic() + settings.limits.seconds
        archive.connection.set_progress_handler(lambda: time.monotonic() > deadline, settings.limits.steps)
        try:
            yield archive
        except ArchiveError as error:
            if time.monotonic() > deadline:
                raise TooSlow(
                    f"this page took longer than {settings.limits.seconds:g} s and was stopped; "
                    "narrow the dates, or ask for a rarer word"
                ) from error
            raise
