"""Whether people are told of a development, through which channels, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitors.archive.records import Development
from monitors.definition.model import Policy, Rule, Tier

TIERS: tuple[Tier, ...] = ("reported", "corroborated", "confirmed")
"""From the least support to the best."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of one development. `channels` is empty exactly when `decision` is "mute".

    "wait" is an alert that is sent when the development reaches the tier `awaits`, or after `wait` at the latest.
    `by_tier`: the rule asked for a tier.
    """

    decision: Literal["alert", "wait", "mute"]
    reason: str
    channels: tuple[str, ...] = ()
    priority: Literal["normal", "urgent"] = "normal"
    awaits: Tier | None = None
    wait: timedelta = timedelta()
    by_tier: bool = False


def decide_alert(development: Development, policy: Policy) -> Decision:
    """Decide by the first rule that fits; a baseline alerts nobody. Every decision has a reason.

    Rules are numbered from 1, as they stand in the monitor file.
    """
    if development.baseline:
        return Decision("mute", "baseline")
    for number, rule in enumerate(policy.rules, 1):
        if not _fits(rule, development):
            continue
        if not rule.channels:
            return Decision("mute", f"rule {number} alerts nobody")
        channels = tuple(dict.fromkeys(rule.channels))
        reason = f"{_news(development)} (rule {number})"
        awaits = rule.awaits()
        if awaits is not None and not reached(development.tier, awaits):
            return Decision("wait", reason, channels, rule.priority, awaits, rule.longest_wait(), by_tier=True)
        return Decision("alert", reason, channels, rule.priority, by_tier=rule.tier is not None)
    return Decision("mute", "no rule fits")


def reached(tier: str, wanted: str) -> bool:
    """Whether `tier` is at least `wanted`; a tier that is not known reaches none but the first."""
    return _rank(tier) >= _rank(wanted)


def _rank(tier: str) -> int:
    return next((number for number, known in enumerate(TIERS) if known == tier), 0)


def may_hold(policy: Policy) -> bool:
    """Whether something in the policy may keep back a message that a rule has decided to send."""
    return bool(policy.group_minutes or policy.mute_overtaken or policy.quiet_hours or policy.hourly_cap)


def _fits(rule: Rule, development: Development) -> bool:
    return (
        (not rule.situations or development.situation in rule.situations)
        and (not rule.statuses or development.status in rule.statuses)
        and (rule.tier is None or rule.wait is not None or reached(development.tier, rule.tier))
    )


def _news(development: Development) -> str:
    if development.previous_status is None:
        return f"first status {development.status}"
    if development.previous_status == development.status:
        return f"another {development.status}"
    return f"{development.status} after {development.previous_status}"
