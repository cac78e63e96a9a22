"""`wirewatch schedule` for a long time, every ten seconds a pass: memory of each process, size of Prefect's database.

    python tests/flows/long_run.py --minutes 60

Linux only (it reads /proc). Prints a line a minute and a summary; nothing is left behind.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from processes import children, role
from test_schedule import INTERVAL, Machine, empty_machine

SAMPLED_EVERY = 5.0
WARM_UP = 180.0
"""Seconds that are not measured: the server imports what it needs when it is first asked for it."""


def megabytes(process: int) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def sample(scheduler: int) -> dict[str, float]:
    """Memory by role; of runs the largest, and how many there are."""
    found: dict[str, float] = defaultdict(float)
    for process in children(scheduler):
        try:
            name = role(process) or "other"
            found[name] = max(found[name], megabytes(process))
            found["processes"] += 1
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
    return dict(found)


def database(machine: Machine) -> float:
    """Prefect's database in megabytes, its log included."""
    folder = machine.folder / "home" / "data" / "wirewatch" / "schedule" / "us-korea"
    return sum(file.stat().st_size for file in folder.glob("prefect.db*")) / 1e6


def watch(machine: Machine, minutes: float) -> dict[str, object]:
    """Run it and measure."""
    begun = time.monotonic()
    started = datetime.now(UTC)
    process = machine.schedule()
    samples: list[tuple[float, dict[str, float]]] = []
    shown, told = 30, 0
    machine.publish(shown)
    sizes = []
    while (spent := time.monotonic() - begun) < minutes * 60 + WARM_UP:
        time.sleep(SAMPLED_EVERY)
        if process.poll() is not None:
            raise SystemExit(machine.said())
        samples.append((spent, sample(process.pid)))
        if spent // 60 > told:
            told = int(spent // 60)
            sizes.append(database(machine))
            shown = min(shown + 3, len(machine.documents))
            machine.publish(shown)
            print(json.dumps({"minute": told, "database": round(sizes[-1], 1), **samples[-1][1]}), flush=True)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    ended = process.wait(90)
    ending = time.monotonic() - asked
    late = [(start - slot).total_seconds() for slot, start in machine.slots(started)]
    outcomes = [run["outcome"] for run in machine.runs()]
    steady = [found for spent, found in samples if spent > WARM_UP]
    return {
        "minutes": minutes,
        "interval": INTERVAL,
        "exit status": ended,
        "ending, seconds": round(ending, 1),
        "runs": {name: outcomes.count(name) for name in sorted(set(outcomes))},
        "late, seconds": {"median": round(statistics.median(late), 1), "worst": round(max(late), 1)},
        "alerts told twice": sum(count > 1 for count in machine.alerts().values()),
        "memory, MB": {name: trend([one[name] for one in steady if name in one]) for name in ("scheduler", "server")},
        "largest run, MB": round(max(one.get("run", 0) for one in steady)),
        "database, MB": {"first": round(sizes[0], 1), "last": round(sizes[-1], 1)},
    }


def trend(values: list[float]) -> dict[str, float]:
    """Medians of the first and the last fifth, and the change between them in per cent."""
    part = max(1, len(values) // 5)
    first, last = statistics.median(values[:part]), statistics.median(values[-part:])
    return {"first": round(first), "last": round(last), "change, %": round((last / first - 1) * 100, 1)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="measured after three minutes to warm up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, empty_machine(Path(folder)) as found:
        print(json.dumps(watch(found, given.minutes), indent=2))
