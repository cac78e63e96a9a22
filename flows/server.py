"""A Prefect server at hand for one run: the one that is configured, or a temporary one."""

from __future__ import annotations

import signal
from threading import Thread

from prefect.client.orchestration import get_client

from monitors.errors import WirewatchError


def have_server() -> None:
    """Start Prefect's temporary server unless PREFECT_API_URL names one; it ends with this process.

    Ctrl-C at a terminal goes to every process of a command. The temporary server must outlive it, or Prefect asks for
    more than a minute after a server that is gone. So the server is started by a thread that blocks the signal, which a
    child process inherits. Raises WirewatchError when it does not start.
    """
    faults: list[Exception] = []

    def start() -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            get_client(sync_client=True)
        except Exception as error:  # told by the thread that waits
            faults.append(error)

    starter = Thread(target=start, name="starts Prefect's server", daemon=True)
    starter.start()
    starter.join()
    if faults:
        raise WirewatchError(
            f"Prefect's server is not there ({faults[0]}); wirewatch run --plain does without it"
        ) from faults[0]
