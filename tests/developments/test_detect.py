"""Detection on an archive: developments, their evidence, families and tiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitors.archive import mentions, situations
from monitors.developments.detect import lead_end
from monitors.developments.ledger import load
from monitors.errors import ArchiveError

TRAPS = [json.loads(line) for line in (Path(__file__).parent / "traps.jsonl").read_text("utf-8").splitlines()]
MEETS = "Trump meets Kim Jong Un in Geneva"
LONG = (
    "Trump and Kim Jong Un met on the shore of the lake and walked for an hour among the plane trees before they sat "
    "down to dine with their interpreters. The two spoke of the old days, of golf, a steward said."
)
OTHER = (
    "Kim Jong Un met Trump this morning under grey skies. Reporters were kept two streets away, and only the bells of "
    "the cathedral could be heard when the doors were shut behind the guests."
)
T = "trump-kim-meeting"


def expected_to_fail(trap: dict[str, str]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=trap["xfail"])] if "xfail" in trap else []


def test_a_story_rings_once_for_each_turn_and_keeps_why(wire: Any) -> None:
    story = [
        ("2026-03-02", "Trump says he would like to see Kim Jong Un again", [(T, "mooted")]),
        ("2026-03-03", "Trump hopes to meet Kim Jong Un, aides say", []),
        ("2026-03-10", "Trump proposes summit with Kim Jong Un", [(T, "proposed")]),
        ("2026-03-15", "Kim Jong Un accepts Trump's invitation to hold talks", [(T, "agreed")]),
        ("2026-03-20", "Trump and Kim Jong Un to meet in Geneva on May 14", [(T, "scheduled")]),
        ("2026-03-21", "Geneva braces for Trump-Kim summit on May 14", []),
        ("2026-04-02", "Trump-Kim summit now set for May 25", [(T, "scheduled")]),
        ("2026-04-20", "Trump calls off summit with Kim Jong Un", [(T, "cancelled")]),
        ("2026-04-21", "Kim Jong Un silent after Trump calls off summit", []),
        ("2026-05-01", "Trump says summit with Kim Jong Un is back on for May 25", [(T, "scheduled")]),
        ("2026-05-25", MEETS, [(T, "occurred")]),
        ("2026-05-26", "Trump and Kim Jong Un met in Geneva on Monday", []),
        ("2026-06-30", "On this day in May: Trump and Kim Jong Un met in Geneva", []),
        ("2026-07-20", "Trump invites Kim Jong Un to a second summit", [(T, "proposed")]),
    ]
    previous = None
    for day, title, expected in story:
        raised = wire.arrive(day, title)
        assert [(one.situation, one.status) for one in raised] == expected, title
        for one in raised:
            assert one.previous_status == previous
            assert one.id
            assert one.reason
            assert [evidence.sentence for evidence in one.evidence] == [title]
            previous = one.status


def test_a_development_carries_the_span_that_says_so(wire: Any) -> None:
    text = "The lake was still. Trump meets Kim Jong Un in Geneva. They smiled."
    (one,) = wire.arrive("2026-03-02", "A quiet day", text)
    (evidence,) = one.evidence
    assert (evidence.field, text[evidence.start : evidence.end]) == ("text", "Trump meets Kim Jong Un in Geneva.")
    assert (one.place, one.tier, one.families, one.baseline) == ("Geneva", "reported", ("harbour-post",), False)


def test_another_family_corroborates(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", MEETS, LONG)
    assert wire.arrive("2026-03-02", "Kim Jong Un and Trump meet", OTHER, family="lake-radio") == []
    now = wire.development(one.id)
    assert (now.families, now.tier) == (("harbour-post", "lake-radio"), "corroborated")
    assert [evidence.article_id for evidence in now.evidence] == [article.id for article in wire.arrived]


def test_a_copy_in_another_family_is_evidence_but_no_second_voice(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", MEETS, LONG)
    assert wire.arrive("2026-03-02", MEETS, LONG, family="lake-radio") == []
    now = wire.development(one.id)
    assert (now.families, now.tier, len(now.evidence)) == (("harbour-post",), "reported", 2)


def test_the_same_family_again_stays_one_voice(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", MEETS, LONG)
    wire.arrive("2026-03-02", "Kim Jong Un and Trump meet", OTHER)
    assert wire.development(one.id).tier == "reported"


def test_an_official_word_confirms_first_or_later(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", MEETS, LONG)
    wire.arrive("2026-03-02", "Trump and Kim Jong Un meet", OTHER, family="us-government", official=True)
    assert wire.development(one.id).tier == "confirmed"
    wire.arrive("2026-03-03", "Trump, Kim Jong Un meet by lake", "Trump met Kim Jong Un.", family="lake-radio")
    assert wire.development(one.id).tier == "confirmed"
    (other,) = wire.arrive("2026-03-09", "Trump hosts Lee Jae Myung at the White House", official=True)
    assert other.tier == "confirmed"


def test_a_baseline_says_how_things_stand_and_later_repeats_stay_silent(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", "Trump proposes summit with Kim Jong Un", baseline=True)
    assert one.baseline
    assert wire.arrive("2026-03-03", "Trump proposes a summit with Kim Jong Un") == []
    assert wire.statuses("2026-03-05", "Kim Jong Un accepts Trump's invitation to hold talks") == [(T, "agreed")]


def test_one_article_can_bring_news_of_two_situations(wire: Any) -> None:
    raised = wire.statuses("2026-03-02", "North Korea fires ballistic missile as Trump hosts Lee Jae Myung")
    assert sorted(raised) == [("dprk-missile-launch", "occurred"), ("trump-lee-meeting", "occurred")]


def test_what_was_told_in_one_language_is_a_repeat_in_another(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", "Trump and Kim Jong Un to meet in Geneva on May 14")
    korean = "트럼프·김정은, 5월 14일 제네바서 정상회담"
    assert wire.arrive("2026-03-03", korean, family="hangang-ilbo", language="ko") == []
    assert wire.development(one.id).families == ("harbour-post", "hangang-ilbo")
    assert wire.statuses("2026-04-01", "트럼프, 김정은과 정상회담 취소", language="ko") == [(T, "cancelled")]


def test_the_ledger_and_the_listing_of_situations_are_kept(wire: Any) -> None:
    (one,) = wire.arrive("2026-03-02", "Trump and Kim Jong Un to meet in Geneva on May 14")
    text = situations.load_ledgers(wire.archive, "us-korea")[T]
    (entry,) = load(text, T, "meeting").known
    assert (entry.status, entry.event_date, entry.development_id) == ("scheduled", "2026-05-14", one.id)
    (row,) = situations.listing(wire.archive, "us-korea")
    assert (row["status"], row["since"], row["next_date"]) == ("scheduled", "2026-03-02", "2026-05-14")


def test_mentions_are_kept_even_when_nothing_is_news(wire: Any) -> None:
    assert wire.arrive("2026-03-02", "Will Trump meet Kim Jong Un?") == []
    (mention,) = mentions.mentions_of(wire.archive, wire.arrived[0].id)
    assert (mention.situation, mention.status) == (T, "background")
    assert situations.load_ledgers(wire.archive, "us-korea").get(T) in (None, "{}")


def test_reading_an_article_again_replaces_its_mentions_and_raises_nothing(wire: Any) -> None:
    assert wire.arrive("2026-03-02", MEETS, LONG, url="https://a.example/1")
    assert wire.arrive("2026-03-02", MEETS, LONG, url="https://a.example/1") == []
    first, again = wire.arrived
    assert first.id == again.id
    kept = mentions.mentions_of(wire.archive, first.id)
    assert len(kept) == len(set(kept)) > 0


def test_a_failure_in_the_transaction_leaves_nothing_behind(wire: Any) -> None:
    def arrive_and_fail() -> None:
        with wire.archive.writing():
            assert wire.arrive("2026-03-02", MEETS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        arrive_and_fail()
    assert situations.load_ledgers(wire.archive, "us-korea") == {}
    with pytest.raises(ArchiveError, match="no development 1"):
        wire.development(1)


@pytest.mark.parametrize(
    ("text", "language", "lead"),
    [
        ("One. Two. Three.", "en", "One. Two."),
        ("Mr. Kim met. Two. Three.", "en-GB", "Mr. Kim met. Two."),
        ("하나다. 둘이다. 셋이다.", "ko", "하나다. 둘이다."),
        ("一つ。二つ。三つ。", "ja", "一つ。二つ。"),
        ("", "en", ""),
    ],
)
def test_the_lead_is_two_sentences(text: str, language: str, lead: str) -> None:
    assert text[: lead_end(text, language)] == lead


@pytest.mark.parametrize(
    "trap",
    [pytest.param(trap, id=trap["title"][:60], marks=expected_to_fail(trap)) for trap in TRAPS],
)
def test_a_trap_raises_nothing(wire: Any, trap: dict[str, str]) -> None:
    assert wire.arrive(trap["day"], trap["title"], trap["text"], language=trap["lang"]) == []


def test_all_traps_in_a_row_raise_nothing_and_real_news_behind_them_still_rings(wire: Any) -> None:
    traps = [trap for trap in TRAPS if "xfail" not in trap]
    assert len(traps) >= 30
    for trap in sorted(traps, key=lambda trap: trap["day"]):
        assert wire.arrive(trap["day"], trap["title"], trap["text"], language=trap["lang"]) == []
    assert wire.statuses("2026-06-20", MEETS, LONG) == [(T, "occurred")]
