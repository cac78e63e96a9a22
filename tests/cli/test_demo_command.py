"""`demo` shows the chain without a network, in an archive of its own, and says how to look at it."""

from __future__ import annotations

import json
from pathlib import Path


def test_alerts_come_as_the_stream_passes_and_the_end_says_how_to_look(call, tmp_path: Path) -> None:
    archive = tmp_path / "demo.db"
    done = call("demo", "--archive", archive, "--seconds", 0, "--polls", 3)
    assert done.returncode == 0
    alerts = [line for line in done.stdout.splitlines() if line.startswith(("! ", "!! "))]
    assert len(alerts) >= 5
    assert done.stdout.rstrip().splitlines()[-1].split("  ")[-1] == "what changed, and who reported it"
    assert f"wirewatch developments --archive {archive}" in done.stdout
    lines = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["key"] for line in lines}) == len(lines) == len(alerts)


def test_archive_that_exists_is_left_alone(call, filled: Path) -> None:
    before = filled.read_bytes()
    done = call("demo", "--archive", filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert "exists already" in done.stderr
    assert filled.read_bytes() == before
