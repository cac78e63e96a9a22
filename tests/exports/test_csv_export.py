"""CSV and JSON Lines, read back by Python's own readers."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from monitors.exports.delimited import cell, csv_lines
from monitors.exports.json_lines import json_line
from monitors.exports.names import Names
from monitors.exports.records import COLUMNS, What
from monitors.exports.text import no_formula, plain

ANY = st.text(st.characters(codec=None))


@given(st.lists(st.tuples(ANY, ANY), max_size=5))
def test_csv_gives_every_cell_back(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_lines(("a", "b"), [{"a": a, "b": b} for a, b in rows]))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([no_formula(plain(a)), no_formula(plain(b))] for a, b in rows)]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read[1:] for value in row)


@given(ANY)
def test_json_gives_every_text_back_exactly(text: str) -> None:
    line = json_line({"text": text})
    line.encode()
    assert json.loads(line) == {"text": text}
    assert len(line.splitlines()) == 1


def test_values_that_are_no_text_have_a_cell() -> None:
    assert [cell(value) for value in (None, True, False, 7, [], ["=a", "b"])] == ["", "yes", "no", "7", "", "'=a; b"]


def test_header_has_the_words_and_every_record_its_row(export, archive, names: Names) -> None:
    from monitors.archive.export import Wanted
    from monitors.exports.records import records

    for what in What:
        rows = list(csv.DictReader(io.StringIO(export(what).stdout, newline="")))
        assert len(rows) == len(list(records(archive, what, Wanted(), names))) > 0
        assert tuple(rows[0]) == COLUMNS[what]


def test_hostile_article_is_harmless_and_whole_in_csv(export, hostile) -> None:
    done = export("articles", "--format", "csv", "--excel")
    assert done.stdout.startswith("\ufeffid,monitor")
    row = next(csv.DictReader(io.StringIO(done.stdout[1:], newline="")))
    assert row["title"].startswith("'=HYPERLINK")
    assert row["text"].startswith("'+1+cmd")
    assert row["publisher"].startswith("'@Post")
    assert all(word in row["title"] for word in hostile["words"])
    assert not set("\u202e\x00\x1b\r") & set(row["title"] + row["text"])


def test_json_lines_has_evidence_deliveries_and_the_text_as_it_is_stored(export, hostile) -> None:
    rows = [json.loads(line) for line in export("articles", "--format", "jsonl").stdout.splitlines()]
    assert rows[0]["url"] == hostile["url"]
    assert "\u202e" in rows[0]["title"]
    assert rows[0]["situations"] == ["brunnick-saal-meeting"]
    development = json.loads(export("developments", "--format", "jsonl").stdout.splitlines()[0])
    assert development["evidence"][0]["field"] == "text"
    assert development["families"] == ["velmora-wire", "post"]
    alert, health = (json.loads(line) for line in export("alerts", "--format", "jsonl").stdout.splitlines())
    assert alert["deliveries"][0]["detail"] == "path is a folder"
    assert (health["kind"], health["situation"], health["deliveries"]) == ("health", None, [])
