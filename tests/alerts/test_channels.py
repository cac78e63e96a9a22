"""The terminal shows text, never markup or controls; the file gets whole lines, each with its key."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitors.alerts.channels.file import JsonLinesFile
from monitors.alerts.channels.terminal import Terminal
from monitors.alerts.message import AlertMessage
from monitors.errors import ChannelError

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
MESSAGE = AlertMessage(
    monitor="harbour",
    situation="port-talks",
    title="Port talks",
    status="scheduled",
    previous_status="agreed",
    event_date=None,
    place=None,
    sentence="The talks are on.",
    publisher="Harbour Post",
    families=1,
    tier="reported",
    url="https://harbour.example/a",
    published=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def shown(message: AlertMessage) -> str:
    stream = io.StringIO()
    Terminal("screen", stream, UTC).send("k", message)
    return stream.getvalue()


def test_terminal_shows_plain_lines_when_piped() -> None:
    assert shown(MESSAGE) == (
        "! Port talks: scheduled (was agreed)\n"
        "  “The talks are on.”\n"
        "  Harbour Post, 2026-03-01 12:00 UTC; 1 family, reported\n"
        "  https://harbour.example/a\n"
    )


def test_urgent_alerts_are_marked() -> None:
    assert shown(replace(MESSAGE, priority="urgent")).startswith("!! Port talks")


@pytest.mark.parametrize("text", HOSTILE)
def test_terminal_shows_hostile_text_literally(text: str) -> None:
    message = replace(MESSAGE, title=text, sentence=text).cleaned()
    lines = shown(message).split("\n")
    assert lines[0].startswith(f"! {message.title}")
    assert "\x1b" not in "".join(lines)
    assert not message.sentence or f"  “{message.sentence}”" in lines


def test_long_lines_are_not_broken_when_piped() -> None:
    sentence = "word " * 70 + "end"
    assert f"“{sentence}”" in shown(replace(MESSAGE, sentence=sentence))


def test_terminal_that_cannot_write_korean_still_shows_the_alert() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Terminal("screen", stream, UTC).send("k", replace(MESSAGE, title="회담"))
    assert raw.getvalue().startswith(b"! ??: scheduled")


def test_closed_terminal_is_tried_again() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(ChannelError) as raised:
        Terminal("screen", stream, UTC).send("k", MESSAGE)
    assert raised.value.retry


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_file_gets_one_json_line_an_alert_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "alerts.jsonl"
    channel = JsonLinesFile("log", path)
    channel.send("k1", MESSAGE)
    channel.send("k2", replace(MESSAGE, title="회담"))
    assert [(line["key"], line["title"]) for line in lines_of(path)] == [("k1", "Port talks"), ("k2", "회담")]
    assert lines_of(path)[0]["url"] == "https://harbour.example/a"


def test_repeat_is_written_once(tmp_path: Path) -> None:
    channel = JsonLinesFile("log", tmp_path / "alerts.jsonl")
    for key in ("k1", "k2", "k1"):
        channel.send(key, MESSAGE)
    assert [line["key"] for line in lines_of(channel.path)] == ["k1", "k2"]


def test_key_inside_another_alerts_text_is_no_repeat(tmp_path: Path) -> None:
    channel = JsonLinesFile("log", tmp_path / "alerts.jsonl")
    channel.send("k1", replace(MESSAGE, title='"key": "k2"'))
    channel.send("k2", MESSAGE)
    assert len(lines_of(channel.path)) == 2


def test_line_torn_by_a_crash_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"key": "k1", "tit', encoding="utf-8")
    JsonLinesFile("log", path).send("k1", MESSAGE)
    torn, whole = path.read_text(encoding="utf-8").splitlines()
    assert torn == '{"key": "k1", "tit'
    assert json.loads(whole)["key"] == "k1"


def test_path_that_is_a_folder_is_never_tried_again(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="another path in the monitor file") as raised:
        JsonLinesFile("log", tmp_path).send("k", MESSAGE)
    assert not raised.value.retry


def test_folder_that_is_a_file_is_never_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ChannelError) as raised:
        JsonLinesFile("log", tmp_path / "taken" / "alerts.jsonl").send("k", MESSAGE)
    assert not raised.value.retry


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_tried_again() -> None:
    with pytest.raises(ChannelError) as raised:
        JsonLinesFile("log", Path("/dev/full")).send("k", MESSAGE)
    assert raised.value.retry


WRITE_WITH_LIMIT = """
import resource, signal, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from monitors.alerts.channels.file import JsonLinesFile
from monitors.alerts.message import AlertMessage
from monitors.errors import ChannelError

now = datetime(2026, 3, 1, tzinfo=UTC)
message = AlertMessage("m", "s", "t", "occurred", None, None, None, "x", "p", 1, "reported", None, now)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    JsonLinesFile("log", Path(sys.argv[1])).send("k2", message)
except ChannelError as error:
    sys.exit(3 if error.retry else 4)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_line_that_fits_only_in_part_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    JsonLinesFile("log", path).send("k1", MESSAGE)
    before = path.read_bytes()
    ended = subprocess.run([sys.executable, "-c", WRITE_WITH_LIMIT, path, str(len(before) + 10)], check=False)
    assert ended.returncode == 3
    assert path.read_bytes() == before
