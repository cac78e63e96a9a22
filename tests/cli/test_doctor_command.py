"""The doctor looks at everything, says what wants an eye, and fails only when something is broken."""

from __future__ import annotations

import json
from pathlib import Path


def findings(done) -> dict[str, dict[str, str]]:
    return {row["subject"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_usable_archive_with_things_to_look_at(call, filled: Path) -> None:
    done = call("doctor", "--archive", filled, "--json")
    found = findings(done)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["archive"]["state"] == found["integrity"]["state"] == "good"
    assert (found["outbox"]["state"], "1 dead" in found["outbox"]["detail"]) == ("look", True)
    assert found["feeds"]["detail"].startswith("2 polled, 1 failed")
    assert found["last run"]["detail"].startswith("ok")


def test_missing_archive_is_broken_and_not_made(call, tmp_path: Path) -> None:
    path = tmp_path / "gone.db"
    done = call("doctor", "--archive", path, "--json")
    assert done.returncode == 1
    assert findings(done)["archive"]["state"] == "broken"
    assert not path.exists()


def test_table_is_readable_when_piped(call, filled: Path) -> None:
    lines = call("doctor", "--archive", filled).stdout.splitlines()
    assert lines[0].split() == ["state", "subject", "detail"]
    assert any(line.startswith("good") and "every page" in line for line in lines)
