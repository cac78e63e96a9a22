"""The processes of a scheduler, by what they are. Linux only: it reads /proc."""

from __future__ import annotations

from pathlib import Path


def children(process: int) -> list[int]:
    """A process and all it started, directly or not."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            started = task.read_text().split()
        except OSError:
            continue  # ended meanwhile
        for child in started:
            found += children(int(child))
    return found


def role(process: int) -> str:
    """What a process of the scheduler is, by its command; empty for one that has ended."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    if "monitors.cli" in command:
        return "scheduler"
    if "flows.own_server" in command:
        return "server"
    return "run" if "spawn_main" in command else ""
