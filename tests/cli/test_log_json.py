"""With --log-json every line on standard error is a JSON object, whatever happens; standard output has the alerts."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import yaml

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.ingest.demo import demo_monitor
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.documents import read_documents
from monitors.log import JsonLines

STREAM = Path(__file__).parents[2] / "seeds" / "demo" / "stream.jsonl"


def test_pass_is_a_line_with_its_counts_and_no_table(wirewatch, tmp_path: Path) -> None:
    documents = [one for one in read_documents([str(STREAM)]) if one.lang == "en"]
    with FeedServer() as feeds:
        feeds.publish({"rss": documents})
        definition = demo_monitor(load_monitor(shipped_monitor_path()), feeds.port, ["rss"])
        (tmp_path / "m.yaml").write_text(
            yaml.safe_dump(definition.model_dump(mode="json", exclude_defaults=True), allow_unicode=True), "utf-8"
        )
        arguments = ["--plain", "--log-json", "--monitor", tmp_path / "m.yaml", "--archive", tmp_path / "w.db"]
        done = wirewatch("run", *arguments)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (0, "")
    (ended,) = [line for line in lines if line["message"] == "pass ended"]
    assert (ended["level"], ended["monitor"], ended["feeds_polled"]) == ("info", "us-korea", 1)
    assert ended["articles_new"] > 0
    assert ended["time"].endswith("+00:00")


@pytest.mark.parametrize("command", ["run", "schedule"])
def test_bad_monitor_file_is_an_error_line(wirewatch, tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\nnonsense: 2\n", "utf-8")
    done = wirewatch(command, "--log-json", "--monitor", tmp_path / "bad.yaml", "--archive", tmp_path / "w.db")
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 2
    assert line["level"] == "error"
    assert "bad.yaml" in line["message"]


def test_line_breaks_and_other_letters_stay_inside_a_line() -> None:
    record = logging.LogRecord("wirewatch", logging.WARNING, "", 0, "two\nlines 회담", None, None)
    formatted = JsonLines().format(record)
    assert "\n" not in formatted
    assert json.loads(formatted)["message"] == "two\nlines 회담"
