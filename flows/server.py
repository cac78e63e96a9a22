"""A Prefect server at hand for one run: the one that is configured, or a temporary one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit

from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from monitors.errors import WirewatchError

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def server_for_cluster(dask_address: str) -> Iterator[None]:
    """A server at hand to which the workers of a Dask cluster report too, while the `with` lasts.

    A temporary one is on this machine only, and so must the cluster be then: raises WirewatchError where it is not, and
    as `have_server`.
    """
    if PREFECT_API_URL.value():
        have_server()
        yield
        return
    if urlsplit(dask_address).hostname not in _THIS_MACHINE:
        raise WirewatchError(
            "the workers of a Dask cluster report to Prefect's server: set PREFECT_API_URL to one that they reach too"
        )
    # A worker is told by the settings that come with a task, and would start a server of its own without.
    with temporary_settings({PREFECT_API_URL: have_server()}):
        yield


def have_server() -> str:
    """The address of the API of a server: the one that PREFECT_API_URL names, else a temporary one that is started.

    The temporary one ends with this process.

    Ctrl-C at a terminal goes to every process of a command. The temporary server must outlive it, or Prefect asks for
    more than a minute after a server that is gone. So the server is started by a thread that blocks the signal, which a
    child process inherits. Raises WirewatchError when it does not start.
    """
    found: list[str] = []
    faults: list[Exception] = []

    def start() -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            found.append(str(get_client(sync_client=True).api_url))
        except Exception as error:  # told by the thread that waits
            faults.append(error)

    starter = Thread(target=start, name="starts Prefect's server", daemon=True)
    starter.start()
    starter.join()
    if faults:
        raise WirewatchError(
            f"Prefect's server is not there ({faults[0]}); wirewatch run --plain does without it"
        ) from faults[0]
    return found[0]
