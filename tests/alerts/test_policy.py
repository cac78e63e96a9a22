"""The first rule that fits decides, and every decision says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitors.alerts.doubts import covers, doubts
from monitors.alerts.policy import decide_alert
from monitors.archive.records import Development
from monitors.definition.model import Monitor, Policy, Rule

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEDULED = Development(
    monitor="harbour",
    situation="port-talks",
    status="scheduled",
    previous_status="agreed",
    article_id=1,
    published=NOW,
    raised=NOW,
    novelty="status",
    reason="",
    id=7,
)


def policy(*rules: Rule) -> Policy:
    return Policy(rules=rules)


def test_first_fitting_rule_decides() -> None:
    decision = decide_alert(
        SCHEDULED,
        policy(
            Rule(statuses=("cancelled",), channels=("mail",)),
            Rule(situations=("port-talks",), channels=("screen",), priority="urgent"),
            Rule(channels=("log",)),
        ),
    )
    assert (decision.decision, decision.channels, decision.priority) == ("alert", ("screen",), "urgent")
    assert decision.reason == "scheduled after agreed (rule 2)"


def test_situation_and_status_must_both_fit() -> None:
    rule = Rule(situations=("port-talks",), statuses=("cancelled",), channels=("log",))
    assert decide_alert(SCHEDULED, policy(rule)).decision == "mute"


def test_baseline_alerts_nobody() -> None:
    decision = decide_alert(replace(SCHEDULED, baseline=True), policy(Rule(channels=("log",))))
    assert (decision.decision, decision.reason, decision.channels) == ("mute", "baseline", ())


def test_rule_without_channels_mutes_and_names_itself() -> None:
    decision = decide_alert(SCHEDULED, policy(Rule(channels=()), Rule(channels=("log",))))
    assert (decision.decision, decision.reason) == ("mute", "rule 1 alerts nobody")


def test_nothing_fits() -> None:
    decision = decide_alert(SCHEDULED, policy(Rule(situations=("other",), channels=("log",))))
    assert (decision.decision, decision.reason) == ("mute", "no rule fits")


def test_reason_tells_first_status_from_a_further_event() -> None:
    rules = policy(Rule(channels=("log",)))
    assert decide_alert(replace(SCHEDULED, previous_status=None), rules).reason.startswith("first status scheduled")
    assert decide_alert(replace(SCHEDULED, previous_status="scheduled"), rules).reason.startswith("another scheduled")


def test_channel_named_twice_is_used_once() -> None:
    assert decide_alert(SCHEDULED, policy(Rule(channels=("log", "log")))).channels == ("log",)


words = st.sampled_from(["occurred", "agreed", "signed"])
rules = st.builds(
    Rule,
    situations=st.lists(words, max_size=2).map(tuple),
    statuses=st.lists(words, max_size=2).map(tuple),
    channels=st.lists(words, max_size=2).map(tuple),
)


@given(st.lists(rules, min_size=1, max_size=4), words, words, st.booleans())
def test_every_decision_has_a_reason_and_only_alerts_have_channels(
    rules: list[Rule], situation: str, status: str, baseline: bool
) -> None:
    development = replace(SCHEDULED, situation=situation, status=status, baseline=baseline)
    decision = decide_alert(development, policy(*rules))
    assert decision.reason
    assert bool(decision.channels) == (decision.decision == "alert")
    assert not (baseline and decision.channels)


def test_doubts_name_unused_channels_impossible_statuses_and_covered_rules(harbour: Monitor) -> None:
    odd = harbour.model_copy(
        update={
            "policy": policy(
                Rule(situations=("port-talks",), channels=("screen",)),
                Rule(situations=("port-talks",), statuses=("signed",), channels=("screen",)),
            )
        }
    )
    assert doubts(odd) == [
        "channel 'log' is used by no rule: only the health of feeds will go there",
        "policy rule 2: no situation can have the status 'signed'",
        "policy rule 2 never decides: rule 1 fits everything that it fits",
    ]


def test_a_sensible_policy_raises_no_doubts(harbour: Monitor) -> None:
    assert doubts(harbour) == []


@given(st.lists(rules, min_size=2, max_size=4), words, words)
def test_rule_called_never_deciding_never_decides(rules: list[Rule], situation: str, status: str) -> None:
    numbered = [rule.model_copy(update={"channels": (str(number),)}) for number, rule in enumerate(rules, 1)]
    development = replace(SCHEDULED, situation=situation, status=status)
    decided = decide_alert(development, policy(*numbered)).channels
    for number, rule in enumerate(numbered, 1):
        covered = any(covers(other, rule) for other in numbered[: number - 1])
        assert not (covered and decided == (str(number),))
