"""The pages over a large archive, beside a writer: times, start, memory. Each function is a job by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

from filling import fill_with_repeats
from invented import END, MONITOR, SPAN, articles
from stored import queries
from watched import FEEDS, KINDS, add_findings, add_work, monitor_document

from monitors.archive import articles as stored
from monitors.archive.connection import Archive, open_archive, open_reader
from monitors.archive.records import Article

Figures = dict[str, float]

ROWS, EVERY = 20, 0.1
"""The writer stores so many articles in a transaction, so many seconds apart: 200 a second."""
ROUNDS = 60
"""Times that each page is asked for, after once that does not count."""
AT_ONCE = 16
"""Readers who search at the same moment; what that takes of memory is measured, not the time."""
_STOP = 300.0
"""Seconds after which the writer stops by itself."""


def fill_browsed(folder: Path) -> Figures:
    """The archive that `browse` reads."""
    sizes = json.loads((folder / "sizes.json").read_text("utf-8"))
    count = sizes["fill"]
    path = folder / f"browse-{count}.db"
    began = time.perf_counter()
    fill_with_repeats(path, count, SPAN * (count / 1_000_000))
    with open_archive(path) as archive:
        archive.values("pragma synchronous=off")
        add_findings(archive, sizes["developments"])
        add_work(archive)
        archive.change("analyze")
        archive.checkpoint()
    return {"seconds": time.perf_counter() - began, "bytes": path.stat().st_size / count}


def browse(folder: Path) -> Figures:
    """Every page many times while a writer stores 200 articles a second: milliseconds, start, memory."""
    sizes = json.loads((folder / "sizes.json").read_text("utf-8"))
    path = folder / f"browse-{sizes['fill']}.db"
    figures: Figures = {}
    with _serving(path, folder) as (process, address, started):
        figures["start"] = started
        asked = _asked(path, sizes["fill"], sizes["developments"])
        with _writer(path) as written:
            began = time.perf_counter()
            times = _ask(address, process, asked)
            figures["writer"] = written[0] / (time.perf_counter() - began)
        _together(address, asked["Search by relevance"])
        figures |= _memory(process)
    for name, (wall, processor) in times.items():
        figures[f"{name} p50"] = statistics.median(wall)
        figures[f"{name} p95"] = statistics.quantiles(wall, n=20)[-1]
        if any(processor):
            figures[f"{name} processor"] = statistics.quantiles(processor, n=20)[-1]
    return figures


@contextlib.contextmanager
def _serving(path: Path, folder: Path) -> Iterator[tuple[int, str, float]]:
    """The server's process, its address, and the seconds until it answered."""
    monitor = folder / "browse.yaml"
    monitor.write_text(json.dumps(monitor_document()), "utf-8")  # JSON is YAML
    began = time.perf_counter()
    command = ["browse", "--port", "0", "--archive", str(path), "--monitor", str(monitor)]
    with subprocess.Popen(
        [sys.executable, "-m", "monitors.cli", *command], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            found = re.search(r"http://\S+?(?=/ )", process.stderr.readline())
            assert found is not None
            _get(found[0], "/static/style.css")
            yield process.pid, found[0], time.perf_counter() - began
        finally:
            process.terminate()


def _asked(path: Path, count: int, developments: int) -> dict[str, Callable[[random.Random], str]]:
    """Addresses of each kind of page, drawn anew each time."""
    with open_reader(path) as archive:
        asked = [quote(query) for query in queries(archive).values()]
    day = (END - timedelta(days=90)).date()

    def situation(dice: random.Random) -> str:
        return f"/situations/{MONITOR}/{dice.choice(tuple(KINDS))}"

    return {
        "Now": lambda dice: "/now",
        "Developments": lambda dice: "/developments",
        "Developments narrowed": lambda dice: f"/developments?situation={dice.choice(tuple(KINDS))}&since={day}",
        "Developments rare": lambda dice: "/developments?status=cancelled&until=2023-06-01",
        "Development": lambda dice: f"/developments/{dice.randint(1, developments)}",
        "Situation": situation,
        "Article": lambda dice: f"/articles/{dice.randint(1, count)}",
        "Search": lambda dice: f"/search?q={dice.choice(asked)}",
        "Search by relevance": lambda dice: f"/search?order=relevance&q={dice.choice(asked)}",
        "Search in a situation": lambda dice: f"/search?situation={dice.choice(tuple(KINDS))}&q={dice.choice(asked)}",
        "Latest articles": lambda dice: "/search",
        "Calendar": lambda dice: "/calendar",
        "Sources": lambda dice: "/sources",
        "Source": lambda dice: f"/sources/{dice.randint(1, FEEDS)}",
        "Alerts": lambda dice: "/alerts",
        "Alerts dead": lambda dice: "/alerts?state=dead",
        "Runs": lambda dice: "/runs",
        "Developments Atom": lambda dice: "/developments.atom",
        "Calendar ICS": lambda dice: "/calendar.ics",
        "Search Atom": lambda dice: f"/search.atom?q={dice.choice(asked)}",
    }


def _ask(
    address: str, process: int, asked: dict[str, Callable[[random.Random], str]]
) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds that each page took, and those of the server's processor; the pages take turns."""
    dice = random.Random(2)
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in asked}
    for make in asked.values():
        _get(address, make(dice))
    for _ in range(ROUNDS):
        for name, make in asked.items():
            path, worked = make(dice), _processor(process)
            began = time.perf_counter()
            _get(address, path)
            times[name][0].append((time.perf_counter() - began) * 1000)
            times[name][1].append(_processor(process) - worked)
    return times


def _together(address: str, make: Callable[[random.Random], str]) -> None:
    """Many readers at once, a few times each."""
    dice = random.Random(3)
    paths = [make(dice) for _ in range(3 * AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as readers:
        list(readers.map(lambda path: _get(address, path), paths))


def _get(address: str, path: str) -> int:
    """The status of the answer: 503 for a page that was stopped at its limit. Ends the program for any other fault."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read()
        is_stopped = answer.status == HTTPStatus.SERVICE_UNAVAILABLE and b"took longer than" in said
        if answer.status != HTTPStatus.OK and not is_stopped:
            raise SystemExit(f"{path}: {answer.status}")
        return answer.status
    finally:
        connection.close()


def _processor(process: int) -> float:
    """Milliseconds of processor time of all threads of a process so far; 0 where Linux does not say."""
    nanoseconds = 0
    for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            nanoseconds += int(thread.read_text().split()[0])
    return nanoseconds / 1e6


def _memory(process: int) -> Figures:
    """Mebibytes: what the process has of its own now, and the most that it had with all that it shares."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return {}
    kibibytes = {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.endswith(" kB")}
    return {"own memory": kibibytes["RssAnon"] / 1024, "memory": kibibytes["VmHWM"] / 1024}


@contextlib.contextmanager
def _writer(path: Path) -> Iterator[list[int]]:
    """Stores articles as long as the `with` lasts; the list holds how many."""
    stop, written = threading.Event(), [0]
    thread = threading.Thread(target=_write, args=(path, stop, written))
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


def _write(path: Path, stop: threading.Event, written: list[int]) -> None:
    new = articles(int(_STOP / EVERY) * ROWS, seed=int(time.time()), span=timedelta(days=1))
    with open_archive(path) as archive:
        due = time.monotonic()
        ends = due + _STOP
        while not stop.is_set() and due < ends:
            _store(archive, [next(new) for _ in range(ROWS)])
            written[0] += ROWS
            due += EVERY
            stop.wait(max(0.0, due - time.monotonic()))


def _store(archive: Archive, batch: list[Article]) -> None:
    with archive.writing():
        stored.insert_many(archive, [(article, None) for article in batch])


JOBS: dict[str, Callable[[Path], Figures]] = {"fill-browse": fill_browsed, "browse": browse}
