"""Run the ingest flow once, now, in this process: what the command `wirewatch run` calls."""

from __future__ import annotations

from pathlib import Path

from flows.settings import settle_here
from monitors.errors import PassUnderWay
from monitors.ingest.progress import Progress, silent
from monitors.ingest.summary import PassSummary


def run(monitor_path: Path, archive_path: Path, verbose: bool, progress: Progress = silent) -> PassSummary:
    """One pass over every feed as a Prefect flow; without a server at hand Prefect starts a temporary one.

    With `verbose`, Prefect's own log lines are shown. Raises what the pass raises, and WirewatchError when no server
    could be reached or started.
    """
    settle_here(verbose=verbose)
    # Prefect reads its settings when it is imported, so they come first.
    from flows.ingest import ingest
    from flows.progress import telling
    from flows.server import have_server

    have_server()
    with telling(progress):
        summary = ingest(str(monitor_path), str(archive_path), due_only=False)
    if not isinstance(summary, PassSummary):
        raise PassUnderWay("another pass of this monitor is under way; this one did nothing")
    return summary
