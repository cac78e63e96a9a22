"""Replay: the same documents give the same bytes, in the form of the contract, and touch nothing."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from newsroom import HOUR, NEWS, OFF_TOPIC, OPENING, START, Newsroom, compiled, story

from monitors.clock import iso
from monitors.definition.load import shipped_monitor_path
from monitors.errors import InputError
from monitors.ingest.documents import Document, read_documents
from monitors.ingest.replay import Replay

pytestmark = pytest.mark.xdist_group("replayed")

ROOT = Path(__file__).parents[2]
STREAM = shipped_monitor_path().parent / "demo" / "stream.jsonl"
WORDS = " ".join(f"word{number}" for number in range(80))
AGENCY = story(4, "Tarnland and Velmora sign glacier treaty", f"The treaty was signed at noon. {WORDS}.", hours=2)
COPY = story(5, "Glacier treaty signed by Tarnland and Velmora", f"The treaty was signed at noon. {WORDS}.", hours=3)
SECOND = story(6, "Ada Brunnick met Joren Saal twice in 2031", hours=4)
CANCELLED = story(7, "Ada Brunnick calls off meeting with Joren Saal", hours=5)
PLAN = (OFF_TOPIC, OPENING, NEWS, AGENCY, COPY, SECOND, CANCELLED)


def replayed(documents: tuple[Document, ...] | list[Document]) -> tuple[list[dict[str, Any]], list[list[str]], int]:
    with closing(Replay(compiled())) as replay:
        lines = [raised.line() for raised in replay.raise_for(documents)]
        return lines, replay.groups(), replay.on_topic


def as_lines(documents: tuple[Document, ...]) -> str:
    keys = ("id", "source", "lang", "url", "title", "text")
    objects = [{key: getattr(d, key) for key in keys} | {"published": iso(d.published)} for d in documents]
    return "".join(json.dumps(item) + "\n" for item in objects)


def test_developments_have_the_form_of_the_contract() -> None:
    lines, _, on_topic = replayed(PLAN)
    assert on_topic == 6
    assert [(line["doc"], line["status"]) for line in lines] == [
        ("story-1", "agreed"),
        ("story-2", "scheduled"),
        ("story-4", "signed"),
        ("story-7", "cancelled"),
    ]
    keys = [
        "situation",
        "status",
        "doc",
        "published",
        "event_date",
        "place",
        "families",
        "evidence",
        "novelty",
        "reason",
    ]
    assert all(list(line) == keys for line in lines)
    news = lines[1]
    assert (news["situation"], news["published"]) == ("brunnick-saal-meeting", "2032-04-20T12:30:00Z")
    assert (news["event_date"], news["families"]) == ("2032-05-03", ["tarnland-courier"])
    assert news["evidence"] == [{"doc": "story-2", "sentence": NEWS.title, "start": 0, "end": len(NEWS.title)}]
    assert all(line["novelty"] and line["reason"] for line in lines)


def test_evidence_lies_where_it_says(shipped_lines: list[dict[str, Any]]) -> None:
    documents = {document.id: document for document in read_documents([str(STREAM)])}
    for line in shipped_lines:
        assert line["evidence"], line
        for evidence in line["evidence"]:
            document, (start, end) = documents[evidence["doc"]], (evidence["start"], evidence["end"])
            assert evidence["sentence"] in {document.title[start:end], document.text[start:end]}


def test_groups_hold_copies_and_nothing_else() -> None:
    assert replayed(PLAN)[1] == [["story-4", "story-5"]]


def test_a_document_that_comes_twice_is_raised_once_and_grouped_with_itself() -> None:
    again = Document("again", START + 6 * HOUR, NEWS.source, NEWS.lang, NEWS.url, NEWS.title, NEWS.text)
    lines, groups, _ = replayed([NEWS, again])
    assert [line["doc"] for line in lines] == ["story-2"]
    assert groups == [["story-2", "again"]]


def test_documents_without_an_address_stay_apart() -> None:
    documents = [Document(d.id, d.published, d.source, d.lang, "", d.title, d.text) for d in (OPENING, NEWS)]
    lines, groups, _ = replayed(documents)
    assert ([line["doc"] for line in lines], groups) == (["story-1", "story-2"], [])


def test_developments_come_as_soon_as_their_document_was_read() -> None:
    given: list[str] = []

    def documents() -> Any:
        for document in (OPENING, NEWS):
            given.append(document.id)
            yield document

    with closing(Replay(compiled())) as replay:
        first = next(iter(replay.raise_for(documents())))
        assert (first.document, given) == ("story-1", ["story-1"])


def test_a_faulty_line_ends_the_replay(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text(as_lines((OPENING,)) + "{\n", encoding="utf-8")
    with closing(Replay(compiled())) as replay, pytest.raises(InputError, match=r"stream\.jsonl:2"):
        list(replay.raise_for(read_documents([str(path)])))


def test_replay_and_a_pass_over_feeds_raise_the_same(newsroom: Newsroom) -> None:
    newsroom.run()
    newsroom.publish(rss=PLAN)
    newsroom.passes += int(timedelta(hours=6) / HOUR)
    newsroom.run()
    live = newsroom.rows(
        "select situation, status, event_date, url from developments join articles on articles.id = article_id "
        "order by developments.id"
    )
    urls = {document.id: document.url for document in PLAN}
    assert [tuple(row.values()) for row in live] == [
        (line["situation"], line["status"], line["event_date"], urls[line["doc"]]) for line in replayed(PLAN)[0]
    ]


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first weeks of the shipped stream replayed by two commands, plain and gzip, in an empty folder."""
    folder = tmp_path_factory.mktemp("replay")
    weeks = b"".join(STREAM.read_bytes().splitlines(keepends=True)[:60])
    work = folder / "work"
    work.mkdir()
    (folder / "stream.jsonl").write_bytes(weeks)
    (folder / "stream.jsonl.gz").write_bytes(gzip.compress(weeks))
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "WIREWATCH_ARCHIVE": str(work / "wirewatch.db"),
        "HOME": str(work), "XDG_DATA_HOME": str(work),
    }  # fmt: skip
    running = []
    for number, (stream, hash_seed) in enumerate([("stream.jsonl", "1"), ("stream.jsonl.gz", "2")]):
        outputs = ["--out", folder / f"{number}.jsonl", "--groups", folder / f"{number}.json"]
        command = [sys.executable, "-m", "monitors.cli", "replay", folder / stream, *outputs]
        running.append(subprocess.Popen(command, env=environment | {"PYTHONHASHSEED": hash_seed}, cwd=work))
    assert [process.wait(60) for process in running] == [0, 0]
    return folder


@pytest.fixture(scope="module")
def shipped_lines(commands: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (commands / "0.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_same_stream_gives_the_same_bytes_plain_or_gzip(commands: Path) -> None:
    for kind in ("jsonl", "json"):
        first, second = ((commands / f"{number}.{kind}").read_bytes() for number in (0, 1))
        assert first == second
        assert len(first) > 100


def test_nothing_but_the_named_files_is_written(commands: Path) -> None:
    assert list((commands / "work").iterdir()) == []
    assert sorted(path.name for path in commands.iterdir()) == [
        "0.json", "0.jsonl", "1.json", "1.jsonl", "stream.jsonl", "stream.jsonl.gz", "work",
    ]  # fmt: skip


def test_groups_of_the_shipped_stream_are_of_its_documents(commands: Path) -> None:
    groups = json.loads((commands / "0.json").read_text(encoding="utf-8"))
    members = [name for group in groups for name in group]
    assert len(members) == len(set(members))
    assert set(members) <= {document.id for document in read_documents([str(STREAM)])}
    assert all(len(group) > 1 for group in groups)
