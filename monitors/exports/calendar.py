"""Meetings as an iCalendar file (RFC 5545): one event of whole days for each, the same bytes for the same archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from monitors.alerts.message import in_words, safe_link
from monitors.developments.event_dates import first_day, last_day
from monitors.exports.text import line, plain

LINE_OCTETS = 75
Record = Mapping[str, Any]


def has_days(event_date: str) -> bool:
    """Whether a date is known to the day. One that is known to the month has no place in a calendar."""
    return all(len(end) == len("2018-06-12") for end in event_date.split("/"))


def calendar(meetings: Iterable[Record]) -> Iterator[str]:
    """The calendar, event by event. Meetings whose day is not known are left out."""
    yield _lines(
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Wirewatch//Wirewatch//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", "Wirewatch"),
        ("X-WR-CALNAME", "Wirewatch"),
    )
    for meeting in meetings:
        if has_days(meeting["event_date"]):
            yield _event(meeting)
    yield _lines(("END", "VCALENDAR"))


def _event(meeting: Record) -> str:
    first, last = first_day(meeting["event_date"]), last_day(meeting["event_date"])
    off = meeting["standing"] == "cancelled"
    summary = f"{in_words(meeting['status']).capitalize()}: {meeting['title']}" if off else meeting["title"]
    address = safe_link(meeting["url"])
    return _lines(
        ("BEGIN", "VEVENT"),
        # The situation and the number of its meeting: the same one after its date has moved.
        ("UID", text(f"{meeting['situation']}-{meeting['instance']}@{meeting['monitor']}.wirewatch")),
        ("DTSTAMP", _moment(meeting["changed"])),
        ("CREATED", _moment(meeting["announced"])),
        ("LAST-MODIFIED", _moment(meeting["changed"])),
        ("SEQUENCE", str(meeting["sequence"])),
        ("DTSTART;VALUE=DATE", first.strftime("%Y%m%d")),
        ("DTEND;VALUE=DATE", (last + timedelta(days=1)).strftime("%Y%m%d")),  # the first day after it
        ("STATUS", meeting["standing"].upper()),
        ("TRANSP", "TRANSPARENT"),
        ("SUMMARY", text(line(summary))),
        ("LOCATION", text(line(meeting["place"] or ""))),
        ("DESCRIPTION", text("\n".join(_description(meeting, address)))),
        ("URL", address or ""),
        ("CATEGORIES", text(line(meeting["situation"]))),
        ("END", "VEVENT"),
    )


def _description(meeting: Record, address: str | None) -> Iterator[str]:
    yield f"Status: {in_words(meeting['status'])}"
    if meeting["parties"]:
        yield f"Parties: {', '.join(meeting['parties'])}"
    if meeting["sentence"]:
        yield f"“{meeting['sentence']}”"
    if meeting["publisher"]:
        families = len(meeting["families"])
        count = f"{families} {'family' if families == 1 else 'families'}"
        yield f"{meeting['publisher']}; {count}, {meeting['tier']}"
    if meeting["url"]:
        yield address or f"Address as given: {meeting['url']}"


def text(value: str) -> str:
    """A value of type TEXT (section 3.3.11)."""
    escaped = plain(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def folded(content: str) -> str:
    """A content line in pieces of at most 75 octets, never inside a character (section 3.1). No line break follows."""
    pieces, piece, octets = [], "", 0
    for character in content:
        size = len(character.encode())
        if octets + size > LINE_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += size
    return "\r\n".join([*pieces, piece])


def _lines(*properties: tuple[str, str]) -> str:
    return "".join(f"{folded(f'{name}:{value}')}\r\n" for name, value in properties if value)


def _moment(moment: str) -> str:
    return moment.replace("-", "").replace(":", "")
