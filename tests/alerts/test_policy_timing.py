"""Quiet hours across midnight and clock changes; when a digest is due; what each stage holds or mutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.alerts.digest import Findings as Found
from monitors.alerts.digest import compose, due_at, span
from monitors.alerts.quiet import hours_until
from monitors.alerts.stages import Facts, Held, Muted, Told, plan
from monitors.archive.held import Unsent
from monitors.archive.records import Silence
from monitors.definition.model import Digest, Monitor, Policy, QuietHours, Rule

NIGHT = QuietHours(start="22:00", end="07:00")
BERLIN, SEOUL = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = (Rule(channels=("mail",)),)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "end"),
    [
        ("2026-03-01T12:59", SEOUL, None),
        ("2026-03-01T13:00", SEOUL, "2026-03-01T22:00"),
        ("2026-03-01T21:59", SEOUL, "2026-03-01T22:00"),
        ("2026-03-01T22:00", SEOUL, None),
        ("2026-03-28T21:00", BERLIN, "2026-03-29T05:00"),  # the night that is an hour short
        ("2026-10-24T20:00", BERLIN, "2026-10-25T06:00"),  # the night that is an hour long
    ],
)
def test_the_night_is_that_of_the_readers_clock(moment: str, zone: ZoneInfo, end: str | None) -> None:
    assert hours_until(NIGHT, zone, utc(moment)) == (None if end is None else utc(end))


def test_days_are_those_on_which_the_quiet_hours_start() -> None:
    friday = QuietHours(start="22:00", end="07:00", days=("fri",))
    assert hours_until(friday, ZoneInfo("UTC"), utc("2026-03-07T03:00")) == utc("2026-03-07T07:00")
    assert hours_until(friday, ZoneInfo("UTC"), utc("2026-03-08T03:00")) is None


clock_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(clock_times, clock_times, moments, st.sampled_from([BERLIN, SEOUL, ZoneInfo("America/St_Johns")]))
def test_quiet_hours_end_at_their_end_and_within_a_day(start: str, end: str, now: datetime, zone: ZoneInfo) -> None:
    quiet = QuietHours(start=start, end=end)
    ends = hours_until(quiet, zone, now)
    if ends is None:
        assert start != end or hours_until(quiet, zone, now + timedelta(hours=2)) is not None
    else:
        assert now < ends <= now + timedelta(hours=25)
        assert start == end or hours_until(quiet, zone, ends) is None or start < end


def test_unquoted_times_that_yaml_reads_as_numbers_are_times() -> None:
    assert QuietHours.model_validate({"start": 1320, "end": "07:00"}).start == "22:00"


def waiting(number: int = 1, **changes: object) -> Unsent:
    plain: dict[str, object] = {
        "id": number, "alert_id": number, "channel": "mail", "key": str(number), "payload": "", "state": "held",
        "kind": "development", "subject": "talks", "decided": NOW, "priority": "normal", "development_id": number,
        "status": "scheduled", "published": NOW, "tier": "reported", "families": 1,
    }  # fmt: skip
    return Unsent(**{**plain, **changes})


policies = st.builds(
    Policy,
    rules=st.just(RULES),
    group_minutes=st.sampled_from([0, 5, 60]),
    mute_overtaken=st.booleans(),
    quiet_hours=st.none() | st.builds(QuietHours, start=clock_times, end=clock_times),
    hourly_cap=st.sampled_from([{}, {"mail": 1}, {"mail": 3}]),
    timezone=st.sampled_from(["UTC", "Asia/Seoul"]),
)
held = st.builds(
    waiting,
    st.integers(1, 10**6),
    channel=st.sampled_from(["mail", "phone"]),
    kind=st.sampled_from(["development", "health", "correction"]),
    subject=st.sampled_from(["talks", "treaty"]),
    priority=st.sampled_from(["normal", "urgent"]),
    decided=st.integers(0, 3000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    awaits=st.sampled_from(["", "corroborated"]),
    wait_until=st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    held_for=st.sampled_from(["", "quiet", "group"]),
    held_until=st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)


@given(st.lists(held, max_size=8, unique_by=lambda one: one.id), policies)
def test_each_message_meets_exactly_one_fate_with_a_reason(messages: list[Unsent], policy: Policy) -> None:
    steps = plan(messages, Facts(), policy, NOW)
    met = [one.id for step in steps for one in (step.together if isinstance(step, Told) else (step.one,))]
    assert sorted(met) == sorted(one.id for one in messages)
    for step in steps:
        if isinstance(step, Told):
            assert len({one.channel for one in step.together}) == 1
        else:
            assert step.reason
        if isinstance(step, Held):
            assert step.until > NOW


@given(st.lists(held, max_size=8, unique_by=lambda one: one.id), policies)
def test_nothing_is_held_for_ever(messages: list[Unsent], policy: Policy) -> None:
    now = NOW
    for _ in range(12):
        steps = plan(messages, Facts(), policy.model_copy(update={"hourly_cap": {}}), now)
        waits = [step for step in steps if isinstance(step, Held)]
        messages = [
            waiting(
                s.one.id, channel=s.one.channel, kind=s.one.kind, subject=s.one.subject, priority=s.one.priority,
                decided=s.one.decided, awaits=s.one.awaits, wait_until=s.one.wait_until, held_for=s.held_for,
                held_until=s.until,
            )
            for s in waits
        ]  # fmt: skip
        if not messages:
            return
        now = min(step.until for step in waits)
    raise AssertionError(messages)


def test_what_was_let_go_can_be_silenced_but_is_not_told_again() -> None:
    free = waiting(state="pending")
    assert plan([free], Facts(), Policy(rules=RULES), NOW) == []
    silence = Silence("harbour", "talks", "ada", "known", NOW, NOW + timedelta(hours=1), id=3)
    (step,) = plan([free], Facts(silences=(silence,)), Policy(rules=RULES), NOW)
    assert isinstance(step, Muted)
    assert step.reason == "silence 3 by ada until 2026-03-01T13:00:00Z: known"


def test_a_cap_counts_messages_that_were_given_within_the_hour() -> None:
    digest = Digest(at="07:30", channels=("mail",))
    policy = Policy(rules=RULES, hourly_cap={"mail": 2}, digest=digest)
    facts = Facts(released={"mail": [NOW - timedelta(minutes=30)]})
    first, second = plan([waiting(1), waiting(2, subject="treaty")], facts, policy, NOW)
    assert isinstance(first, Told)
    assert first.note == "That makes 2 within an hour: what comes before 2026-03-01T12:30:00Z goes to the digest."
    assert isinstance(second, Muted)
    first, _ = plan([waiting(1), waiting(2)], facts, policy.model_copy(update={"digest": None}), NOW)
    assert isinstance(first, Told)
    assert "is only in the archive" in first.note


def test_digests_are_due_at_the_readers_time_and_day() -> None:
    digest = Digest(at="07:30", channels=("mail",), weekly="mon")
    assert due_at(digest, SEOUL, "daily", utc("2026-03-01T22:29")) == utc("2026-02-28T22:30")
    assert due_at(digest, SEOUL, "daily", utc("2026-03-01T22:30")) == utc("2026-03-01T22:30")
    assert due_at(digest, SEOUL, "weekly", utc("2026-03-04T12:00")) == utc("2026-03-01T22:30")
    assert due_at(Digest(at="07:30", channels=("mail",)), SEOUL, "weekly", NOW) is None


def test_a_digest_covers_what_the_one_before_did_not() -> None:
    day = timedelta(days=1)
    assert span("daily", NOW, None) == (NOW - day, NOW)
    assert span("daily", NOW, NOW - 3 * day) == (NOW - 3 * day, NOW)
    assert span("daily", NOW, NOW - timedelta(hours=3)) == (NOW - timedelta(hours=3), NOW)
    assert span("daily", NOW, NOW - 90 * day) == (NOW - 31 * day, NOW)


def row(number: int) -> dict[str, object]:
    return {
        "situation": "port-talks", "status": "scheduled", "previous_status": None, "event_date": None, "place": None,
        "families": 1, "tier": "reported", "told": 1, "unsent": None, "reason": "", "title": f"Report {number}",
        "publisher": "Post", "url": "https://post.example", "raised": "2026-03-01T09:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize("number", [0, 1, 3, 30, 400])
@pytest.mark.parametrize("most", [10, 40])
def test_a_digest_never_has_more_lines_and_says_how_many_are_missing(harbour: Monitor, number: int, most: int) -> None:
    rows = [row(n) for n in range(number)]
    message = compose(harbour, Found("daily", NOW - timedelta(days=1), NOW, developments=rows), most)
    assert len(message.lines) <= most
    shown = sum("Report" in line for line in message.lines)
    assert shown == number or any("more lines" in line for line in message.lines)
    assert message.lines[-1].startswith("Read: ")
    assert f"{number} development" in message.title
