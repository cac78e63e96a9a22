"""Who is next: parallel work in which the jobs of one host follow one another at a distance, redirects included."""

from __future__ import annotations

import heapq
import threading
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
    delay: float | Callable[[str], float],
    stop_at: float,
) -> None:
    """Run `work(i)` in threads for each i in `hosts`, and `take(i, result)` in this thread as they end.

    Jobs of one host run one after another, `delay` seconds apart, in order; waiting occupies no worker. A `delay` that
    is a function says it for a host after each of its jobs. Nothing begins after `stop_at` (a `time.monotonic()`
    value), and nobody waits for a turn that would; what runs then is waited for, so `work` must keep that time itself.
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
                turn = time.monotonic() + (delay(host) if callable(delay) else delay)
                if queues[host] and turn < stop_at:
                    heapq.heappush(ready, (turn, order, host))


class Distance:
    """Keeps requests to one host `delay` seconds apart, whoever makes them. Safe to share between threads.

    It is for what no queue can know beforehand: the hosts that redirects lead to.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._slower: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, host: str, delay: float) -> None:
        """Keep requests to `host` at least `delay` seconds apart."""
        with self._lock:
            self._slower[host] = max(delay, self._slower.get(host, 0.0))

    def of(self, host: str) -> float:
        """Seconds between two requests to `host`."""
        return max(self._delay, self._slower.get(host, 0.0))

    def note(self, host: str) -> None:
        """A request to `host` begins now, so that the next is due a delay later."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), time.monotonic() + self.of(host))

    def wait(self, host: str, limit: float) -> bool:
        """Take the next turn at `host` and sleep until it comes; False, at once, if that is `limit` seconds or more."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._next.get(host, 0.0), now)
            if turn - now >= limit:
                return False
            self._next[host] = turn + self.of(host)
        time.sleep(turn - now)
        return True
