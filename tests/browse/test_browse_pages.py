"""Every page and every twin answers, and says what an analyst needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from monitors.archive import troubles
from monitors.archive.connection import open_archive
from monitors.archive.troubles import Trouble
from monitors.browse.pages import PAGES, Page
from monitors.browse.settings import Limits
from monitors.browse.twins import TYPES
from monitors.developments.ledger import Known, Ledger, dump

PLACES = {"{id:number}": "1", "{monitor}": "glacier-talks", "{situation}": "brunnick-saal-meeting"}


def place(page: Page) -> str:
    """An address of the page at which the archive has something."""
    path = page.path
    for part, value in PLACES.items():
        path = path.replace(part, value)
    return path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_whole_and_accessible_in_its_bones(client: TestClient, page: Page) -> None:
    answer = client.get(place(page))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    html = answer.text
    assert '<html lang="en">' in html
    assert html.count("<h1") == 1
    assert '<a class="skip" href="#content">' in html
    assert 'id="content"' in html
    for inline in ("<script", "style=", "javascript:", " onload", "<style"):
        assert inline not in html


@pytest.mark.parametrize(
    ("page", "suffix"),
    [(page, suffix) for page in PAGES for suffix in page.twins],
    ids=lambda one: getattr(one, "name", one),
)
def test_twin_has_its_form(client: TestClient, page: Page, suffix: str) -> None:
    answer = client.get(f"{place(page)}.{suffix}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[suffix]
    match suffix:
        case "json":
            assert "next" in answer.json()
        case "csv":
            assert len(list(csv.reader(io.StringIO(answer.text)))) > 1
        case "atom":
            assert ElementTree.fromstring(answer.text).tag.endswith("}feed")
        case "ics":
            assert answer.text.startswith("BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_its_twins(client: TestClient, page: Page) -> None:
    html = client.get(place(page)).text
    assert [suffix for suffix in page.twins if f'href="{place(page)}.{suffix}"' not in html] == []


def test_every_list_has_json_csv_and_atom() -> None:
    lists = {page.name: set(page.twins) for page in PAGES if page.name not in ("article", "development")}
    without_atom = {"runs"}
    assert {name for name, twins in lists.items() if not {"json", "csv", "atom"} <= twins} == without_atom


def test_now_says_how_things_stand(client: TestClient) -> None:
    html = client.get("/now").text
    assert "◑</span> scheduled" in html
    assert '<time datetime="2031-03-06">6 Mar 2031</time>' in html
    assert "1 delivery</a> could not be made" in html
    assert "1 feed</a> is not well" in html


def test_times_are_in_the_readers_zone_and_utc_on_hover(client: TestClient) -> None:
    html = client.get("/runs").text
    assert '<time datetime="2031-03-01T12:00:00Z" title="2031-03-01 12:00 UTC">1 Mar 2031, 21:00</time>' in html


def test_development_shows_its_sentence_in_context(client: TestClient) -> None:
    html = client.get("/developments/2").text
    assert "It is cold. <mark>Brunnick and Saal will meet on Thursday.</mark> Then all left." in html
    assert '<a href="/articles/2"><bdi lang="ko">A summit is offered</bdi></a>' in html
    assert "scheduled (rule 1)" in html
    assert "the server said no" in html


def test_development_says_what_was_known_before(client: TestClient) -> None:
    knew = client.get("/developments/2.json").json()["knew"]
    assert [(one["status"], one["day"]) for one in knew] == [("mooted", "2031-02-01")]


def test_what_keeps_wirewatch_from_its_work_is_told_until_it_ends(
    browsing: Any, filling: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "ailing.db"
    filling(path)
    began = datetime(2031, 3, 1, 9, tzinfo=UTC)
    with open_archive(path) as archive:
        troubles.save(archive, Trouble("glacier-talks", "channel mail", "undelivered", began, began))
        troubles.save(archive, Trouble("glacier-talks", "disk", "disk-full", began, began, began))
    html = browsing(archive=path).get("/now").text
    assert "<strong>Undelivered</strong>, channel mail, since <time" in html
    assert "see to the channel" in html
    assert "Disk full" not in html


def test_an_empty_archive_says_that_nothing_is_there_yet(browsing: Any, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    open_archive(path).close()
    empty = browsing(archive=path)
    for address, words in (
        ("/now", "None yet."), ("/developments", "No development yet."), ("/alerts", "No alert yet."),
        ("/search", "No article yet."), ("/runs", "No run yet."), ("/sources", "No feed was polled yet."),
        ("/calendar", "No meeting with a date lies ahead."),
        ("/developments?status=cancelled", "Wider dates may show more."), ("/alerts?state=dead", "No alert fits."),
        ("/search?q=talks", "Nothing found."), ("/developments/7", "no development 7; search may find"),
    ):  # fmt: skip
        assert words in empty.get(address).text, address


def test_the_day_since_which_a_status_holds_is_the_readers(
    browsing: Any, filling: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "late.db"
    filling(path)
    with open_archive(path) as archive, archive.writing():
        archive.change("update developments set published = '2031-03-01T21:50:00Z' where status = 'scheduled'")
    for zone, day in (("UTC", "1 Mar 2031"), ("Asia/Seoul", "2 Mar 2031")):
        late = browsing(archive=path, zone=zone)
        assert f'data-label="Since"><time datetime="2031-03-0{day[0]}">{day}</time>' in late.get("/now").text
        facts = late.get("/situations/glacier-talks/brunnick-saal-meeting").text
        assert f'<dt>Since</dt><dd><time datetime="2031-03-0{day[0]}">{day}</time>' in facts


def test_a_report_that_is_another_familys_text_says_so(client: TestClient) -> None:
    html = client.get("/developments/2").text
    assert "<h3><bdi>Copy Post</bdi></h3>" in html
    assert "the same text as <bdi>Wire</bdi>’s" in html


def test_situation_draws_its_course_and_lists_it(client: TestClient) -> None:
    html = client.get("/situations/glacier-talks/brunnick-saal-meeting").text
    assert 'role="img" aria-label="2 developments from 1 Mar 2031 to 1 Mar 2031: mooted 1, scheduled 1"' in html
    assert "a quiet night" in html


def test_article_marks_what_was_read_and_shows_what_changed(client: TestClient) -> None:
    html = client.get("/articles/1").text
    assert 'mooted">' not in html
    assert ">Brunnick and Saal will meet on Thursday.</mark>" in html
    assert "<del>may</del><ins>will</ins>" in html
    assert "<del>will</del><ins>may</ins>" in html
    assert '<a href="/articles/2">' in html


def test_article_says_by_what_a_sentence_was_read(browsing: Any, filling: Any, tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.db"
    filling(path)
    client = browsing(archive=path)
    assert "by the words “<bdi>will meet</bdi>”" in client.get("/articles/1").text
    cue = "adjudicator: mooted, by “will <b>meet”; rules: scheduled, will EVENT"
    with open_archive(path) as archive, archive.writing():
        archive.change("update mentions set status = 'mooted', cue = ?", [cue])
    html = client.get("/articles/1").text
    assert "by the words" not in html
    assert "made less of it: <bdi>mooted, by “will &lt;b&gt;meet”; rules: scheduled, will EVENT</bdi>" in html


def test_search_folds_copies_and_marks_words(client: TestClient) -> None:
    found = client.get("/search.json", params={"q": "summit"}).json()
    assert [(row["id"], row["copies"]) for row in found["articles"]] == [(2, 1)]
    assert found["found"] == 2
    assert client.get("/search", params={"q": "summit"}).text.count("<mark>summit</mark>") == 1
    apart = client.get("/search.json", params={"q": "summit", "fold": "no"}).json()
    assert [row["id"] for row in apart["articles"]] == [2, 1]


def test_facets_narrow_the_search(client: TestClient) -> None:
    found = client.get("/search.json", params={"q": "회담 OR summit"}).json()
    facets = {facet["name"]: facet["values"] for facet in found["facets"]}
    assert {(one["value"], one["articles"]) for one in facets["language"]} == {("ko", 2), ("en", 1)}
    assert [one["articles"] for one in facets["situation"]] == [1]
    for facet in facets.values():
        for one in facet:
            narrowed = client.get(one["address"].replace("/search", "/search.json")).json()
            assert narrowed["found"] == one["articles"]


def test_search_by_relevance_finds_the_same(client: TestClient) -> None:
    best = client.get("/search.json", params={"q": "summit", "order": "relevance", "fold": "no"}).json()
    assert {row["id"] for row in best["articles"]} == {1, 2}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("publisher:wire summit", [1]), ("publisher:wire", [1]), ("family:copy summit", [2]), ("lang:ko", [3, 2]),
        ("after:2031-03-01T10:30:00Z summit", [1]), ("before:2031-03-01T10:30:00Z", [3, 2]),
        ("publisher:none summit", []),
    ],
)  # fmt: skip
def test_conditions_narrow_a_search(client: TestClient, query: str, found: list[int]) -> None:
    for order in ("newest", "relevance"):
        answer = client.get("/search.json", params={"q": query, "order": order, "fold": "no"}).json()
        assert [row["id"] for row in answer["articles"]] == found


def test_a_search_keeps_to_a_situation_with_words_and_without(client: TestClient) -> None:
    asked = {"situation": "brunnick-saal-meeting", "fold": "no"}
    for more, found in (({"q": "summit"}, [1]), ({}, [1]), ({"q": "lang:ko"}, [])):
        answer = client.get("/search.json", params=asked | more).json()
        assert [row["id"] for row in answer["articles"]] == found


def test_sources_are_listed_with_the_ill_ones_first(client: TestClient) -> None:
    feeds = client.get("/sources.json").json()["feeds"]
    assert [(one["verdict"], one["usual_hours"], one["silent_hours"]) for one in feeds] == [
        ("failing", 2.0, 1.0), (None, None, None),
    ]  # fmt: skip


def test_filters_narrow_lists(client: TestClient) -> None:
    assert len(client.get("/developments.json", params={"status": "mooted"}).json()["developments"]) == 1
    assert client.get("/developments.json", params={"until": "2031-02-28"}).json()["developments"] == []
    assert [one["decision"] for one in client.get("/alerts.json", params={"state": "dead"}).json()["alerts"]] == [
        "alert"
    ]


@pytest.mark.parametrize("address", ["/developments/99", "/articles/99", "/sources/99", "/situations/x/y", "/nothing"])
def test_what_is_not_there_is_404(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.get(f"{address}.json").status_code == 404


def test_the_root_leads_to_now(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/now")


def test_the_calendar_goes_back_a_year_unless_asked_for_more(browsing: Any) -> None:
    later = browsing(clock=lambda: datetime(2031, 3, 9, tzinfo=UTC))
    assert [one["event_date"] for one in later.get("/calendar.json").json()["over"]] == ["2031-03-06"]
    assert later.get("/calendar.json?since=2031-03-07").json()["over"] == []
    assert "BEGIN:VEVENT" in later.get("/calendar.ics").text
    assert browsing().get("/calendar.json").json()["ahead"][0]["event_date"] == "2031-03-06"


def test_the_calendar_goes_on_with_earlier_meetings_though_many_are_on_one_day(
    browsing: Any, filling: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "busy.db"
    filling(path)
    days = ["2031-02-03"] * 5 + ["2031-02-01/2031-02-04", "2031-02", "2031-01-09"]
    known = [
        Known("scheduled", date(2031, 1, 1), number, day, "Saal", (), number) for number, day in enumerate(days, 1)
    ]
    with open_archive(path) as archive, archive.writing():
        ledger = dump(Ledger("brunnick-saal-meeting", "meeting", tuple(known)))
        archive.change("update situations set ledger = ?", [ledger])
    busy = browsing(archive=path, clock=lambda: datetime(2031, 3, 9, tzinfo=UTC), limits=Limits(page=2))
    found, at = [], "/calendar.json"
    while at is not None:
        data = busy.get(at).json()
        found += [one["instance"] for one in data["over"]]
        assert data["left_out"] == len(days) - len(found)
        at = data["next"]
    assert sorted(found) == list(range(1, len(days) + 1))
    assert found[:5] == [5, 4, 3, 2, 1]
    assert "after: expected" in busy.get("/calendar?after=2031-02-03").text
