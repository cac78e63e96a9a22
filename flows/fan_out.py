"""Where feeds are polled and articles read: in this process, or by the workers of a Dask cluster.

What a worker is sent and what comes back are frozen values; only the process of the flow writes to the archive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from prefect import Task
from prefect.futures import PrefectFuture

from monitors.archive.records import Article, Mention
from monitors.clock import utc_now
from monitors.definition.model import Feed, Monitor
from monitors.developments.engine import Engine
from monitors.errors import InputError, WirewatchError
from monitors.feeds.poll import PollResult
from monitors.ingest import steps
from monitors.ingest.detect import Reader
from monitors.ingest.progress import Progress, silent
from monitors.ingest.steps import Prepared

THREADS = 4
"""Batches at once in threads of this process."""

LARGEST_BATCH = 250
"""So many feeds are polled by one task at most. A task costs Prefect about 40 ms (measured), as much as ten polls."""

ROUNDS = 4
"""A Dask worker gets so many batches in turn, so that a quick one takes work from a slow one."""

READ_TOGETHER, WORTH_SENDING = 25, 75
"""Articles that a Dask worker reads in one go, some 0.2 s; and how many must wait to be sent there at all."""

ANSWERS_WITHIN, HAS_WORKERS_WITHIN = 10.0, 20.0
"""Seconds in which a Dask scheduler has to answer, and to have a worker."""

_DASK_LOGS = ("distributed", "distributed.client", "tornado", "tornado.application")

Result = TypeVar("Result")
Work = Callable[[], list[PollResult]]


class Submit(Protocol):
    """Starts a task elsewhere; its future has the result."""

    def __call__(self, task: Task[..., Result], **parameters: Any) -> PrefectFuture[Result]: ...


@dataclass(frozen=True, slots=True)
class FanOut:
    """Where tasks go. `at_once` batches run side by side; `rounds` come to each place. `far` is another process."""

    submit: Submit
    at_once: int
    rounds: int = 1
    far: bool = False
    reader: Callable[[Engine], Reader | None] = lambda engine: None
    """What reads articles for an engine; None where the engine itself does, here."""

    @property
    def ahead(self) -> int:
        """So many batches are polled or wait to be stored at most; one more than occupy every place."""
        return self.at_once * self.rounds + 1

    def batches(self, feeds: Sequence[Feed]) -> list[tuple[Feed, ...]]:
        """The feeds in batches: as few tasks as occupy every place, unless that makes them too large or too small."""
        share = -(-len(feeds) // (self.at_once * self.rounds))
        smallest = 1 if self.far else steps.BATCH_FEEDS
        return steps.batches(feeds, min(max(smallest, share), LARGEST_BATCH))

    def work(self, monitor: Monitor, batch: Sequence[Feed], prepared: Prepared, progress: Progress) -> Work:
        """The polling of one batch, ready to be called elsewhere.

        A partial, since Prefect and Dask look through every value they are handed for futures, which took longer than
        the pass itself at 1,000 feeds, and not into a partial. A far process gets no `progress` and no more than it
        needs.
        """
        if self.far:
            states = {feed.url: prepared.states[feed.url] for feed in batch}
            prepared, progress = replace(prepared, feeds=(), states=states, turn=None), silent
            monitor = monitor.model_copy(update={"feeds": ()})  # of many thousand feeds each batch would carry all
        return partial(steps.poll_batch, monitor, batch, prepared, utc_now, progress)


@contextmanager
def fan_out(dask_address: str | None = None) -> Iterator[FanOut]:
    """Where this flow's batches go: to the Dask cluster whose scheduler has that address, without one to threads.

    Raises InputError for an address that is none, and WirewatchError when Dask is not installed or does not answer.
    """
    if dask_address is None:
        yield FanOut(_to_threads, THREADS)
        return
    check_dask(dask_address)
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError
    from prefect_dask.task_runners import DaskTaskRunner

    for name in _DASK_LOGS:  # what they warn of comes as an exception too; Dask sets their levels when it is imported
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with DaskTaskRunner(address=dask_address, client_kwargs={"timeout": ANSWERS_WITHIN}) as runner:
        places = _places(runner, dask_address)

        def submit(task: Task[..., Result], **parameters: Any) -> PrefectFuture[Result]:
            future: PrefectFuture[Result] = runner.submit(task, parameters=parameters)
            return future

        try:
            yield FanOut(submit, places, ROUNDS, far=True, reader=partial(_reader, runner.client))
        except (KilledWorker, FutureCancelledError, CommClosedError) as error:
            raise WirewatchError(
                f"the Dask cluster at {dask_address} was lost in the middle of the pass; what was stored stays, and "
                "the next pass goes on from there"
            ) from error


def check_dask(address: str) -> None:
    """Raises InputError where `address` cannot be that of a scheduler, WirewatchError where Dask is not installed."""
    try:
        parts = urlsplit(address)
        fits = parts.scheme in {"tcp", "tls"} and bool(parts.hostname and parts.port)
    except ValueError:  # a port that is no number
        fits = False
    if not fits:
        raise InputError(f"the address of a Dask scheduler looks like tcp://10.0.0.5:8786 (got {address!r})")
    if not _installed("prefect_dask"):
        raise WirewatchError("the dask runner is not installed; pip install 'wirewatch[dask]' here and on its workers")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # a module that is there in name only
        return False


def _reader(client: Any, engine: Engine) -> Reader:
    """Reads articles on the workers of a cluster, in order; few of them here, since that is quicker."""

    def read(articles: Sequence[Article]) -> Iterable[tuple[Mention, ...]]:
        if len(articles) < WORTH_SENDING:
            return map(engine.read, articles)
        parts = [articles[start : start + READ_TOGETHER] for start in range(0, len(articles), READ_TOGETHER)]
        # Plain work of Dask's: as tasks of Prefect's, so small parts would cost as much as they save. The monitor goes
        # with each, since what is scattered is lost with the worker that has it.
        futures = [client.submit(_read_there, engine.monitor, part, pure=False) for part in parts]
        return (mentions for future in futures for mentions in future.result())

    return read


def _read_there(monitor: Monitor, articles: Sequence[Article]) -> list[tuple[Mention, ...]]:
    """On a worker: read articles for a monitor, whose words are compiled once."""
    engine = _engines.get(monitor.id)
    if engine is None or engine.monitor != monitor:
        engine = _engines[monitor.id] = Engine(monitor)
    return [engine.read(article) for article in articles]


_engines: dict[str, Engine] = {}


def _to_threads(task: Task[..., Result], **parameters: Any) -> PrefectFuture[Result]:
    future: PrefectFuture[Result] = task.submit(**parameters)
    return future


def _places(runner: Any, address: str) -> int:
    """How many tasks the cluster runs at once. Raises WirewatchError when it does not answer or has no worker."""
    try:
        client = runner.client
    except OSError as error:
        raise WirewatchError(
            f"no Dask scheduler answers at {address}; start one with `dask scheduler`, or leave --runner dask out"
        ) from error
    try:
        client.wait_for_workers(1, timeout=HAS_WORKERS_WITHIN)
    except TimeoutError as error:
        raise WirewatchError(
            f"the Dask scheduler at {address} has no workers; start one with `dask worker {address}`"
        ) from error
    threads: dict[str, int] = client.nthreads()
    return max(sum(threads.values()), 1)
