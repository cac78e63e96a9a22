"""Progress of a long command on stderr: a bar on a terminal once it has taken a second, plain lines otherwise."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PATIENCE_SECONDS = 1.0


class Steps:
    """Shows named steps, one after the other. Call it with the step's name, what is done and the total (0: unknown).

    `patience` is how many seconds nothing is shown on a terminal. The bar goes when a step is complete, by `clear`, or
    at the end of the `with`: other output may come then.
    """

    def __init__(self, stream: TextIO, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._console = Console(file=stream, highlight=False)
        self._started = time.monotonic()
        self._step: str | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        is_new = step != self._step
        self._step = step
        if not self._console.is_terminal:
            if is_new:
                self._console.print(f"{step} ({total})…" if total else f"{step}…", markup=False)
            return
        if total and done >= total:
            self.clear()
            return
        if self._bar is None and time.monotonic() - self._started < self._patience:
            return
        bar = self._bar or self._open()
        if is_new or self._task is None:
            if self._task is not None:
                bar.remove_task(self._task)
            self._task = bar.add_task(step, total=total or None)
        bar.update(self._task, completed=done, total=total or None)

    def clear(self) -> None:
        """Take the bar away, so that other output can be written; the next call brings it back."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None

    def __enter__(self) -> Steps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def _open(self) -> Progress:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._bar.start()
        return self._bar
