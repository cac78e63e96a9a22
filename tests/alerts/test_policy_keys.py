"""A policy that cannot be meant is refused with its line, and no message repeats a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitors.definition.load import load_monitor
from monitors.errors import MonitorFileError

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"


def faults(tmp_path: Path, lines: str) -> list[str]:
    """What is wrong when `lines` (as YAML) stand at the head of the policy."""
    text = GLACIER.read_text(encoding="utf-8").replace("\npolicy:\n", f"\npolicy:\n  {lines}\n")
    path = tmp_path / "monitor.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_monitor(path)
    except MonitorFileError as error:
        number = text.splitlines().index(f"  {lines}") + 1
        return [problem.removeprefix(f"{path}:{number}: ") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("quiet_hours: {start: 25:00, end: '07:00'}", "expected a time of day such as 07:30 (got '25:00')"),
        ("quiet_hours: {start: late, end: '07:00'}", "expected a time of day such as 07:30 (got 'late')"),
        ("quiet_hours: {start: '22:00', end: '07:00', channels: [nobody]}", "'nobody' is not a channel"),
        ("hourly_cap: {nobody: 3}", "policy.hourly_cap.nobody: 'nobody' is not a channel"),
        ("hourly_cap: {terminal: 0}", "policy.hourly_cap.terminal"),
        ("digest: {at: '07:30', channels: [nobody]}", "'nobody' is not a channel"),
        ("digest: {at: '07:30', channels: [terminal], weekly: someday}", "policy.digest.weekly"),
        ("group_minutes: -1", "policy.group_minutes"),
        ("ping_url: ftp://user:hunter2@example.org", "policy.ping_url"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, lines: str, fault: str) -> None:
    (problem,) = faults(tmp_path, lines)
    assert problem.startswith("policy.")
    assert fault in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "lines",
    [
        "quiet_hours: {start: 22:00, end: 7:00}",
        "hourly_cap: {terminal: 3}",
        "digest: {at: 7:30, channels: [terminal], weekly: mon}",
        "ping_url: env:WIREWATCH_PING",
    ],
)
def test_what_is_sound_is_taken(tmp_path: Path, lines: str) -> None:
    assert faults(tmp_path, lines) == []
