"""Whether people are told of a development, through which channels, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitors.archive.records import Development
from monitors.definition.kinds import STATUSES
from monitors.definition.model import Monitor, Policy, Rule


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of one development. `channels` is empty exactly when `decision` is "mute"."""

    decision: Literal["alert", "mute"]
    reason: str
    channels: tuple[str, ...] = ()
    priority: Literal["normal", "urgent"] = "normal"


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
        return Decision("alert", f"{_news(development)} (rule {number})", channels, rule.priority)
    return Decision("mute", "no rule fits")


def _fits(rule: Rule, development: Development) -> bool:
    return (not rule.situations or development.situation in rule.situations) and (
        not rule.statuses or development.status in rule.statuses
    )


def _news(development: Development) -> str:
    if development.previous_status is None:
        return f"first status {development.status}"
    if development.previous_status == development.status:
        return f"another {development.status}"
    return f"{development.status} after {development.previous_status}"


def doubts(monitor: Monitor) -> list[str]:
    """What is allowed in the alert policy of `monitor` but hardly meant, as lines for a person."""
    rules = monitor.policy.rules
    known = {status for situation in monitor.situations for status in STATUSES[situation.kind]}
    told_of_health = monitor.policy.health_channels
    used = {channel for rule in rules for channel in rule.channels} | set(told_of_health or ())
    goes_there = "only the health of feeds" if told_of_health is None else "nothing"
    lines = [
        f"channel {c.id!r} is used by no rule: {goes_there} will go there" for c in monitor.channels if c.id not in used
    ]
    for number, rule in enumerate(rules, 1):
        lines += [
            f"policy rule {number}: no situation can have the status {status!r}"
            for status in rule.statuses
            if status not in known
        ]
        earlier = next((n for n, other in enumerate(rules[: number - 1], 1) if _covers(other, rule)), None)
        if earlier is not None:
            lines.append(f"policy rule {number} never decides: rule {earlier} fits everything that it fits")
    return lines


def _covers(wide: Rule, narrow: Rule) -> bool:
    return all(
        not mine or (theirs and set(theirs) <= set(mine))
        for mine, theirs in ((wide.situations, narrow.situations), (wide.statuses, narrow.statuses))
    )
