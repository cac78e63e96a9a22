"""`wirewatch export` as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitors.archive.connection import open_archive
from monitors.errors import WirewatchError
from monitors.exports.formats import HOLDS, Format
from monitors.exports.records import What
from monitors.exports.whole_file import write_pieces

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "export.md"


@pytest.mark.parametrize("what", list(What))
@pytest.mark.parametrize("form", list(Format))
def test_a_pair_is_written_or_refused_with_what_would_do(export, what: What, form: Format) -> None:
    done = export(what, "--format", form)
    if what in HOLDS[form]:
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{what} can be written as csv, jsonl, atom" in done.stderr


def test_the_table_of_the_howto_shows_the_pairs_there_are() -> None:
    for what in What:
        row = next(line for line in HOWTO.read_text("utf-8").splitlines() if line.startswith(f"| `{what}`"))
        shown = [cell.strip() == "✓" for cell in row.strip("|").split("|")[1:]]
        assert shown == [what in HOLDS[form] for form in Format]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["feeds"], "expected one of articles, developments, alerts, meetings"),
        (["articles", "--format", "xlsx"], "expected one of csv, jsonl"),
        (["articles", "--out", "a.xlsx"], "name it with --format"),
        (["articles", "--since", "yesterday"], "expected a day such as"),
        (["articles", "--since", "2031-02-02", "--until", "2031-02-01"], "lies before"),
        (["articles", "--format", "jsonl", "--excel"], "--excel goes with csv"),
        (["meetings", "--publisher", "Wire"], "leave these options out"),
    ],
)
def test_wrong_use_is_named_and_ends_with_2(export, arguments: list[str], message: str) -> None:
    done = export(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.csv", b"id,"), ("a.jsonl", b"{"), ("a.xml", b"<?xml"), ("a.ris", b"TY  - NEWS\r\n"), ("a", b"id,")],
)
def test_the_name_of_the_file_gives_the_format(export, tmp_path: Path, name: str, start: bytes) -> None:
    done = export("articles", "--out", tmp_path / name)
    assert (done.stdout, done.stderr) == ("", f"{tmp_path / name}: 3 articles\n")
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_file_and_stdout_have_the_same_text(export, tmp_path: Path) -> None:
    for form in (Format.CSV, Format.ATOM, Format.RIS):
        export("articles", "--format", form, "--out", tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == export("articles", "--format", form).stdout.encode()


def test_what_was_there_stays_when_something_fails(tmp_path: Path) -> None:
    def pieces():
        yield "half"
        raise WirewatchError("the archive is damaged")

    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(WirewatchError, match="damaged"):
        write_pieces(target, pieces())
    assert target.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_that_is_not_there_is_named(export, tmp_path: Path) -> None:
    done = export("articles", "--out", tmp_path / "none" / "a.csv")
    assert done.returncode == 1
    assert "a.csv cannot be written" in done.stderr


def test_empty_archive_says_so_and_an_absent_one_fails(export, tmp_path: Path) -> None:
    open_archive(tmp_path / "new.db").close()
    done = export("meetings", "--format", "jsonl", archive=tmp_path / "new.db")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no meetings to export\n")
    missing = export("meetings", archive=tmp_path / "none.db")
    assert missing.returncode == 1
    assert "there is no such file" in missing.stderr
    assert not (tmp_path / "none.db").exists()


def test_situations_of_another_monitor_go_by_their_ids_and_it_is_said(
    export, monitor_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(monitor_file.read_text("utf-8").replace("id: glacier-talks", "id: other-talks"), "utf-8")
    done = export("meetings", "--format", "ics", monitor=other)
    assert "SUMMARY:Cancelled: brunnick-saal-meeting\r\n" in done.stdout
    assert "name another one with --monitor" in done.stderr
