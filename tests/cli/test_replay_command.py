"""`replay` writes what would have been raised, the same bytes each time, and touches no archive."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

MONITOR = Path(__file__).with_name("ferry.yaml")
STREAM = Path(__file__).with_name("ferry.jsonl")
EXPECTED = Path(__file__).with_name("ferry.expected.jsonl")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "developments.jsonl"


def test_developments_and_groups_are_written_as_the_contract_has_them(wirewatch, tmp_path: Path, out: Path) -> None:
    groups = tmp_path / "groups.json"
    done = wirewatch("replay", STREAM, "--monitor", MONITOR, "--out", out, "--groups", groups)
    assert (done.returncode, done.stdout) == (0, "")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    keys = ["situation", "status", "doc", "published", "event_date", "place", "families", "evidence", "novelty"]
    assert [[*line] for line in lines] == [[*keys, "reason"]] * len(lines)
    wanted = [json.loads(line) for line in EXPECTED.read_text(encoding="utf-8").splitlines()]
    assert [{key: line[key] for key in wanted[0]} for line in lines] == wanted
    assert json.loads(groups.read_text(encoding="utf-8")) == [["f2", "f3"]]
    assert not list(tmp_path.glob("*.db"))


def test_same_input_gives_the_same_bytes_zipped_too(call, tmp_path: Path, out: Path) -> None:
    zipped = tmp_path / "stream.jsonl.gz"
    zipped.write_bytes(gzip.compress(STREAM.read_bytes()))
    written = set()
    for source in (STREAM, zipped):
        assert call("replay", source, "--monitor", MONITOR, "--out", out).returncode == 0
        written.add(out.read_bytes())
    assert len(written) == 1


def test_developments_are_printed_without_out(call) -> None:
    shown = call("replay", STREAM, "--monitor", MONITOR).stdout.splitlines()
    assert len(shown) == len(EXPECTED.read_text(encoding="utf-8").splitlines())
    as_json = call("replay", STREAM, "--monitor", MONITOR, "--json").stdout.splitlines()
    assert len([json.loads(line) for line in as_json]) == len(shown)


def test_bad_line_ends_with_2_names_its_place_and_leaves_the_old_file(call, tmp_path: Path, out: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(STREAM.read_text(encoding="utf-8") + '{"id": "x"}\n', encoding="utf-8")
    out.write_text("old", encoding="utf-8")
    done = call("replay", bad, "--monitor", MONITOR, "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.jsonl:5" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text(encoding="utf-8") == "old"


def test_missing_stream_ends_with_2_and_is_named(call, tmp_path: Path) -> None:
    done = call("replay", tmp_path / "gone.jsonl", "--monitor", MONITOR)
    assert done.returncode == 2
    assert "gone.jsonl" in done.stderr


def test_missing_folder_is_told_before_anything_is_read(call, tmp_path: Path) -> None:
    done = call("replay", "-", "--monitor", MONITOR, "--out", tmp_path / "gone" / "out.jsonl")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_a_line(call) -> None:
    done = call("replay", STREAM, "--monitor", MONITOR, "--out", "/dev/full")
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def _marks(call, tmp_path: Path) -> Path:
    """Of what the stream raises the first is marked wrong, and something it does not raise is marked right."""
    first = json.loads(call("replay", STREAM, "--monitor", MONITOR, "--json").stdout.splitlines()[0])
    example = {key: first[key] for key in ("situation", "status", "doc", "published")}
    sentence = first["evidence"][0]["sentence"]
    wrong = example | {"verdict": "wrong", "sentence": sentence, "comment": "a retrospect"}
    right = example | {"verdict": "right", "sentence": "Gone.", "doc": "f99", "status": "cancelled"}
    file = tmp_path / "marks.jsonl"
    file.write_text(f"{json.dumps(wrong)}\n{json.dumps(right)}\n", "utf-8")
    return file


def test_a_replay_is_held_against_marks(call, tmp_path: Path, out: Path) -> None:
    marks = _marks(call, tmp_path)
    shown = call("replay", STREAM, "--monitor", MONITOR, "--marks", marks).stdout
    assert "\nmarks: 1 wrong, 0 merged, 1 right\nwrong, still raised: 1 (there was no such development)\n" in shown
    assert "(a retrospect)\nmerged, still raised: 0\nright, no longer raised: 1 " in shown
    assert "[f99] Gone." in shown
    written = call("replay", STREAM, "--monitor", MONITOR, "--marks", marks, "--out", out)
    assert (written.stdout, "wrong, still raised: 1" in written.stderr) == ("", True)
    assert len(out.read_text("utf-8").splitlines()) == len(EXPECTED.read_text("utf-8").splitlines())


def test_two_replays_are_held_against_marks_side_by_side(call, tmp_path: Path) -> None:
    shown = call("replay", STREAM, "--marks", _marks(call, tmp_path), "--compare", MONITOR, MONITOR).stdout
    assert "wrong, still raised: A 1, B 1 " in shown
    assert "\n  A B 20" in shown


def test_an_archive_is_held_against_its_own_marks(call, filled: Path, tmp_path: Path) -> None:
    archive = tmp_path / "wirewatch.db"
    archive.write_bytes(filled.read_bytes())
    assert "marks:" not in call("replay", "--since", "2020-01-01", "--archive", archive).stdout
    call("mark", 1, "right", "--comment", "it was so", "--archive", archive)
    assert "marks: 0 wrong, 0 merged, 1 right" in call("replay", "--since", "2020-01-01", "--archive", archive).stdout
    assert "marks:" not in call("replay", "--since", "2090-01-01", "--archive", archive).stdout
