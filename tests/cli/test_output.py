"""Files are written whole or not at all; JSON lines hide nothing from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.errors import WirewatchError
from monitors.exports.json_lines import json_line
from monitors.exports.whole_file import write_pieces


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")
    write_pieces(path, ["새 줄\n"])
    assert path.read_text(encoding="utf-8") == "새 줄\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_pieces(path, [chr(0xD800)])
    assert path.read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WirewatchError, match=r"no-folder.*cannot be written"):
        write_pieces(tmp_path / "no-folder" / "out.jsonl", ["x"])


def test_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_pieces(link, ["new"])
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


def test_name_that_stands_for_an_open_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    with (tmp_path / "open.txt").open("w", encoding="utf-8") as file:
        name = Path(f"/dev/fd/{file.fileno()}")
        if not name.exists():
            pytest.skip("no /dev/fd")
        write_pieces(name, ["x"])
    assert name.parent.is_dir()
    assert (tmp_path / "open.txt").read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_device_is_named() -> None:
    with pytest.raises(WirewatchError, match=r"/dev/full cannot be written: No space"):
        write_pieces(Path("/dev/full"), ["x"])


@given(st.text(st.characters(codec=None), max_size=40))
def test_json_line_is_one_harmless_line_that_reads_back(text: str) -> None:
    line = json_line({"title": text})
    assert json.loads(line) == {"title": text}
    assert not any(c in line for c in "\n\r\x1b\x9b\u202e\u2028\u200b")
