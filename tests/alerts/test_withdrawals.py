"""A publisher takes back what it said: those who were told hear of it, if nobody else says so and nothing is left."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from storytelling import Story

from monitors.alerts.withdrawals import withdrawn
from monitors.archive.records import Article, Development, Evidence, Mention

SCHEDULED = "Ada Brunnick and Joren Saal to meet in Ostrava on May 3"
AS_WELL = "Joren Saal will meet Ada Brunnick on May 3"
ELSE = "Ada Brunnick opens a school in Ostrava while Joren Saal is away"
CANCELLED = "Ada Brunnick cancels meeting with Joren Saal"
BOTH: dict[str, Any] = {"channels": ["mail", "phone"]}
NIGHT = {"start": "00:05", "end": "01:00", "channels": ["phone"]}
Tell = Callable[..., Story]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def begin(**policy: Any) -> Story:
        return Story(tmp_path, policy={"rules": [BOTH], "corrections": True, **policy})

    return begin


def corrections(story: Story) -> list[str]:
    return [row["reason"] for row in story.rows("select reason from alerts where kind = 'correction' order by id")]


def test_those_who_were_told_hear_that_the_article_no_longer_says_so_once(tell: Tell) -> None:
    story = tell(quiet_hours=NIGHT)
    story.at("00:10").article(SCHEDULED)
    story.want("00:10", SCHEDULED)
    story.at("00:12").revised(ELSE)
    text = story.want("00:12", "Correction").text
    assert "Courier changed its article, which no longer says so" in text
    assert f"“{SCHEDULED}”" in text
    story.at("00:14").revised(f"{ELSE} again")
    story.want_no_more("01:01")  # the phone was to be told in the morning, and is not
    assert len(corrections(story)) == 1


def test_another_article_that_still_says_so_makes_it_a_note(tell: Tell) -> None:
    story = tell()
    story.at("00:10").article(SCHEDULED).article(AS_WELL, by="Wire")
    story.want("00:10", SCHEDULED)
    story.want("00:10", SCHEDULED, channel="phone")
    story.at("00:12").revised(ELSE).want_no_more("00:14")
    assert corrections(story) == [
        "development 1: Courier changed its article, which no longer says so; 1 other article says so"
    ]


def test_without_corrections_in_the_policy_it_is_a_note(tell: Tell) -> None:
    story = tell(corrections=False, rules=[{"channels": ["mail"]}])
    story.at("00:10").article(SCHEDULED)
    story.want("00:10", SCHEDULED)
    story.at("00:12").revised(ELSE).want_no_more("00:14")
    assert [reason.rpartition("; ")[2] for reason in corrections(story)] == ["policy.corrections is off"]


def test_the_same_in_other_words_takes_nothing_back(tell: Tell) -> None:
    story = tell(rules=[{"channels": ["mail"]}])
    story.at("00:10").article(SCHEDULED)
    story.want("00:10", SCHEDULED)
    story.at("00:12").revised(AS_WELL).want_no_more("00:14")
    assert corrections(story) == []


def test_a_cancellation_in_its_place_is_news_and_no_withdrawal(tell: Tell) -> None:
    story = tell(rules=[{"channels": ["mail"]}])
    story.at("00:10").article(SCHEDULED)
    story.want("00:10", SCHEDULED)
    story.at("00:12").revised(CANCELLED)
    story.want("00:12", CANCELLED)
    story.want_no_more("00:14")
    assert corrections(story) == []


NOW = datetime(2032, 4, 20, tzinfo=UTC)
SAID = "They will meet on Monday."
ARTICLE = Article(
    monitor="m", url="u", canonical_url="u", title="A summit", text=SAID, language="en", publisher="Post",
    family="post", published=NOW, discovered=NOW, id=1,
)  # fmt: skip
RAISED = Development(
    monitor="m", situation="talks", status="scheduled", previous_status=None, article_id=1, published=NOW, raised=NOW,
    novelty="n", reason="r", evidence=(Evidence(1, SAID, "text", 0, 25),), id=7,
)  # fmt: skip


def says(status: str, situation: str = "talks") -> Mention:
    return Mention(situation, status, "certain+", "As it stands now.", "text", 0, 17)


@pytest.mark.parametrize(
    ("text", "mentions", "whole", "doubt"),
    [
        (SAID, [], True, None),
        ("They  WILL\nmeet on Monday. More.", [], True, None),
        ("Nothing.", [says("mooted")], True, None),
        ("Nothing.", [says("background")], True, ""),
        ("Nothing.", [says("occurred", "other")], True, ""),
        ("Nothing.", [says("declined")], True, ""),
        ("Nothing.", [], False, "only its summary was read"),
    ],
)
def test_what_is_withdrawn(text: str, mentions: list[Mention], whole: bool, doubt: str | None) -> None:
    found = withdrawn(RAISED, replace(ARTICLE, text=text), mentions, whole=whole)
    assert (found and found.doubt) == doubt
    assert found is None or ("it now says: “As it stands now.”" in found.reason) == (
        "declined" in [mention.status for mention in mentions]
    )


def test_a_headline_that_changed_needs_no_page() -> None:
    headline = replace(RAISED, evidence=(Evidence(1, SAID, "title", 0, 25),))
    found = withdrawn(headline, replace(ARTICLE, text=""), [], whole=False)
    assert found is not None
    assert found.doubt == ""
