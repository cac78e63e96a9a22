"""Reading an article's page: each page in pages/ beside what it is expected to give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.articles.pages import PAGE_OUTCOMES, SETTLED, about, extractor, outcome_of_fetch, read_page
from monitors.feeds.outcomes import OUTCOMES

PAGES = sorted(Path(__file__).with_name("pages").glob("*.html"))


def expected(page: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    return value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_gives_what_stands_beside_it(page: Path) -> None:
    wanted = expected(page)
    found = read_page(
        page.read_bytes(),
        wanted["headers"],
        wanted["url"],
        title=wanted["title"],
        summary=wanted["summary"],
        language=wanted["language"],
    )
    assert (found.outcome, found.detail if found.outcome != wanted["outcome"] else "") == (wanted["outcome"], "")
    assert bool(found.text) == (found.outcome == "read")
    assert found.text.startswith(wanted.get("starts", ""))
    assert [piece for piece in wanted["has"] if piece not in found.text] == []
    assert [piece for piece in wanted["lacks"] if piece in found.text] == []


def test_pages_of_every_kind_are_tried() -> None:
    kinds = {expected(page)["outcome"] for page in PAGES}
    of_fetches = {outcome_of_fetch(outcome) for outcome in OUTCOMES}
    assert PAGE_OUTCOMES - of_fetches - kinds == {"waiting", "unreadable", "disallowed"}
    assert of_fetches <= PAGE_OUTCOMES
    assert SETTLED <= PAGE_OUTCOMES


def test_korean_headline_is_found_under_other_endings() -> None:
    assert about(
        "한미 정상회담이 다음 주 워싱턴에서 열린다고 대통령실이 밝혔다.", "한미 정상회담, 다음 주 워싱턴서 개최"
    )
    assert not about("기상청은 내일 전국에 비가 내릴 것으로 내다봤다.", "한미 정상회담, 다음 주 워싱턴서 개최")


def test_page_in_a_charset_it_does_not_declare_is_read() -> None:
    page = next(page for page in PAGES if page.stem == "news_ko_euckr")
    body = page.read_bytes().replace(b"euc-kr", b"utf-8")
    wanted = expected(page)
    found = read_page(body, {}, wanted["url"], title=wanted["title"], summary="", language="ko")
    assert found.outcome == "read"
    assert wanted["has"][0] in found.text


def test_text_has_no_direction_or_control_signs() -> None:
    page = next(page for page in PAGES if page.stem == "news_en")
    body = page.read_bytes().replace(b"harbour office", "harbour \u202eoffice\x07".encode())
    wanted = expected(page)
    found = read_page(body, wanted["headers"], wanted["url"], title=wanted["title"], summary="", language="en")
    assert found.outcome == "read"
    assert not set(found.text) & {"\u202e", "\x07"}


def test_extractor_is_named_with_its_version() -> None:
    name, number = extractor().split()
    assert name == "trafilatura"
    assert number[0].isdigit()


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/html; charset=hex", "", "text/html; charset=x"]))
def test_whatever_a_server_sends_has_an_outcome(body: bytes, content_type: str) -> None:
    found = read_page(
        b"<html>" + body, {"content-type": content_type}, "https://post.example/a", title="a", summary="", language="en"
    )
    assert found.outcome in PAGE_OUTCOMES


def test_page_made_to_be_slow_is_not() -> None:
    opening = b'<script type="application/ld+json">'
    for body in (opening * 20_000, b"<script " * 60_000, b"<meta " * 60_000, b"<div>" * 60_000):
        found = read_page(b"<html>" + body, {}, "https://post.example/a", title="Talks", summary="", language="en")
        assert found.outcome == "no-text"
