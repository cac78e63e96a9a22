"""The calendar, read back by the rules of RFC 5545."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.exports.calendar import LINE_OCTETS, calendar, folded, text
from monitors.exports.text import plain

ANY = st.text(st.characters(codec=None))


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=400))
def test_unfolding_gives_the_line_back_and_no_piece_is_too_long(content: str) -> None:
    pieces = folded(content).split("\r\n")
    assert "\r\n".join(pieces).replace("\r\n ", "") == content
    assert all(len(piece.encode()) <= LINE_OCTETS for piece in pieces)


@given(value=ANY)
def test_unescaping_gives_the_text_back(unescape, value: str) -> None:
    assert unescape(text(value)) == plain(value)
    assert "\n" not in text(value)


@given(title=ANY, place=ANY, sentence=ANY, publisher=ANY, url=ANY)
def test_no_text_makes_a_property_of_its_own(
    read_ics, unescape, a_meeting, title, place, sentence, publisher, url
) -> None:
    given_ = {"title": title, "place": place, "sentence": sentence, "publisher": publisher, "url": url}
    read = read_ics("".join(calendar([a_meeting | given_])))
    allowed = {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED",
        "SEQUENCE", "DTSTART", "DTEND", "STATUS", "TRANSP", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "CATEGORIES",
        "END",
    }  # fmt: skip
    assert {name for name, _ in read} <= allowed
    assert [value for name, value in read if name in ("BEGIN", "END")] == ["VCALENDAR", "VEVENT", "VEVENT", "VCALENDAR"]
    summary = [unescape(value) for name, value in read if name == "SUMMARY"]
    assert summary == ([" ".join(plain(title).split())] if plain(title).split() else [])


def test_a_meeting_that_moved_and_was_called_off_keeps_its_uid(export, read_ics, unescape) -> None:
    done = export("meetings", "--format", "ics")
    event = dict(read_ics(done.stdout))
    assert event["UID"] == "brunnick-saal-meeting-1@glacier-talks.wirewatch"
    assert (event["SEQUENCE"], event["STATUS"]) == ("2", "CANCELLED")
    assert (event["DTSTART"], event["DTEND"]) == ("20310620", "20310622")
    assert event["DTSTAMP"] == event["LAST-MODIFIED"] == "20310303T130000Z"
    assert event["CREATED"] == "20310301T130000Z"
    assert unescape(event["SUMMARY"]) == "Cancelled: A meeting between Ada Brunnick and Joren Saal"
    assert unescape(event["LOCATION"]) == "Bergen; Hall 2, left"
    assert "DTSTART;VALUE=DATE:20310620" in done.stdout
    assert export("meetings", "--format", "ics").stdout == done.stdout


def test_hostile_sentence_stays_inside_the_description(read_ics, unescape, a_meeting, hostile) -> None:
    record = a_meeting | {name: hostile[name] for name in ("title", "sentence", "publisher", "url")}
    written = "".join(calendar([record]))
    read = read_ics(written)
    assert not re.search(r"^(ATTENDEE|URL|UR  -)", written, re.MULTILINE)
    description = unescape(dict(read)["DESCRIPTION"])
    assert "Talks, on; Thursday \\" in description
    assert "ATTENDEE:mailto:x@evil.example" in description
    assert f"Address as given: {hostile['url']}" in description


@pytest.mark.parametrize(
    ("event_date", "span"),
    [
        ("2031-12-31", ("20311231", "20320101")),
        ("2032-02-28/2032-02-29", ("20320228", "20320301")),
        ("2031-06", None),
        ("2031", None),
        ("2031-06-12/2031-07", None),
    ],
)
def test_only_days_are_in_the_calendar_and_the_end_is_the_day_after(
    read_ics, a_meeting: dict[str, Any], event_date: str, span: tuple[str, str] | None
) -> None:
    read = dict(read_ics("".join(calendar([a_meeting | {"event_date": event_date}]))))
    assert (read.get("DTSTART"), read.get("DTEND")) == (span or (None, None))
