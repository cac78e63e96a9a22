"""Work in processes of its own, killed at a chosen moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

KILLED = -9
Begun = Callable[..., object]


class Killer:
    """Begins work and kills it, until the `with` ends.

    `prepare` is called once with `given`, in a process that has no threads, and returns what does the work. Both are
    functions of a module.
    """

    def __init__(self, prepare: Callable[..., Begun], *given: object) -> None:
        processes = multiprocessing.get_context("spawn")
        self._orders, theirs = processes.Pipe()
        self._process: Any = processes.Process(target=_begin_and_kill, args=(theirs, prepare, given))

    def kills(self, seconds: float, *arguments: object) -> bool:
        """Whether work with these arguments was still under way after so many seconds, and so was killed."""
        self._orders.send((seconds, arguments))
        assert self._orders.poll(60)
        status = self._orders.recv()
        assert status in (0, KILLED)
        return bool(status)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()


def _begin_and_kill(orders: Connection, prepare: Callable[..., Begun], given: tuple[object, ...]) -> None:
    """For each order: begin the work, kill it so many seconds later, say how it ended.

    It forks, so that work begins at once; it has no thread that a fork could catch in the middle of something.
    """
    processes = multiprocessing.get_context("fork")
    work = prepare(*given)
    while (order := orders.recv()) is not None:
        seconds, arguments = order
        process = processes.Process(target=work, args=arguments)
        process.start()
        process.join(seconds)
        process.kill()
        process.join()
        orders.send(process.exitcode)
