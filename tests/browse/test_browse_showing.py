"""Values as readers see them, and pictures in numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.browse.changes import changes
from monitors.browse.charts import histogram, sparkline, timeline
from monitors.browse.showing import (
    counted,
    event,
    foreign,
    length,
    marked,
    moment,
    out,
    status,
    tally,
    why_read_so,
)
from monitors.definition.kinds import ALL_STATUSES

ZONE = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("text", "said"),
    [("2018-06-12", "12 Jun 2018"), ("2018-06", "Jun 2018"), ("2018", "2018")],
)
def test_days_are_as_precise_as_their_source(text: str, said: str) -> None:
    assert f">{said}</time>" in event(text)


@pytest.mark.parametrize("text", ["<b>", "1-99", "2018-13-01", "soon\r\n"])
def test_what_is_no_day_is_shown_and_is_no_time(text: str) -> None:
    assert "<" not in event(text)
    assert event(text)


def test_a_range_has_both_ends() -> None:
    assert event("2018-06-12/2018-06-14").count("<time") == 2


def test_every_status_has_a_word_and_a_shape() -> None:
    for one in ALL_STATUSES:
        assert "·" not in status(one)
        assert one.replace("_", " ") in status(one)


def test_a_time_without_sense_is_shown_as_it_is() -> None:
    assert moment("xTy<", ZONE) == "xTy&lt;"
    assert moment(None, ZONE) == ""


def test_numbers_have_their_noun() -> None:
    assert [counted(n, "family", "families") for n in (0, 1, 2, 1000)] == [
        "0 families", "1 family", "2 families", "1,000 families",
    ]  # fmt: skip
    now = datetime(2031, 3, 3, tzinfo=UTC)
    assert [length(since, now) for since in ("2031-03-02T23:00:00Z", "2031-03-01", "2031-02-01", None)] == [
        "1 hour", "2 days", "30 days", "",
    ]  # fmt: skip


def test_foreign_words_name_their_language_only_if_it_is_one() -> None:
    assert foreign("회담", "ko") == '<bdi lang="ko">회담</bdi>'
    assert foreign("x", '"><') == "<bdi>x</bdi>"
    assert "without a title" in foreign("", "ko")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:x", "https://a@b.example/", "//x", "", None, "ftp://x/"])
def test_only_plain_web_addresses_are_links(url: str | None) -> None:
    assert "href" not in out(url)


@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_marking_keeps_the_text_and_lets_no_markup_in(text: str, words: list[str]) -> None:
    found = marked(text, words)
    assert "<" not in found.replace("<mark>", "").replace("</mark>", "")


@given(st.text(max_size=300), st.text(max_size=300))
def test_changes_tell_both_texts(old: str, new: str) -> None:
    pieces = changes(old, new).pieces
    if old != new and "cut" not in {kind for kind, _ in pieces}:
        assert "".join(words for kind, words in pieces if kind != "new") == old
        assert "".join(words for kind, words in pieces if kind != "gone") == new


def test_a_changed_verb_is_a_change_and_a_comma_is_trivial() -> None:
    assert [piece for piece in changes("They will meet.", "They may meet.").pieces if piece[0] != "same"] == [
        ("gone", "will"), ("new", "may"),
    ]  # fmt: skip
    assert not changes("They will meet.", "They may meet.").is_trivial
    assert changes("They will meet", "they will, meet.").is_trivial
    assert changes("same", "same").pieces == ()


def test_long_texts_are_compared_in_sentences_and_in_time() -> None:
    old = "One sentence more. " * 5_000
    kinds = [kind for kind, _ in changes(old, f"{old}And a last one.").pieces]
    assert "new" in kinds
    assert "cut" in kinds


def test_a_timeline_goes_from_left_to_right_and_shortens_long_pauses() -> None:
    rows = [
        {"id": 3, "published": "2025-08-25T00:00:00Z", "status": "occurred"},
        {"id": 2, "published": "2018-06-12T00:00:00Z", "status": "scheduled"},
        {"id": 1, "published": "2018-06-10T00:00:00Z", "status": "mooted"},
    ]
    chart = timeline(rows, ("mooted", "scheduled", "occurred"), UTC)
    assert chart is not None
    xs = [point.x for point in chart.points]
    assert xs == sorted(set(xs))
    assert [gap for _, gap in chart.breaks] == ["87 months"]
    assert chart.width < 600
    assert [name for name, _ in chart.lanes] == ["occurred", "scheduled", "mooted"][::-1][::-1]
    assert timeline([], (), UTC) is None


def test_a_timeline_has_the_days_of_the_readers_zone() -> None:
    rows = [{"id": 1, "published": "2025-10-28T21:50:00Z", "status": "occurred"}]
    labels = [timeline(rows, ("occurred",), zone).points[0].label for zone in (UTC, ZoneInfo("Asia/Seoul"))]
    assert labels == ["28 Oct 2025", "29 Oct 2025"]


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("feeds_polled", 3, "3 feeds polled"), ("entries_off_topic", 1, "1 entry off topic"), ("copies", 1, "1 copy"),
        ("delivered", 1, "1 delivered"), ("articles_new", 1200, "1,200 articles new"),
    ],
)  # fmt: skip
def test_a_count_of_a_run_is_said_in_words(name: str, number: int, words: str) -> None:
    assert tally(name, number) == words


def test_why_a_sentence_was_read_so_is_said_in_words_and_escaped() -> None:
    assert why_read_so("no cue") == "nothing in it tells of a change"
    assert why_read_so("title: year on <from>").endswith("by its headline <bdi>year on &lt;from&gt;</bdi>")
    assert why_read_so("to <EVENT>: at last") == "by the words “<bdi>to &lt;EVENT&gt;: at last</bdi>”"


def test_a_histogram_counts_everything_once() -> None:
    near = histogram([{"day": "2025-08-01", "articles": 2}, {"day": "2025-08-03", "articles": 1}])
    far = histogram([{"day": "2018-06-01", "articles": 2}, {"day": "2025-08-03", "articles": 1}])
    assert near is not None
    assert far is not None
    assert len(near.bars) == 3
    assert len(far.bars) == 87
    assert near.summary == "3 articles by day, 2025-08-01 to 2025-08-03; most in 2025-08-01: 2"
    assert histogram([]) is None


def test_a_sparkline_of_nothing_is_flat() -> None:
    assert {bar.height for bar in sparkline([0, 0, 0]).bars} == {0}
