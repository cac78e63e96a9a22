"""What becomes of the messages that wait: fixed stages, each with its reason. Pure.

In the order of Alertmanager's pipeline (silence, inhibit, wait, mute by time, group), with a cap in place of its
repeat. A message is muted, held, merged into another, or let go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitors.alerts.overtaking import overtaken_by
from monitors.alerts.policy import reached
from monitors.alerts.quiet import lasts_all_day, quiet_until
from monitors.alerts.silences import said, silencing
from monitors.archive.held import Later, Unsent
from monitors.archive.records import Silence
from monitors.clock import iso
from monitors.definition.model import Policy

HOUR = timedelta(hours=1)
QUIET, GROUP, WAIT = "quiet", "group", "wait"
ONE_BY_ONE = ("correction", "digest")
"""Kinds that are never told together with others."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the archive knows beside the messages that wait.

    `released` has the times at which each channel was given a message of a development, of the last hour.
    """

    later: Sequence[Later] = ()
    silences: Sequence[Silence] = ()
    released: Mapping[str, Sequence[datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Muted:
    """It will not be sent, and why."""

    one: Unsent
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """It waits, for what ("wait", "quiet", "group") and until when."""

    one: Unsent
    held_for: Literal["wait", "quiet", "group"]
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """They are told now, in one message. `note` is what the message must say of itself."""

    together: tuple[Unsent, ...]
    note: str = ""


Step = Muted | Held | Told


def plan(waiting: Iterable[Unsent], facts: Facts, policy: Policy, now: datetime) -> list[Step]:
    """What becomes of each message in `waiting` (in the order they were made) at `now`.

    A message that was let go already can only be muted.
    """
    steps: list[Step] = []
    ripe: list[Unsent] = []
    grouped: list[Held] = []
    for one in waiting:
        step = _kept_back(one, facts, policy, now)
        if isinstance(step, Held) and step.held_for == GROUP:
            grouped.append(step)
        elif step is not None:
            steps.append(step)
        elif one.state == "held":
            ripe.append(one)
    keys = {_belongs(one, policy) for one in ripe}
    # One that goes takes along what waits to be grouped with it.
    joining = [held for held in grouped if _belongs(held.one, policy) in keys]
    steps += [held for held in grouped if held not in joining]
    ripe = sorted([*ripe, *(held.one for held in joining)], key=lambda one: one.id)
    return [*steps, *_capped(_bundles(ripe, policy), facts, policy, now)]


def _kept_back(one: Unsent, facts: Facts, policy: Policy, now: datetime) -> Step | None:
    silence = silencing(facts.silences, one.subject, now) if one.kind != "digest" and not one.leads else None
    if silence is not None:
        return Muted(one, said(silence))
    if policy.mute_overtaken and not one.leads:
        outcome = overtaken_by(one, facts.later)
        if outcome is not None:
            return Muted(one, f"overtaken: {outcome.status} (development {outcome.id})")
    return _held(one, policy, now) if one.state == "held" else None


def _held(one: Unsent, policy: Policy, now: datetime) -> Held | None:
    if waits(one) and one.wait_until is not None and now < one.wait_until:
        return Held(one, "wait", one.wait_until, f"waits until {iso(one.wait_until)} to be {one.awaits}")
    if one.priority == "urgent":
        return None
    until = quiet_until(policy, one.channel, now) if one.kind != "digest" else None
    if one.held_for == QUIET and policy.quiet_hours is not None and lasts_all_day(policy.quiet_hours):
        until = one.held_until  # or they would never end
    if until is not None and now < until:
        return Held(one, "quiet", until, f"quiet hours until {iso(until)}")
    ready = one.decided + timedelta(minutes=policy.group_minutes)
    if one.held_for != QUIET and one.kind not in ONE_BY_ONE and now < ready:
        return Held(one, "group", ready, f"until {iso(ready)} others of {one.subject} may join it")
    return None


def waits(one: Unsent) -> bool:
    """Whether it still lacks the support that it was to wait for."""
    return bool(one.awaits) and not reached(one.tier, one.awaits)


def _belongs(one: Unsent, policy: Policy) -> tuple[str, ...]:
    """What a message is told together with: the same key. A key of its own number: nothing."""
    if one.kind in ONE_BY_ONE:
        return (one.channel, "alone", str(one.id))
    if one.held_for == QUIET:
        return (one.channel, QUIET)
    if not policy.group_minutes:
        return (one.channel, "alone", str(one.id))
    return (one.channel, one.kind, one.subject if one.kind == "development" else "")


def _bundles(ripe: Sequence[Unsent], policy: Policy) -> list[tuple[Unsent, ...]]:
    bundles: dict[tuple[str, ...], list[Unsent]] = {}
    for one in ripe:
        bundles.setdefault(_belongs(one, policy), []).append(one)
    return [tuple(bundle) for bundle in bundles.values()]


def _capped(bundles: Iterable[tuple[Unsent, ...]], facts: Facts, policy: Policy, now: datetime) -> list[Step]:
    """The cap counts messages of developments: health, corrections and digests come in any case."""
    steps: list[Step] = []
    given = {channel: list(times) for channel, times in facts.released.items()}
    for bundle in bundles:
        channel = bundle[0].channel
        cap = policy.hourly_cap.get(channel)
        if cap is None or all(one.kind != "development" for one in bundle):
            steps.append(Told(bundle))
            continue
        times = given.setdefault(channel, [])
        if len(times) >= cap:
            in_digest = "; it is in the digest" if policy.digest is not None else ""
            reason = f"over the cap of {cap} an hour of channel {channel}{in_digest}"
            steps += [Muted(one, reason) for one in bundle if one.kind == "development"]
            if others := tuple(one for one in bundle if one.kind != "development"):
                steps.append(Told(others))
            continue
        times.append(now)
        steps.append(Told(bundle, _full(cap, times[0], policy) if len(times) == cap else ""))
    return steps


def _full(cap: int, first: datetime, policy: Policy) -> str:
    rest = "goes to the digest" if policy.digest is not None else "is only in the archive"
    return f"That makes {cap} within an hour: what comes before {iso(first + HOUR)} {rest}."
