"""What may become of a reading that is put before an adjudicator: nothing, less, or none of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.archive.records import Article, Mention
from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.adjudication import (
    Decision,
    Question,
    adjudicate,
    as_decided_before,
    choices,
    is_adjudicated,
    is_weaker,
    lowered,
)
from monitors.developments.decider import decide
from monitors.developments.detect import lead_end
from monitors.developments.engine import Engine
from monitors.developments.explanation import explain
from monitors.developments.ledger import Ledger
from monitors.developments.lifecycles import FACTUALITY

T = "trump-kim-meeting"
TITLE = "Trump says he will meet Kim Jong Un"
TEXT = "Kim Jong Un cancelled the summit with Trump. The White House said Trump would meet Kim in Geneva on May 14."
KINDS: dict[str, Kind] = {status: kind for kind, statuses in STATUSES.items() for status in statuses}
ANYTHING = sorted({*FACTUALITY, "nonsense"})


def nothing_known(engine: Engine) -> dict[str, Ledger]:
    return {situation.id: Ledger(situation.id, situation.kind) for situation in engine.monitor.situations}


def judged(engine: Engine, article: Article, ask: Any) -> tuple[Mention, ...]:
    return adjudicate(
        engine, article, engine.read(article), nothing_known(engine), lead_end(article.text, article.language), ask
    )


def questions(engine: Engine, article: Article) -> list[Question]:
    put: list[Question] = []
    judged(engine, article, put.append)
    return put


def says(choice: str) -> Any:
    return lambda question: Decision(choice, question.sentence)


@pytest.mark.parametrize(
    ("status", "weaker"),
    [
        ("scheduled", ["mooted", "proposed", "agreed"]),
        ("mooted", []),
        ("cancelled", ["postponed"]),
        ("postponed", []),
        ("in_force", ["negotiating", "agreed", "signed", "proposed", "announced"]),
        ("suspended", []),
        ("threatened", []),
    ],
)
def test_weaker_is_what_is_less_far_along_or_a_less_certain_no(status: str, weaker: list[str]) -> None:
    kinds = [kind for kind, statuses in STATUSES.items() if status in statuses]
    found = {other for kind in kinds for other in STATUSES[kind] if is_weaker(other, status)}
    assert found == set(weaker)
    assert is_weaker("background", status)
    assert not is_weaker(status, "background")


def test_choices_are_the_reading_what_is_weaker_and_background(mentions: Any) -> None:
    assert choices("meeting", mentions("agreed")) == ("mooted", "proposed", "agreed", "background")
    assert choices("meeting", mentions("cancelled")) == ("postponed", "cancelled", "background")
    assert choices("meeting", mentions("background")) == ()


def test_what_happened_on_a_day_becomes_no_plan_for_that_day(mentions: Any) -> None:
    assert choices("meeting", mentions("occurred", event_date="2026-03-01")) == ("occurred", "background")
    assert "scheduled" in choices("meeting", mentions("occurred"))


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(ANYTHING), st.sampled_from([None, "2026-05-14"]))
def test_whatever_is_decided_a_mention_stays_or_says_less(status: str, choice: str, day: str | None) -> None:
    before = Mention(
        "s", status, FACTUALITY[status], "A and B meet.", "title", 0, 13, day, "Geneva", cue="EVENT", side="a"
    )
    after = lowered(before, Decision(choice, "A and B"))
    if after is before:
        return
    assert is_weaker(after.status, before.status)
    assert after.factuality == FACTUALITY[after.status]
    assert after == replace(before, status=after.status, factuality=after.factuality, cue=after.cue)
    assert after.cue == f"adjudicator: {choice}, by “A and B”; rules: {status}, EVENT"


def test_a_long_quotation_is_cut_in_the_cue(mentions: Any) -> None:
    after = lowered(mentions("agreed"), Decision("mooted", "word " * 100))
    assert "word…”; rules: agreed, EVENT" in after.cue
    assert len(after.cue) < 150


def test_sentences_that_contradict_each_other_are_asked_about(shipped: Engine, articles: Any) -> None:
    (first, *_) = questions(shipped, articles(TITLE, TEXT))
    assert (first.situation, first.sentence, first.headline) == (T, TITLE, TITLE)
    assert first.choices == ("mooted", "proposed", "agreed", "background")


def test_what_the_model_guessed_is_asked_about(glacier: Engine, articles: Any) -> None:
    article = articles("Joren Saal shook Ada Brunnick's hand and the summit of Ada Brunnick and Joren Saal went on")
    for mention in glacier.read(article):
        guessed = replace(mention, status="occurred", factuality="certain+", cue="estimate: 0.71")
        put: list[Question] = []
        adjudicate(glacier, article, [guessed], nothing_known(glacier), 0, put.append)
        assert [question.choices[-1] for question in put] == ["background"]


def test_clear_news_is_not_asked_about(shipped: Engine, articles: Any) -> None:
    assert questions(shipped, articles("Trump to meet Kim Jong Un in Geneva on May 14")) == []


def test_what_is_no_news_is_not_asked_about(shipped: Engine, articles: Any) -> None:
    article = articles(TITLE, TEXT)
    ledgers = nothing_known(shipped)
    mentions = shipped.read(article)
    (intent,) = decide(ledgers, mentions, article, lead_end(TEXT, "en"))
    assert intent.entry is not None
    ledgers[T] = ledgers[T].add(intent.entry)
    put: list[Question] = []
    assert adjudicate(shipped, article, mentions, ledgers, lead_end(TEXT, "en"), put.append) == mentions
    assert put == []


def test_news_that_a_clear_sentence_carries_as_well_is_not_asked_about(shipped: Engine, articles: Any) -> None:
    article = articles("Trump to meet Kim Jong Un in Geneva on May 14")
    (clear,) = shipped.read(article)
    guessed = replace(clear, cue="estimate: 0.63", field="text", sentence="Trump will meet Kim.")
    put: list[Question] = []
    twice = replace(article, text="Trump to meet Kim Jong Un in Geneva on May 14.")
    both = [*shipped.read(twice)]
    assert len(both) == 2
    both[1] = replace(both[1], cue=guessed.cue)
    adjudicate(shipped, twice, both, nothing_known(shipped), 46, put.append)
    assert put == []


def test_lowering_leaves_the_other_candidate_which_is_asked_about_in_turn(shipped: Engine, articles: Any) -> None:
    article = articles(TITLE, TEXT)
    asked: list[Question] = []

    def ask(question: Question) -> Decision | None:
        asked.append(question)
        return Decision("background", question.sentence[:9]) if question.sentence == TITLE else None

    after = judged(shipped, article, ask)
    assert [mention.status for mention in after if mention.field == "title"] == ["background"]
    (intent,) = decide(nothing_known(shipped), after, article, lead_end(TEXT, "en"))
    assert intent.mention.status != "agreed"
    assert len({question.sentence for question in asked}) == len(asked) >= 2


@pytest.mark.parametrize("choice", ["background", "mooted", "agreed", "occurred", "scheduled", "nonsense"])
def test_no_answer_adds_or_raises_anything(shipped: Engine, articles: Any, choice: str) -> None:
    article = articles(TITLE, TEXT)
    before = shipped.read(article)
    for old, new in zip(before, judged(shipped, article, says(choice)), strict=True):
        assert new == old or is_weaker(new.status, old.status)


HEADLINES = [
    TITLE,
    "Trump to meet Kim Jong Un on May 14",
    "Trump met Kim Jong Un",
    "Kim Jong Un declines to meet Trump",
]
SENTENCES = [
    "Kim Jong Un cancelled the summit with Trump.",
    "Trump may meet Kim Jong Un.",
    "Trump met Kim Jong Un on Sunday.",
    "North Korea fired a missile.",
    "Trump and Kim Jong Un agreed to hold a summit.",
    "Will Trump meet Kim Jong Un?",
]
DECISIONS = st.none() | st.builds(Decision, st.sampled_from(ANYTHING), st.text(max_size=20))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(HEADLINES),
    st.lists(st.sampled_from(SENTENCES), max_size=4).map(" ".join),
    st.lists(DECISIONS, min_size=8, max_size=8),
)
def test_the_mentions_are_those_of_the_rules_each_the_same_or_less(
    shipped: Engine, articles: Any, title: str, text: str, answers: list[Decision | None]
) -> None:
    article = articles(title, text)
    waiting = iter(answers)
    before = shipped.read(article)
    for old, new in zip(before, judged(shipped, article, lambda _: next(waiting, None)), strict=True):
        assert new == old or (is_weaker(new.status, old.status) and is_adjudicated(new))
        assert new == replace(old, status=new.status, factuality=new.factuality, cue=new.cue)


def test_what_was_decided_stays_while_the_rules_say_the_same(shipped: Engine, articles: Any) -> None:
    article = articles(TITLE, TEXT)
    before = shipped.read(article)
    after = judged(shipped, article, says("background"))
    assert any(map(is_adjudicated, after))
    assert as_decided_before(before, after) == after
    assert as_decided_before(before, before) == before
    changed = [replace(mention, cue="another cue") for mention in before]
    assert as_decided_before(changed, after) == tuple(changed)


def test_a_stored_decision_that_claims_more_is_not_believed(mentions: Any) -> None:
    rules = mentions("agreed")
    forged = replace(rules, status="occurred", cue="adjudicator: occurred, by “x”; rules: agreed, EVENT")
    assert as_decided_before([rules], [forged]) == (rules,)


def test_an_explanation_shows_what_was_decided_and_what_the_rules_had_said(shipped: Engine, articles: Any) -> None:
    article = articles(TITLE, "")
    (read,) = shipped.read(article)
    stored = lowered(read, Decision("background", "says he will"))
    explained = explain(shipped, article, {}, [stored])
    (saying,) = explained.sentences[0].sayings
    assert (saying.status, saying.cue_class) == ("background", "adjudicator")
    assert saying.cue == "background, by “says he will”; rules: agreed, will EVENT"
    assert (explained.news, explained.outcomes[0].reason) == (False, "only background: adjudicator (1)")
    assert explain(shipped, article, {}).news
