"""An explanation says what was seen, known and decided, and agrees with the reader and the decider."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from monitors.archive.situations import load_ledgers
from monitors.developments.detect import ledger_of
from monitors.developments.explanation import ExplainedSentence, Explanation, explain
from monitors.developments.ledger import Known, Ledger

T = "trump-kim-meeting"
TITLE = "Trump to meet Kim Jong Un in Geneva on May 14"
TEXT = (
    "The two met in Hanoi in 2019. “Kim’s sister” will not attend. Sources say North Korea fired a missile on Sunday."
)


@pytest.fixture
def explained(shipped: Any, articles: Any) -> Explanation:
    return explain(shipped, articles(TITLE, TEXT), {})


def sentence(explained: Explanation, start: str) -> ExplainedSentence:
    return next(one for one in explained.sentences if one.text.startswith(start))


def known(status: str, day: str, **values: Any) -> Known:
    return Known(status, date.fromisoformat(day), 1, **values)


def test_every_sentence_is_there_with_what_was_seen_in_it(explained: Explanation) -> None:
    assert [one.field for one in explained.sentences] == ["title", "text", "text", "text"]
    title = explained.sentences[0]
    assert [(one.entity, one.phrase, one.alias) for one in title.entities] == [
        ("donald-trump", "Trump", "name"),
        ("kim-jong-un", "Kim Jong Un", "name"),
    ]
    (seen,) = title.dates
    assert (seen.phrase, seen.ahead, seen.behind) == ("May 14", "2026-05-14", "2025-05-14")
    (saying,) = title.sayings
    assert (saying.situation, saying.status, saying.factuality) == (T, "scheduled", "probable+")
    assert (saying.event_date, saying.place, saying.side) == ("2026-05-14", "Geneva", "donald-trump")
    assert saying.cue_class == "status"
    assert saying.cue
    assert saying.marked == "<side> to <plan> <side2> in Geneva on <date>"


def test_sentences_are_those_of_the_article_as_it_is_written(explained: Explanation) -> None:
    for one in explained.sentences:
        source = TITLE if one.field == "title" else TEXT
        assert source[one.start : one.end] == one.text
    assert sentence(explained, "“Kim’s sister”").text.startswith("“Kim’s")


def test_an_unnamed_source_is_told(explained: Explanation) -> None:
    (saying,) = sentence(explained, "Sources say").sayings
    assert (saying.situation, saying.attribution, saying.official) == ("dprk-missile-launch", "Sources say", False)


@pytest.mark.parametrize(
    ("title", "text", "cue_class", "cue"),
    [
        ("Trump recalls how he met Kim Jong Un at the border", "", "history", "recalls"),
        ("A spring of rumours", "If Trump and Kim Jong Un met, what would Seoul do?", "question", ""),
        ("Seoul", "Suppose Trump met Kim Jong Un in Geneva.", "hypothesis", "Suppose"),
        ("Quiz: Trump and Kim Jong Un", "Trump meets Kim Jong Un in Geneva.", "title", "Quiz"),
        ("White House: no plans for a Trump-Kim summit", "", "nothing new", "no plans for a EVENT"),
    ],
)
def test_background_is_told_with_its_class_and_words(
    shipped: Any, articles: Any, title: str, text: str, cue_class: str, cue: str
) -> None:
    explained = explain(shipped, articles(title, text), {})
    sayings = [saying for one in explained.sentences for saying in one.sayings if saying.situation == T]
    assert (sayings[-1].status, sayings[-1].cue_class, sayings[-1].cue) == ("background", cue_class, cue)
    assert not explained.news
    outcome = next(one for one in explained.outcomes if one.situation == T)
    assert outcome.reason.startswith("only background: ")
    assert (outcome.status, outcome.sentence) == (None, None)


def test_somebody_else_of_the_name_is_nobody_we_watch(shipped: Any, articles: Any) -> None:
    explained = explain(shipped, articles("Trump meets Kim Kardashian"), {})
    assert [(one.entity, one.phrase, one.alias) for one in explained.sentences[0].entities] == [
        ("donald-trump", "Trump", "name"),
        (None, "Kim Kardashian", "unlike"),
    ]
    assert explained.outcomes == ()


def test_a_name_that_two_share_is_shown_whole_for_both(shipped: Any, articles: Any) -> None:
    explained = explain(shipped, articles("米朝、秋に協議か", language="ja"), {})
    assert {(one.entity, one.phrase) for one in explained.sentences[0].entities} == {
        ("north-korea", "米朝"),
        ("united-states", "米朝"),
    }


def test_what_was_known_decides_and_is_shown(shipped: Any, articles: Any) -> None:
    article = articles(TITLE)
    ledger = Ledger(T, "meeting", (known("agreed", "2026-02-20"),))
    (outcome,) = explain(shipped, article, {T: ledger}).outcomes
    assert (outcome.news, outcome.novelty, outcome.known) == (True, "new status", ledger.known)
    assert outcome.reason.startswith("was agreed, now scheduled (")
    assert (outcome.status, outcome.event_date, outcome.place) == ("scheduled", "2026-05-14", "Geneva")
    told = replace(ledger, known=(known("scheduled", "2026-03-01", event_date="2026-05-14"),))
    (outcome,) = explain(shipped, article, {T: told}).outcomes
    assert (outcome.news, outcome.repeats) == (False, told.known[0])
    assert outcome.reason == "repeat: scheduled since 2026-03-01"


def test_off_topic_and_unread_articles_say_so(shipped: Any, articles: Any) -> None:
    assert not explain(shipped, articles("A quiet day"), {}).on_topic
    read = explain(shipped, articles("A quiet day"), {})
    assert (read.reads, read.outcomes, read.news) == (True, (), False)


def test_it_agrees_with_what_a_pass_raises(wire: Any) -> None:
    story = [
        ("2026-03-02", "Trump invites Kim Jong Un to talks"),
        ("2026-03-03", "Trump invites Kim Jong Un, aides say"),
        ("2026-03-10", "Kim Jong Un accepts Trump's invitation to hold talks"),
        ("2026-03-20", TITLE),
        ("2026-03-21", "Quiz: Trump and Kim Jong Un"),
        ("2026-04-20", "Trump calls off summit with Kim Jong Un"),
    ]
    for day, title in story:
        stored = load_ledgers(wire.archive, "us-korea")
        ledgers = {s.id: ledger_of(stored.get(s.id), s.id, s.kind) for s in wire.engine.monitor.situations}
        explained = explain(wire.engine, wire.articles(title, day=day), ledgers)
        raised = wire.arrive(day, title)
        assert [(one.situation, one.status, one.reason) for one in explained.outcomes if one.news] == [
            (one.situation, one.status, one.reason) for one in raised
        ], title
