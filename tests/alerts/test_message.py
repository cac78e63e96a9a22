"""Text from outside is harmless on one line, and links are http or nothing."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.alerts.message import (
    AlertMessage,
    from_payload,
    headline,
    in_words,
    one_line,
    safe_link,
    to_lines,
    to_object,
    to_payload,
)

HOSTILE: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))
LONE_SURROGATE = "lone" + chr(0xD800) + "surrogate"
MESSAGE = AlertMessage(
    monitor="harbour",
    situation="port-talks",
    title="Port talks",
    status="in_force",
    previous_status="announced",
    event_date="2026-03-04",
    place="Geneva",
    sentence="The talks are on.",
    publisher="Harbour Post",
    families=2,
    tier="reported",
    url="https://harbour.example/a",
    published=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
)


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)


@pytest.mark.parametrize("text", [*HOSTILE, LONE_SURROGATE])
def test_hostile_text_becomes_one_harmless_line(text: str) -> None:
    line = one_line(text, 200)
    assert is_harmless(line)
    line.encode("utf-8")


@given(st.text(st.characters(codec=None), max_size=60), st.integers(1, 30))
def test_one_line_is_short_harmless_and_stable(text: str, n: int) -> None:
    line = one_line(text, n)
    assert len(line) <= n
    assert is_harmless(line)
    assert line == line.strip()
    assert one_line(line, n) == line


def test_line_breaks_become_spaces_and_other_controls_go() -> None:
    assert one_line("a\r\n\u2028b\u200bc\x07d", 20) == "a bcd"


def test_cut_is_marked_and_keeps_accents_with_their_letter() -> None:
    assert one_line("x" * 10_000, 10) == "x" * 9 + "…"
    assert one_line("abcde\u0301fgh", 6) == "abcd…"
    assert one_line("abc defgh", 5) == "abc…"


def test_new_emoji_survive() -> None:
    assert one_line("a \U0001fae9 b", 10) == "a \U0001fae9 b"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//harbour.example/a",
        "https://",
        "https:///path",
        "https://harbour.example/a\nb",
        "https://harbour.example/a b",
        'https://harbour.example/"onload=',
        "https://harbour.example/<b>",
        "https://harbour.example/\u202egnp.exe",
        "https://harbour.example/" + chr(0xD800),
        "https://bank.example@evil.example/",
        "https://harbour.example\\@evil.example",
        "http://[::1",
        "https://harbour.example/" + "a" * 3000,
        "",
        None,
    ],
)
def test_unsafe_links_are_dropped(url: str | None) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize("url", ["https://harbour.example/a?b=c&d=%20#e", "HTTP://harbour.example/한국"])
def test_safe_links_stay_as_they_are(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize("text", [*HOSTILE, LONE_SURROGATE])
def test_payload_of_a_hostile_article_is_clean_and_survives_the_round_trip(text: str) -> None:
    hostile = replace(MESSAGE, title=text, sentence=text, place=text, publisher=text, url=f"javascript:{text}")
    payload = to_payload(hostile)
    payload.encode("utf-8")
    assert is_harmless(payload)
    message = from_payload(payload)
    assert message == hostile.cleaned()
    assert message.url is None
    assert all(is_harmless(line) for line in to_lines(message, UTC))


@pytest.mark.parametrize("payload", ["", "[]", "{}", '{"published": 1}', '{"published": "2026-03-01T00:00:00Z"}'])
def test_other_payloads_are_refused(payload: str) -> None:
    with pytest.raises(ValueError, match="not the payload of an alert"):
        from_payload(payload)


def test_lines_tell_status_event_evidence_source_and_link_in_the_readers_zone() -> None:
    assert to_lines(MESSAGE, ZoneInfo("Asia/Seoul")) == [
        "Port talks: in force (was announced)",
        "event: 2026-03-04, Geneva",
        "“The talks are on.”",
        "Harbour Post, 2026-03-02 08:30 KST; 2 families, reported",
        "https://harbour.example/a",
    ]


def test_lines_leave_out_what_is_not_known() -> None:
    bare = replace(MESSAGE, previous_status=None, event_date=None, place=None, sentence="", url=None, families=1)
    assert to_lines(bare, UTC) == ["Port talks: in force", "Harbour Post, 2026-03-01 23:30 UTC; 1 family, reported"]


def test_a_further_event_of_the_same_status_is_not_called_a_change() -> None:
    assert headline(replace(MESSAGE, status="occurred", previous_status="occurred")) == "Port talks: occurred"


def test_object_is_json_with_a_time_in_utc() -> None:
    assert json.loads(json.dumps(to_object(MESSAGE)))["published"] == "2026-03-01T23:30:00Z"
    assert in_words("in_force") == "in force"
