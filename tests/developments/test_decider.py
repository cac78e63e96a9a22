"""The decider: what an article's mentions change, told as stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.archive.records import Article, Mention
from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.decider import Intent, decide, record, weigh
from monitors.developments.ledger import Ledger, dump

MakingArticle = Callable[..., Article]
MakingMention = Callable[..., Mention]
LEAD = 100
KINDS: dict[str, Kind] = {"summit": "meeting", "launch": "occurrence", "drill": "policy", "pact": "agreement"}


@dataclass
class Desk:
    """Keeps the ledgers while articles go by."""

    articles: MakingArticle
    kinds: dict[str, Kind] = field(default_factory=lambda: {"summit": "meeting"})
    ledgers: dict[str, Ledger] = field(default_factory=dict)

    def read(self, day: str, *mentions: Mention) -> tuple[Intent, ...]:
        ledgers = {name: self.ledgers.get(name, Ledger(name, kind)) for name, kind in self.kinds.items()}
        intents = decide(ledgers, mentions, self.articles(day=day), LEAD)
        for intent in intents:
            ledgers[intent.situation] = record(ledgers[intent.situation], intent, 7)
        self.ledgers = ledgers
        return intents

    def raised(self, day: str, *mentions: Mention) -> list[tuple[str, str]]:
        return [(i.entry.status, i.verdict.novelty or "") for i in self.read(day, *mentions) if i.entry is not None]


@pytest.fixture
def desk(articles: MakingArticle) -> Desk:
    return Desk(articles)


def test_the_story_of_a_summit_rings_once_for_each_turn(desk: Desk, mentions: MakingMention) -> None:
    story: list[tuple[str, Mention, str | None]] = [
        ("2031-03-01", mentions("mooted", side="a"), "first"),
        ("2031-03-02", mentions("mooted", side="a"), None),
        ("2031-03-05", mentions("proposed", side="a"), "new status"),
        ("2031-03-06", mentions("mooted", side="a"), None),
        ("2031-03-09", mentions("agreed"), "new status"),
        ("2031-03-20", mentions("scheduled", event_date="2031-05-14", place="Oststadt"), "new status"),
        ("2031-03-21", mentions("scheduled", event_date="2031-05-14"), None),
        ("2031-04-02", mentions("scheduled", event_date="2031-05-20"), "new date"),
        ("2031-04-18", mentions("scheduled", event_date="2031-05-20"), None),
        ("2031-04-20", mentions("cancelled"), "new status"),
        ("2031-04-21", mentions("cancelled"), None),
        ("2031-04-27", mentions("scheduled", event_date="2031-05-20"), "new status"),
        ("2031-05-20", mentions("occurred", event_date="2031-05-20"), "new event"),
        ("2031-05-21", mentions("occurred"), None),
        ("2031-05-30", mentions("occurred", event_date="2031-05-20"), None),
        ("2031-06-20", mentions("proposed", side="b"), "new instance"),
        ("2031-06-21", mentions("proposed", side="b"), None),
        ("2032-05-20", mentions("occurred", event_date="2031-05-20"), None),
    ]
    for day, mention, novelty in story:
        raised = desk.raised(day, mention)
        assert raised == ([(mention.status, novelty)] if novelty else []), day
    assert [entry.instance for entry in desk.ledgers["summit"].known] == [1, 1, 1, 1, 1, 1, 1, 1, 2]
    assert desk.ledgers["summit"].last is not None


def test_repeats_weeks_later_stay_silent_and_add_to_what_is_known(desk: Desk, mentions: MakingMention) -> None:
    assert desk.raised("2031-03-01", mentions("proposed", side="a"))
    for day in ("2031-03-08", "2031-03-29", "2031-04-13"):
        (intent,) = desk.read(day, mentions("proposed", side="a"))
        assert intent.entry is None
        assert intent.verdict.repeats is not None
    (entry,) = desk.ledgers["summit"].known
    assert (entry.day, entry.last_said, entry.development_id) == (date(2031, 3, 1), date(2031, 4, 13), 7)


def test_a_repeat_by_another_side_is_remembered_with_it(desk: Desk, mentions: MakingMention) -> None:
    desk.read("2031-03-01", mentions("agreed", side="a"))
    desk.read("2031-03-02", mentions("agreed", side="b"))
    desk.read("2031-03-03", mentions("agreed", side="b"))
    desk.read("2031-03-04", mentions("mooted", side="c"))
    assert desk.ledgers["summit"].known[0].sides == ("a", "b")


def test_history_with_a_date_changes_nothing(desk: Desk, mentions: MakingMention) -> None:
    (intent,) = desk.read("2031-03-01", mentions("occurred", event_date="2018-06-12"))
    assert (intent.entry, intent.verdict.repeats) == (None, None)
    assert intent.verdict.reason.startswith("history")
    assert desk.ledgers["summit"].known == ()


def test_background_is_no_claim(desk: Desk, mentions: MakingMention) -> None:
    assert desk.read("2031-03-01", mentions("background")) == ()


def test_what_is_said_in_passing_raises_nothing_but_supports_what_is_known(desk: Desk, mentions: MakingMention) -> None:
    passing = mentions("agreed", field="text", start=LEAD + 1, end=LEAD + 9)
    (intent,) = desk.read("2031-03-01", passing, passing, passing, passing)
    assert intent.entry is None
    assert intent.verdict.reason == "only in passing: nothing was known; now agreed"
    assert desk.raised("2031-03-02", mentions("agreed"))
    (intent,) = desk.read("2031-03-03", passing)
    assert intent.verdict.repeats is not None


def test_the_lead_weighs_enough_to_ring(desk: Desk, mentions: MakingMention) -> None:
    assert desk.raised("2031-03-01", mentions("agreed", field="text", start=LEAD - 1, end=LEAD + 5))


def test_side_news_rings_for_its_own_situation_in_the_order_of_the_article(
    articles: MakingArticle, mentions: MakingMention
) -> None:
    desk = Desk(articles, {"launch": "occurrence", "summit": "meeting"})
    intents = desk.read("2031-03-01", mentions("agreed"), mentions("occurred", situation="launch"), mentions("mooted"))
    assert [(intent.situation, intent.mention.status) for intent in intents] == [
        ("summit", "agreed"),
        ("launch", "occurred"),
    ]
    assert [intent.previous_status for intent in intents] == [None, None]
    (later,) = desk.read("2031-03-09", mentions("cancelled"))
    assert later.previous_status == "agreed"


def test_the_status_that_most_of_the_article_speaks_for_wins(mentions: MakingMention) -> None:
    text = {"field": "text", "end": 30}
    twice = [mentions("cancelled", start=start, **text) for start in (1, 2)]
    chosen = weigh([mentions("agreed"), *twice], 50, date(2031, 3, 1))
    assert chosen is not None
    assert (chosen[1].status, chosen[1].weight) == ("cancelled", 1.5)


def test_the_claim_takes_the_most_exact_date_and_the_first_place(mentions: MakingMention) -> None:
    own = [
        mentions("scheduled", event_date="2031-05"),
        mentions("scheduled", event_date="2031-05-14", place="Oststadt"),
        mentions("scheduled", field="text", place="Upper Tarn", side="a"),
        mentions("mooted", field="text", event_date="2031-06-01/2031-06-09", start=900),
    ]
    chosen = weigh(own, 50, date(2031, 3, 1))
    assert chosen is not None
    mention, claim = chosen
    assert mention is own[1]
    assert (claim.status, claim.event_date, claim.place, claim.side) == ("scheduled", "2031-05-14", "Oststadt", None)


def test_nothing_weighs_nothing(mentions: MakingMention) -> None:
    assert weigh([], 50, date(2031, 3, 1)) is None
    assert weigh([mentions("background")], 50, date(2031, 3, 1)) is None


def test_a_verdict_without_a_repeat_leaves_the_ledger_alone(articles: MakingArticle, mentions: MakingMention) -> None:
    ledger = Ledger("summit", "meeting")
    (intent,) = decide({"summit": ledger}, [mentions("occurred", event_date="2018")], articles(day="2031-03-01"), LEAD)
    assert record(ledger, intent, 0) is ledger


DATES = st.none() | st.sampled_from(["2031", "2031-05", "2031-05-14", "2031-03-08/2031-03-09", "2018-06-12"])


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[str, list[dict[str, Any]]]]:
    """Articles over some weeks, each with a few mentions of two situations."""
    story = []
    for offset in sorted(draw(st.lists(st.integers(0, 120), min_size=1, max_size=6))):
        said = []
        for _ in range(draw(st.integers(1, 4))):
            situation = draw(st.sampled_from(sorted(KINDS)))
            said.append({
                "situation": situation,
                "status": draw(st.sampled_from([*STATUSES[KINDS[situation]], "background"])),
                "event_date": draw(DATES),
                "side": draw(st.sampled_from([None, "a", "b"])),
                "field": draw(st.sampled_from(["title", "text"])),
                "start": draw(st.sampled_from([0, LEAD + 1])),
            })  # fmt: skip
        story.append((date.fromordinal(date(2031, 3, 1).toordinal() + offset).isoformat(), said))
    return story


@settings(max_examples=50, deadline=None)
@given(stories())
def test_the_same_article_twice_never_rings_twice(
    articles: MakingArticle, mentions: MakingMention, story: list[tuple[str, list[dict[str, Any]]]]
) -> None:
    desk = Desk(articles, KINDS)
    for day, said in story:
        own = made(mentions, said)
        first = desk.read(day, *own)
        again = desk.read(day, *own)
        assert len({intent.situation for intent in first}) == len(first)
        assert [intent.entry for intent in again] == [None] * len(again)


@settings(max_examples=50, deadline=None)
@given(stories())
def test_a_story_is_decided_the_same_way_every_time(
    articles: MakingArticle, mentions: MakingMention, story: list[tuple[str, list[dict[str, Any]]]]
) -> None:
    one, other = Desk(articles, KINDS), Desk(articles, KINDS)
    for day, said in story:
        assert one.read(day, *made(mentions, said)) == other.read(day, *made(mentions, said))
    assert [dump(ledger) for ledger in one.ledgers.values()] == [dump(ledger) for ledger in other.ledgers.values()]
    for ledger in one.ledgers.values():
        instances = [entry.instance for entry in ledger.known]
        assert instances == sorted(instances)
        assert all(entry.last_heard() >= entry.day for entry in ledger.known)


@given(st.lists(st.sampled_from(STATUSES["meeting"]), min_size=1, max_size=4, unique=True), st.randoms())
def test_the_order_of_sentences_of_different_weight_decides_nothing(
    articles: MakingArticle, mentions: MakingMention, statuses: list[str], random: Any
) -> None:
    said = [mentions(statuses[0]), *(mentions(s, field="text", start=LEAD + n) for n, s in enumerate(statuses[1:], 1))]
    mixed = list(said)
    random.shuffle(mixed)
    day = articles(day="2031-03-01")
    ledgers = {"summit": Ledger("summit", "meeting")}
    assert (
        statuses_of(decide(ledgers, said, day, LEAD)) == statuses_of(decide(ledgers, mixed, day, LEAD)) == [statuses[0]]
    )


def made(mentions: MakingMention, said: Iterable[dict[str, Any]]) -> list[Mention]:
    return [mentions(values["status"], **{k: v for k, v in values.items() if k != "status"}) for values in said]


def statuses_of(intents: Iterable[Intent]) -> list[str]:
    return [intent.mention.status for intent in intents]
