"""Who is told what, when: each rule of the policy as a story, with a real archive and channels."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from storytelling import Story

INVITES = "Ada Brunnick invites Joren Saal to talks in Ostrava"
AGREES = "Joren Saal agrees to meet Ada Brunnick"
SCHEDULED = "Ada Brunnick and Joren Saal to meet in Ostrava on May 3"
AS_WELL = "Joren Saal will meet Ada Brunnick on May 3"
CANCELLED = "Ada Brunnick cancels meeting with Joren Saal"
MET = "Ada Brunnick met Joren Saal in Ostrava on Tuesday"
SIGNED = "Tarnland and Velmora sign glacier treaty"
RATIFIED = "Tarnland and Velmora ratify the glacier treaty"

Tell = Callable[..., Story]
MAIL: dict[str, Any] = {"channels": ["mail"]}
PHONE: dict[str, Any] = {"channels": ["phone"]}
BOTH: dict[str, Any] = {"channels": ["mail", "phone"]}
NIGHT = {"start": "22:00", "end": "07:00"}


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Begins a story under a policy; `every`: minutes from one look at the outbox to the next."""

    def begin(*, every: int = 1, **policy: Any) -> Story:
        return Story(tmp_path, timedelta(minutes=every), policy)

    return begin


def test_without_a_policy_for_it_nothing_waits(tell: Tell) -> None:
    story = tell()
    story.at("09:00").article(INVITES)
    story.want("09:00", INVITES)
    story.at("09:01").article(AGREES)
    story.want("09:01", AGREES)
    story.want_no_more("10:00")


def test_a_baseline_tells_nobody_and_says_so(tell: Tell) -> None:
    story = tell()
    story.at("09:00").article(INVITES, baseline=True)
    story.want_no_more("10:00")
    assert story.reasons() == ["baseline"]


class TestGrouping:
    def test_several_developments_of_a_situation_are_one_message(self, tell: Tell) -> None:
        story = tell(group_minutes=5)
        story.at("09:00").article(INVITES)
        story.at("09:02").article(AGREES)
        story.at("09:04").article(SCHEDULED)
        line = story.want("09:05", "3 developments, now scheduled")
        assert [title in line.text for title in (INVITES, AGREES, SCHEDULED)] == [True] * 3
        story.want_no_more("10:00")

    def test_one_alone_stays_itself_and_another_situation_does_not_join(self, tell: Tell) -> None:
        story = tell(group_minutes=5)
        story.at("09:00").article(INVITES)
        story.at("09:03").article(SIGNED)
        story.want("09:05", INVITES)
        story.want("09:08", SIGNED)
        story.want_no_more("10:00")

    def test_what_comes_after_the_message_begins_a_new_group(self, tell: Tell) -> None:
        story = tell(group_minutes=5)
        story.at("09:00").article(INVITES)
        story.want("09:05", INVITES)
        story.at("09:06").article(AGREES)
        story.want("09:11", AGREES)
        story.want_no_more("10:00")

    def test_an_urgent_one_waits_for_nothing_and_takes_the_others_along(self, tell: Tell) -> None:
        story = tell(group_minutes=30, rules=[{"statuses": ["scheduled"], "priority": "urgent", **MAIL}, MAIL])
        story.at("09:00").article(AGREES)
        story.at("09:02").article(SCHEDULED)
        assert AGREES in story.want("09:02", "2 developments", priority="urgent").text
        story.want_no_more("10:00")

    def test_feeds_that_turn_ill_together_are_one_message(self, tell: Tell) -> None:
        story = tell(group_minutes=2)
        story.at("09:00").ill(0).ill(1)
        story.want("09:02", "2 notices")
        story.want("09:02", "2 notices", channel="phone")
        story.want_no_more("10:00")


class TestWaiting:
    RULES = ({"wait": "30m", **MAIL},)

    def test_a_second_source_ends_the_wait(self, tell: Tell) -> None:
        story = tell(rules=self.RULES)
        story.at("09:00").article(SCHEDULED, by="Courier")
        story.at("09:10").article(AS_WELL, by="Wire")
        assert "Waited" not in story.want("09:10", SCHEDULED).text
        story.want_no_more("10:00")

    def test_the_end_of_the_wait_is_told(self, tell: Tell) -> None:
        story = tell(rules=self.RULES)
        story.at("09:00").article(SCHEDULED)
        assert [row["decision"] for row in story.rows("select decision from alerts")] == ["wait"]
        story.want("09:30", "Waited until 2032-04-20T09:30:00Z to be corroborated; it was not.")
        assert [row["decision"] for row in story.rows("select decision from alerts")] == ["alert"]
        story.want_no_more("10:00")

    def test_the_same_publisher_again_is_no_second_source(self, tell: Tell) -> None:
        story = tell(rules=self.RULES)
        story.at("09:00").article(SCHEDULED, by="Courier").at("09:10").article(AS_WELL, by="Courier")
        story.want("09:30", "it was not")

    def test_an_official_source_needs_no_wait(self, tell: Tell) -> None:
        story = tell(rules=self.RULES)
        story.at("09:00").article(SCHEDULED, official=True)
        story.want("09:00", SCHEDULED)

    def test_a_rule_for_a_tier_gets_its_chance_when_support_comes(self, tell: Tell) -> None:
        story = tell(rules=[{"tier": "corroborated", "priority": "urgent", **PHONE}, MAIL])
        story.at("08:58").article(AGREES)
        story.want("08:58", AGREES)
        story.at("09:00").article(SCHEDULED, by="Courier")
        story.want("09:00", SCHEDULED)
        story.at("11:00").article(AS_WELL, by="Wire")
        line = story.want("11:00", "First decided on at 2032-04-20T09:00:00Z", channel="phone", priority="urgent")
        assert "agreed (Courier, 2032-04-20)" in line.text
        story.want_no_more("11:30")


class TestOvertaking:
    def test_what_occurred_mutes_the_unsent_plan(self, tell: Tell) -> None:
        story = tell(
            mute_overtaken=True,
            group_minutes=60,
            rules=[{"statuses": ["occurred"], "priority": "urgent", **MAIL}, MAIL],
        )
        story.at("09:00").article("Ada Brunnick and Joren Saal to meet in Ostrava on Tuesday")
        story.at("09:20").article(MET)
        assert "to meet" not in story.want("09:20", MET, priority="urgent").text
        story.want_no_more("11:00")
        assert story.reasons()[0] == "first status scheduled (rule 2); not sent: overtaken: occurred (development 2)"

    def test_a_plan_for_another_day_is_not_overtaken(self, tell: Tell) -> None:
        story = tell(mute_overtaken=True, group_minutes=60)
        story.at("09:00").article(SCHEDULED).at("09:20").article(MET)
        assert SCHEDULED in story.want("10:00", "2 developments").text

    def test_nor_one_whose_outcome_the_channel_does_not_hear(self, tell: Tell) -> None:
        story = tell(mute_overtaken=True, group_minutes=60, rules=[{"statuses": ["cancelled"], **PHONE}, MAIL])
        story.at("09:00").article(SCHEDULED).at("09:20").article(CANCELLED)
        story.want("10:00", SCHEDULED)


class TestCap:
    def test_what_is_over_the_cap_goes_to_the_digest_and_the_last_message_says_so(self, tell: Tell) -> None:
        story = tell(hourly_cap={"mail": 2}, digest={"at": "11:00", **MAIL}, health_channels=[])
        story.at("09:00").article(INVITES).at("09:10").article(AGREES)
        story.want("09:10", "That makes 2 within an hour: what comes before 2032-04-20T10:00:00Z goes to the digest.")
        story.at("09:20").article(SCHEDULED)
        story.at("10:01").article(SIGNED)
        story.want("10:01", SIGNED)
        digest = story.want("11:00", "Daily digest").text
        assert "not told: over the cap of 2 an hour of channel mail; it is in the digest" in digest
        assert "over the cap of 2" in story.reasons()[2]

    def test_health_and_other_channels_are_not_capped(self, tell: Tell) -> None:
        story = tell(hourly_cap={"mail": 1}, rules=[BOTH])
        story.at("09:00").article(INVITES).at("09:10").article(AGREES).ill()
        story.want("09:10", AGREES, channel="phone")
        story.want("09:10", "silent")


class TestQuietHours:
    def test_the_night_comes_as_one_message_in_the_readers_morning(self, tell: Tell) -> None:
        story = tell(every=10, quiet_hours=NIGHT, timezone="Asia/Seoul")
        story.at("23:00").article(AGREES).at("01:00", 1).article(SIGNED)
        line = story.want("07:00", "2 alerts", day=1)
        assert [title in line.text for title in (AGREES, SIGNED)] == [True, True]
        story.at("08:00", 1).article(SCHEDULED)
        story.want("08:00", SCHEDULED, day=1)
        story.want_no_more("21:00", 1)

    def test_an_urgent_one_passes(self, tell: Tell) -> None:
        story = tell(quiet_hours=NIGHT, rules=[{"statuses": ["scheduled"], "priority": "urgent", **MAIL}, MAIL])
        story.at("03:00").article(SCHEDULED)
        story.want("03:00", SCHEDULED, priority="urgent")

    def test_a_channel_that_keeps_none_is_told_at_night(self, tell: Tell) -> None:
        story = tell(every=10, quiet_hours={**NIGHT, "channels": ["phone"]}, rules=[BOTH])
        story.at("03:00").article(SCHEDULED)
        story.want("03:00", SCHEDULED)
        story.want("07:00", SCHEDULED, channel="phone")

    def test_all_day_quiet_still_tells_once_a_day(self, tell: Tell) -> None:
        story = tell(every=60, quiet_hours={"start": "07:00", "end": "07:00"})
        story.at("09:00").article(AGREES).at("15:00").article(SIGNED)
        story.want("07:00", "2 alerts", day=1)


class TestSilence:
    def test_a_silenced_situation_is_told_to_nobody_until_it_ends(self, tell: Tell) -> None:
        story = tell()
        story.at("09:00").silence("brunnick-saal-meeting", hours=1, comment="we are in the room")
        story.at("09:30").article(INVITES).article(SIGNED)
        story.want("09:30", SIGNED)
        story.at("10:00").article(AGREES)
        story.want("10:00", AGREES)
        story.want_no_more("11:30")
        why = "silence 1 by ada until 2032-04-20T10:00:00Z: we are in the room"
        assert story.reasons()[0] == f"first status proposed (rule 1); not sent: {why}"

    def test_a_silence_catches_what_still_waits(self, tell: Tell) -> None:
        story = tell(group_minutes=10)
        story.at("09:00").article(INVITES).at("09:05").silence("all", hours=1)
        story.want_no_more("11:30")


class TestCorrection:
    def test_it_goes_to_exactly_those_who_were_told(self, tell: Tell) -> None:
        story = tell(rules=[{"statuses": ["scheduled"], **PHONE}, BOTH])
        story.at("09:00").article(SCHEDULED)
        story.want("09:00", SCHEDULED, channel="phone")
        story.at("09:30").correct(1, "The report was about last year.")
        line = story.want("09:30", "Correction: A meeting between", channel="phone")
        assert "You were told at 2032-04-20 09:00 UTC" in line.text
        assert "The report was about last year." in line.text
        story.want_no_more("11:30")

    def test_what_was_not_sent_is_withdrawn_without_a_word(self, tell: Tell) -> None:
        story = tell(group_minutes=30)
        story.at("09:00").article(SCHEDULED)
        assert story.at("09:10").correct(1, "a misreading").withdrawn == 1
        story.want_no_more("11:30")
        assert story.reasons()[0].endswith("not sent: withdrawn: a misreading")

    def test_a_cancellation_reaches_the_channel_that_heard_of_the_plan(self, tell: Tell) -> None:
        story = tell(corrections=True, rules=[{"statuses": ["scheduled"], **PHONE}, MAIL])
        story.at("09:00").article(SCHEDULED)
        story.want("09:00", SCHEDULED, channel="phone")
        story.at("11:00").article(CANCELLED)
        story.want("11:00", CANCELLED)
        assert "cancelled: “Ada Brunnick cancels" in story.want("11:00", "Correction", channel="phone").text
        story.want_no_more("11:30")

    def test_it_waits_for_the_end_of_the_quiet_hours_and_passes_the_cap(self, tell: Tell) -> None:
        story = tell(every=10, quiet_hours=NIGHT, hourly_cap={"mail": 1})
        story.at("21:50").article(SCHEDULED)
        story.want("21:50", SCHEDULED)
        story.at("23:00").correct(1, "wrong")
        story.want("07:00", "Correction", day=1)

    def test_the_same_correction_twice_is_one(self, tell: Tell) -> None:
        story = tell()
        story.at("09:00").article(SCHEDULED).want("09:00", SCHEDULED)
        story.correct(1, "wrong")
        story.correct(1, "wrong")
        story.want("09:00", "Correction")
        story.want_no_more("10:00")


class TestDigest:
    def test_each_morning_what_happened_what_did_not_and_what_lies_ahead(self, tell: Tell) -> None:
        story = tell(every=30, digest={"at": "07:30", **PHONE}, health_channels=[])
        story.at("09:00").article(SCHEDULED).want("09:00", SCHEDULED)
        text = story.want("07:30", "1 development", channel="phone", day=1).text
        assert "Ahead\n  2032-05-03 A meeting between Ada Brunnick and Joren Saal (scheduled)" in text
        assert "Unchanged\n  The treaty on the waters of the Ostrava Glacier: nothing known" in text
        assert "Read: 1 article on topic, 0 copies; 1 family" in text
        story.want_no_more("23:00", 2)  # a day without anything new has none

    def test_the_week_comes_on_its_day(self, tell: Tell) -> None:
        story = tell(every=30, digest={"at": "08:00", "daily": False, "weekly": "fri", **PHONE})
        story.at("09:00").article(SIGNED).want("09:00", SIGNED)
        assert SIGNED in story.want("08:00", "Weekly digest", channel="phone", day=3).text
        story.want_no_more("12:00", 4)

    def test_a_digest_that_was_missed_is_made_up_for_by_the_next(self, tell: Tell) -> None:
        story = tell(every=30, digest={"at": "08:00", **PHONE})
        story.at("07:00").article(SIGNED).want("07:00", SIGNED)
        story.want("08:00", SIGNED, channel="phone")
        story.at("09:00").article(RATIFIED).want("09:00", RATIFIED)
        story.now += timedelta(days=3)  # the machine was off
        text = story.want("09:00", RATIFIED, channel="phone", day=3).text
        assert "2032-04-20 08:00 to 2032-04-23 08:00" in text
        story.want_no_more("07:00", 4)
