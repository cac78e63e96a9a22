"""The reader as a whole: from an article to its mentions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.archive.records import Article
from monitors.developments.engine import Engine
from monitors.developments.languages import load_pack
from monitors.developments.normal import normalise

HERE = Path(__file__).resolve().parent
ROWS = [json.loads(line) for line in (HERE / "sentences.jsonl").read_text("utf-8").splitlines()]
TITLES = [row["text"] for row in ROWS if row["lang"] == "en"]
Making = Callable[..., Article]


@pytest.mark.parametrize(
    ("title", "text", "language", "expected"),
    [
        ("Trump and Lee Jae Myung talk", "", "en", True),
        ("Trump and tariffs", "Lee Jae Myung was named.", "en", True),
        ("Trump and tariffs", "", "en", False),
        ("North Korea’s harvest", "", "en-GB", True),
        ("북한 소식", "", "ko-KR", True),
        ("北朝鮮のニュース", "", "ja", True),
        ("North Korea", "", "xx", True),
        ("", "", "en", False),
    ],
)
def test_an_article_is_on_topic_when_it_names_all_of_one_set(
    shipped: Engine, title: str, text: str, language: str, expected: bool
) -> None:
    assert shipped.on_topic(title, text, language) is expected


def test_a_language_that_the_monitor_does_not_list_is_read_as_its_first(shipped: Engine, articles: Making) -> None:
    title = "Trump meets Kim Jong Un"
    assert shipped.read(articles(title, language="xx")) == shipped.read(articles(title, language="en"))


def test_a_language_without_a_pack_says_nothing(shipped: Engine, articles: Making) -> None:
    unread = [language for language in shipped.monitor.languages if load_pack(language) is None]
    for language in unread:
        assert shipped.read(articles("米朝首脳会談 5月14日", language=language)) == ()
    assert shipped.read(articles("", "")) == ()


def test_mentions_come_in_the_order_of_the_article(shipped: Engine, articles: Making) -> None:
    text = "Trump met Kim Jong Un in Geneva. North Korea fired a missile. Trump calls off a second summit with Kim."
    found = shipped.read(articles("Trump meets Kim Jong Un", text))
    places = [(mention.field != "title", mention.start) for mention in found]
    assert places == sorted(places)
    assert {mention.situation for mention in found} == {"trump-kim-meeting", "dprk-missile-launch"}


def test_only_the_head_of_an_article_is_read(shipped: Engine, articles: Making) -> None:
    filler = "The sea was calm and the harbour quiet. " * 9
    assert shipped.read(articles("A quiet day", filler + "Trump meets Kim Jong Un in Geneva.")) == ()


def test_the_title_can_make_background_of_everything(shipped: Engine, articles: Making) -> None:
    found = shipped.read(articles("Quiz: Trump and Kim Jong Un", "Trump meets Kim Jong Un in Geneva."))
    assert found
    assert {(mention.status, mention.factuality) for mention in found} == {("background", "unknown")}
    assert all(mention.cue.startswith("title: ") for mention in found)


def test_weekdays_are_read_in_the_zone_of_the_feed(shipped: Engine, articles: Making) -> None:
    zone = {feed.timezone: feed.url for feed in shipped.monitor.feeds}
    late = "2026-03-01T20:00:00+00:00"  # Monday morning in Seoul
    title = "Trump to meet Kim Jong Un in Geneva tomorrow"
    there = shipped.read(articles(title, day=late, feed_url=zone["Asia/Seoul"]))
    here = shipped.read(articles(title, day=late))
    assert [mention.event_date for mention in there] == ["2026-03-03"]
    assert [mention.event_date for mention in here] == ["2026-03-02"]


@pytest.mark.parametrize(
    ("text", "official", "attribution", "confirms"),
    [
        ("Trump meets Kim Jong Un in Geneva.", True, None, True),
        ("Trump meets Kim Jong Un in Geneva.", False, None, False),
        ("Trump meets Kim Jong Un in Geneva, sources say.", True, "sources say", False),
    ],
)
def test_an_official_publisher_confirms_unless_it_quotes_the_unnamed(
    shipped: Engine, articles: Making, text: str, official: bool, attribution: str | None, confirms: bool
) -> None:
    (mention,) = shipped.read(articles("", text, official=official))
    assert (mention.attribution, mention.official) == (attribution, confirms)


def test_typography_changes_nothing_but_the_spans(shipped: Engine, articles: Making) -> None:
    plain = shipped.read(articles('"Ready": Trump meets Kim Jong Un ...', "Trump calls off Kim Jong Un's visit."))
    fancy = shipped.read(articles("“Ready”: Trump meets Kim Jong Un …", "Ｔｒｕｍｐ calls off Kim Jong Un’s visit."))
    assert [(m.situation, m.status, m.event_date) for m in plain] == [
        (m.situation, m.status, m.event_date) for m in fancy
    ]
    assert fancy[0].sentence == "“Ready”: Trump meets Kim Jong Un …"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*TITLES, "…", "\n", "“Yes”", "240㎜", "e\u0301", "U.S."]), max_size=6).map(" ".join),
    st.lists(st.sampled_from([*TITLES, "…", "\n", "’", "①.", "The end."]), max_size=8).map(". ".join),
)
def test_the_sentence_of_a_mention_is_what_stands_at_its_span(
    shipped: Engine, articles: Making, title: str, text: str
) -> None:
    article = articles(title, text)
    found = shipped.read(article)
    assert found == shipped.read(article)
    for mention in found:
        source = article.title if mention.field == "title" else article.text
        assert source[mention.start : mention.end] == mention.sentence
        assert mention.sentence.strip()
        assert mention.situation in {situation.id for situation in shipped.monitor.situations}
        assert mention.cue


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.text(max_size=200), st.sampled_from(["en", "ko", "ja", "zh", ""]))
def test_no_text_is_too_odd_to_be_read(shipped: Engine, articles: Making, title: str, text: str, language: str) -> None:
    found = shipped.read(articles(title, text, language=language))
    assert all(normalise(mention.sentence).text.strip() for mention in found)


def expected_to_fail(row: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=row["xfail"])] if "xfail" in row else []


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row["text"][:60], marks=expected_to_fail(row)) for row in ROWS],
)
def test_a_headline_is_read_as_a_reader_would(shipped: Engine, articles: Making, row: dict[str, Any]) -> None:
    """Rows of sentences.jsonl: "none" says nothing new of anything, "background" speaks of a situation without news."""
    found = shipped.read(articles(row["text"], language=row["lang"], day="2026-03-02"))
    news = [mention for mention in found if mention.status != "background"]
    if row["status"] == "none":
        assert news == []
    elif row["status"] == "background":
        assert news == []
        assert row["situation"] in {mention.situation for mention in found}
    else:
        assert {(mention.situation, mention.status) for mention in news} == {(row["situation"], row["status"])}
        assert all(row.get("event_date", mention.event_date) == mention.event_date for mention in news)
        assert all(row.get("place", mention.place) == mention.place for mention in news)


def test_few_headlines_are_still_read_wrongly() -> None:
    assert len(ROWS) >= 75
    assert sum("xfail" in row for row in ROWS) <= len(ROWS) // 10


FAR_DOWN = "Reporters jostled at the gate. Trump and Kim Jong Un met in a room on the southern side."


@pytest.mark.parametrize(
    ("before", "day"),
    [
        ("Trump on Friday stepped over the line.", "2031-03-07"),
        ("Trump in 2019 stepped over the line.", None),
        ("A ferry on Friday left the harbour.", None),
        ("Trump on Friday stepped over the line. Guards pushed. They shouted. It rained.", None),
    ],
)
def test_an_event_without_a_date_happened_on_the_day_told_shortly_before(
    shipped: Engine, articles: Making, before: str, day: str | None
) -> None:
    text = f"A spokeswoman was hurt at the border. {before} {FAR_DOWN}"
    when = datetime(2031, 3, 8, 12, tzinfo=UTC)
    mentions = shipped.read(articles(title="Scuffle at the border", text=text, language="en", published=when))
    assert [one.event_date for one in mentions if one.status == "occurred"] == [day]
