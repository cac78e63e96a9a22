"""A pass leaves a feed of the alerts and a calendar of the meetings where the monitor file says."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from newsroom import NEWS, OPENING, Newsroom, glacier, story

from monitors.definition.published import Publish

ATOM = "{http://www.w3.org/2005/Atom}"
MET = story(4, "Ada Brunnick and Joren Saal move their meeting in Ostrava to May 6", hours=1.5)


def publishing(newsroom: Newsroom, **names: str) -> Path:
    newsroom.monitor = newsroom.monitor.model_copy(update={"publish": Publish(**names)})
    newsroom.engine.monitor = newsroom.monitor
    return newsroom.archive.parent


def days_in(path: Path) -> list[str]:
    return re.findall(r"DTSTART;VALUE=DATE:(\d+)\r\n", path.read_bytes().decode())


def test_the_feed_has_what_people_were_told_with_the_sentence(newsroom: Newsroom) -> None:
    folder = publishing(newsroom, alerts="out.atom")
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    assert ElementTree.parse(folder / "out.atom").getroot().findall(f"{ATOM}entry") == []  # a baseline tells nobody
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    (entry,) = ElementTree.parse(folder / "out.atom").getroot().findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title", "").endswith(": scheduled")
    assert NEWS.title in entry.findtext(f"{ATOM}content", "")
    assert "terminal" not in entry.findtext(f"{ATOM}content", "")


def test_the_calendar_has_the_meeting_and_the_same_file_is_not_written_again(newsroom: Newsroom) -> None:
    folder = publishing(newsroom, calendar="meetings.ics")
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    path = folder / "meetings.ics"
    assert days_in(path) == ["20320503"]
    before = path.stat().st_ino
    newsroom.run()
    assert path.stat().st_ino == before
    newsroom.publish(rss=(OPENING, NEWS, MET))
    newsroom.run()
    assert days_in(path) == ["20320506"]


def test_a_place_that_takes_no_file_is_logged_and_costs_the_pass_nothing(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    publishing(newsroom, alerts="nowhere/out.atom", calendar="meetings.ics")
    newsroom.publish(rss=(OPENING,))
    with caplog.at_level(logging.WARNING):
        newsroom.run()
    assert "nowhere/out.atom cannot be written: No such file or directory" in caplog.text
    assert (newsroom.archive.parent / "meetings.ics").exists()
    assert newsroom.rows("select outcome from runs") == [{"outcome": "ok"}]


def test_nothing_is_written_where_nothing_is_named(newsroom: Newsroom) -> None:
    assert glacier([]).publish == Publish()
    newsroom.run()
    assert not list(newsroom.archive.parent.glob("*.atom")) + list(newsroom.archive.parent.glob("*.ics"))
