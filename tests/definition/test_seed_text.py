"""The seed article: header, text, and faults by line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.seed import load_seed
from monitors.errors import MonitorFileError

GOOD = """title: Treaty: talks begin
date: 2030-03-04
language: en
publisher: Tarnland Courier
family: tarnland-courier

First line.

Second line.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "seed.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_seed_is_of_25_august_2025_and_has_its_whole_text() -> None:
    [seed] = load_monitor(shipped_monitor_path()).seeds
    text = load_seed(Path(seed.file))
    assert text.published == datetime(2025, 8, 25, tzinfo=UTC)
    assert text.language == "en"
    assert text.url is None
    assert text.text.startswith("US President Donald Trump has said he may meet")
    assert text.text.endswith("the US president said.")


def test_header_and_text_are_told_apart_by_the_first_empty_line(tmp_path: Path) -> None:
    seed = load_seed(written(tmp_path, GOOD))
    assert seed.title == "Treaty: talks begin"
    assert seed.text == "First line.\n\nSecond line."


def test_a_time_with_a_zone_becomes_utc(tmp_path: Path) -> None:
    seed = load_seed(written(tmp_path, GOOD.replace("2030-03-04", "2030-03-04T09:30:00+09:00")))
    assert seed.published == datetime(2030, 3, 4, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("date: 2030-03-04", "date: 4 March", "2: date: expected YYYY-MM-DD, or a time with a zone (got '4 March')"),
        (
            "date: 2030-03-04",
            "date: 2030-03-04T10:00:00",
            "2: date: expected YYYY-MM-DD, or a time with a zone (got '2030-03-04T10:00:00')",
        ),
        ("language: en", "language: fr", "3: language: expected one of en, ko, ja, zh (got 'fr')"),
        ("publisher:", "publsher:", "4: publsher: unknown key; did you mean publisher?"),
        ("publisher: Tarnland Courier\n", "", "1: publisher: is missing from the header"),
        ("family: tarnland-courier", "family: The Courier", "5: family: expected lower case words"),
        ("family: tarnland-courier", "date: 2030-03-05", "5: date: key is given twice"),
        ("family: tarnland-courier", "and so it began", "5: expected `key: value`, or an empty line before the text"),
        ("title: Treaty: talks begin", "title:", "1: title: expected a value"),
        ("First line.\n\nSecond line.\n", "", "6: expected the text of the article after an empty line"),
    ],
)
def test_a_fault_in_the_header_is_named_by_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(MonitorFileError) as caught:
        load_seed(path)
    assert any(problem.startswith(f"{path}:{fault}") for problem in caught.value.problems), caught.value.problems


def test_a_seed_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MonitorFileError, match=r"gone\.txt: cannot be read"):
        load_seed(tmp_path / "gone.txt")


def test_a_seed_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "seed.txt"
    path.write_bytes(b"title: x\ndate: caf\xe9\n")
    with pytest.raises(MonitorFileError, match=r":2: not UTF-8"):
        load_seed(path)
