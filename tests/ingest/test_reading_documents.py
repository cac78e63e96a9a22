"""Streams of documents: what is read, and what a faulty line is told."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.errors import InputError
from monitors.ingest.documents import Document, read_documents

LINE: dict[str, Any] = {
    "id": "one", "published": "2032-04-20T12:00:00Z", "source": "Post", "lang": "en", "url": "https://post.example/1",
    "title": "회담 talks", "text": "They met.\nTwice.",
}  # fmt: skip
DOCUMENT = Document(
    "one",
    datetime(2032, 4, 20, 12, tzinfo=UTC),
    "Post",
    "en",
    "https://post.example/1",
    "회담 talks",
    "They met.\nTwice.",
)
Writing = Callable[..., str]


@pytest.fixture
def stream(tmp_path: Path) -> Writing:
    """Writes the lines, objects as JSON, to a file and gives its name."""

    def write(*lines: Any, name: str = "stream.jsonl") -> str:
        text = "".join(
            (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines
        )
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return str(path)

    return write


def standard_input(content: bytes) -> io.TextIOWrapper:
    """As a process has it in a plain locale, where bytes that are no UTF-8 come through as they are."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="ascii", errors="surrogateescape")


def refusal(*names: str) -> str:
    with pytest.raises(InputError) as raised:
        list(read_documents(names))
    assert raised.value.exit_status == 2
    return str(raised.value)


def test_plain_gzip_and_standard_input_say_the_same(stream: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", standard_input(json.dumps(LINE, ensure_ascii=False).encode() + b"\n"))
    names = [stream(LINE), stream(LINE, name="stream.jsonl.gz"), "-"]
    assert list(read_documents(names)) == [DOCUMENT] * 3


def test_files_are_read_in_the_order_given(stream: Writing) -> None:
    later, earlier = stream(LINE | {"id": "b"}, name="1.jsonl"), stream(LINE | {"id": "a"}, name="2.jsonl")
    assert [document.id for document in read_documents([later, earlier])] == ["b", "a"]


def test_blank_lines_and_unknown_keys_do_no_harm(stream: Writing) -> None:
    assert list(read_documents([stream("", LINE | {"extra": [1]}, "   ")])) == [DOCUMENT]


def test_an_empty_file_has_no_documents(stream: Writing) -> None:
    assert list(read_documents([stream()])) == []


def test_documents_before_a_faulty_line_are_given_first(stream: Writing) -> None:
    reading = read_documents([stream(LINE, "{")])
    assert next(reading) == DOCUMENT
    with pytest.raises(InputError, match=r"stream\.jsonl:2: not JSON"):
        next(reading)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"id": "one", "publ', "not JSON"),
        ("[1, 2]", "expected an object, got list"),
        ("null", "expected an object, got NoneType"),
        ({"id": "one"}, "published, source, lang, url, title, text: missing"),
        (LINE | {"title": None, "id": 7}, "id, title: expected text"),
        (LINE | {"published": "2032-04-20T12:00:00"}, "'2032-04-20T12:00:00' has no time zone"),
        (LINE | {"published": "yesterday"}, "expected an ISO 8601 time, got 'yesterday'"),
        (LINE | {"published": ""}, "expected an ISO 8601 time, got ''"),
        (LINE | {"published": "0001-01-01T00:00:00+14:00"}, "published: "),
        ("[" * 100_000, "not JSON"),
        ('{"id": ' + "9" * 5000 + "}", "not JSON"),
    ],
    ids=["broken", "list", "null", "missing", "not-text", "no-zone", "no-time", "empty", "before-time", "deep", "huge"],
)
def test_a_faulty_line_is_named_with_file_and_number(stream: Writing, line: Any, complaint: str) -> None:
    name = stream(LINE, "", line)
    message = refusal(name)
    assert message.startswith(f"{name}:3: ")
    assert complaint in message


def test_a_byte_order_mark_is_no_fault(stream: Writing) -> None:
    assert list(read_documents([stream("\ufeff" + json.dumps(LINE))])) == [DOCUMENT]


def test_a_cut_off_gzip_file_is_told(stream: Writing) -> None:
    name = stream(*[LINE | {"id": str(number), "text": f"{number * 7919} words"} for number in range(500)], name="s.gz")
    path = Path(name)
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(name).startswith(f"{name}: cannot be read: ")


def test_a_gzip_file_with_damage_inside_is_told(stream: Writing) -> None:
    name = stream(*[LINE | {"id": str(number), "text": f"{number * 7919} words"} for number in range(500)], name="s.gz")
    path = Path(name)
    body = bytearray(path.read_bytes())
    body[len(body) // 2 : len(body) // 2 + 40] = bytes(40)
    path.write_bytes(bytes(body))
    assert name in refusal(name)


def test_plain_text_under_a_gzip_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl.gz"
    path.write_text(json.dumps(LINE), encoding="utf-8")
    assert refusal(str(path)).startswith(f"{path}: cannot be read: ")


def test_bytes_that_are_no_utf8_are_told(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(json.dumps(LINE).encode() + b"\n" + '{"title": "Zürich"}\n'.encode("latin-1"))
    assert refusal(str(path)).startswith(f"{path}:2: not UTF-8: ")


def test_standard_input_that_is_no_utf8_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", standard_input(b"\xff\xfe{}\n"))
    assert refusal("-").startswith("-:1: not UTF-8: ")


def test_a_missing_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert refusal("-") == "-: there is no standard input"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(json.dumps(LINE) + "\n",), daemon=True)
    writer.start()
    assert list(read_documents([str(pipe)])) == [DOCUMENT]
    writer.join(5)


def test_a_folder_and_a_missing_file_are_no_streams(tmp_path: Path) -> None:
    assert refusal(str(tmp_path)) == f"{tmp_path}: is a folder, not a file"
    assert refusal(str(tmp_path / "none.jsonl")) == f"{tmp_path / 'none.jsonl'}: no such file"


zones = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-3, minutes=-30))])
moments = st.builds(datetime.fromtimestamp, st.integers(0, 4_000_000_000), zones)


@given(text=st.text(), title=st.text(), published=moments)
def test_any_text_and_any_zone_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, text: str, title: str, published: datetime
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps(LINE | {"text": text, "title": title, "published": published.isoformat()}) + "\n")
    (document,) = read_documents([str(path)])
    assert (document.text, document.title, document.published) == (text, title, published)
    assert document.published.utcoffset() == timedelta()
