"""Progress is a bar on a terminal that has waited long enough, and plain lines elsewhere."""

from __future__ import annotations

import contextlib
import io
import os
import sys

import pytest

from monitors.cli.progress import Steps


def test_plain_lines_name_each_step_once() -> None:
    stream = io.StringIO()
    with Steps(stream) as steps:
        for done in range(3):
            steps("polling [feeds]", done, 2)
        steps("storing", 0, 0)
    assert stream.getvalue() == "polling [feeds] (2)…\nstoring…\n"


def on_terminal(patience: float) -> str:
    leader, follower = os.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as terminal, Steps(terminal, patience) as steps:
        for done in range(3):
            steps("polling", done, 2)
        steps.clear()
        steps("storing", 1, 0)
    shown = os.read(leader, 65536).decode("utf-8", "replace") if patience == 0 else ""
    os.set_blocking(leader, False)
    with contextlib.suppress(OSError):  # nothing is left, or the other end is closed
        shown += os.read(leader, 65536).decode("utf-8", "replace")
    os.close(leader)
    return shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_bar_appears_on_a_terminal_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert "polling" in on_terminal(0)
    assert on_terminal(60) == ""
