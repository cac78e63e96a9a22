"""The shipped monitor against a labelled stream, where one lies beside the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.ingest.documents import read_documents
from monitors.ingest.replay import Replay

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"
STREAM = EVAL / "dev"
SCORE = EVAL / "score.py"
LEAST_PHASE_F1 = 0.70

pytestmark = pytest.mark.skipif(
    not (SCORE.is_file() and (STREAM / "docs.jsonl").is_file()), reason="no labelled stream lies beside the repository"
)


def replayed() -> bytes:
    """The developments of the stream as a replay writes them."""
    replay = Replay(load_monitor(shipped_monitor_path()))
    documents = read_documents([str(STREAM / "docs.jsonl")])
    lines = [json.dumps(raised.line(), ensure_ascii=False) + "\n" for raised in replay.raise_for(documents)]
    lines.append(json.dumps(replay.groups()))
    replay.close()
    return "".join(lines).encode()


def test_the_stream_is_read_well_and_the_same_way_twice(tmp_path: Path) -> None:
    once = replayed()
    assert replayed() == once
    lines = once.splitlines(keepends=True)
    developments = tmp_path / "developments.jsonl"
    developments.write_bytes(b"".join(lines[:-1]))
    scored = subprocess.run(
        [sys.executable, str(SCORE), str(STREAM), str(developments), "--json"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    figures = json.loads(scored.stdout)
    assert figures["phase"]["f1"] >= LEAST_PHASE_F1, figures["phase"]
    assert figures["phase"]["repeats"] <= len(lines) // 20
