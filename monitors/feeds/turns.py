"""Who is next: parallel work in which the jobs of one host follow one another at a distance."""

from __future__ import annotations

import heapq
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Result = TypeVar("Result")


def take_turns(
    hosts: Sequence[str],
    work: Callable[[int], Result],
    take: Callable[[int, Result], None],
    *,
    workers: int,
    delay: float,
    stop_at: float,
) -> None:
    """Run `work(i)` in threads for each i in `hosts`, and `take(i, result)` in this thread as they end.

    Jobs of one host run one after another, `delay` seconds apart, in order; waiting occupies no worker. Nothing begins
    after `stop_at` (a `time.monotonic()` value); what runs then is waited for, so `work` must keep that time itself.
    """
    queues: defaultdict[str, deque[int]] = defaultdict(deque)
    for number, host in enumerate(hosts):
        queues[host].append(number)
    ready = [(0.0, order, host) for order, host in enumerate(queues)]
    running: dict[Future[Result], tuple[int, int, str]] = {}
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="poll") as pool:
        while ready or running:
            now = time.monotonic()
            if now >= stop_at:
                ready.clear()
            while ready and ready[0][0] <= now and len(running) < workers:
                _, order, host = heapq.heappop(ready)
                number = queues[host].popleft()
                running[pool.submit(work, number)] = (number, order, host)
            if not running:
                if ready:
                    time.sleep(max(min(ready[0][0], stop_at) - now, 0.0))
                continue
            pause = max(min(ready[0][0], stop_at) - now, 0.0) if ready and len(running) < workers else None
            for done in wait(running, timeout=pause, return_when=FIRST_COMPLETED).done:
                number, order, host = running.pop(done)
                take(number, done.result())
                if queues[host]:
                    heapq.heappush(ready, (time.monotonic() + delay, order, host))
