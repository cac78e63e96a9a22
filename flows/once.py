"""Run the ingest flow once, now, in this process: what the command `wirewatch run` calls."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from flows.settings import settle_here
from monitors.errors import PassUnderWay
from monitors.ingest.progress import Progress, silent
from monitors.ingest.summary import PassSummary


def run(
    monitor_path: Path,
    archive_path: Path,
    verbose: bool,
    progress: Progress = silent,
    dask_address: str | None = None,
) -> PassSummary:
    """One pass over every feed as a Prefect flow; without a server at hand Prefect starts a temporary one.

    With `verbose`, Prefect's own log lines are shown; with `dask_address` a Dask cluster polls the feeds. Raises what
    the pass raises, and WirewatchError when no server or no cluster could be reached or started.
    """
    settle_here(verbose=verbose)
    # Prefect reads its settings when it is imported, so they come first.
    from flows.fan_out import check_dask
    from flows.ingest import ingest
    from flows.progress import telling
    from flows.server import have_server, server_for_cluster

    with ExitStack() as stack:
        if dask_address is None:
            have_server()
        else:
            check_dask(dask_address)
            stack.enter_context(server_for_cluster(dask_address))
        stack.enter_context(telling(progress))
        summary = ingest(str(monitor_path), str(archive_path), due_only=False, dask_address=dask_address)
    if not isinstance(summary, PassSummary):
        raise PassUnderWay("another pass of this monitor is under way; this one did nothing")
    return summary
