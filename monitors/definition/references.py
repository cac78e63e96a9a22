"""What one part of a monitor says of another: names that must exist, names that must be alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitors.definition.problems import Place, Problem, not_one_of

if TYPE_CHECKING:
    from monitors.definition.model import Monitor, Policy


def undefined(monitor: Monitor) -> Iterator[Problem]:
    """References to entities, situations and channels that the monitor does not define."""
    entities = [entity.id for entity in monitor.entities]
    situations = [situation.id for situation in monitor.situations]
    channels = [channel.id for channel in monitor.channels]
    for number, group in enumerate(monitor.topic.any_of):
        yield from _unknown(("topic", "any_of", number), group, entities, "an entity")
    for number, entity in enumerate(monitor.entities):
        if entity.acts_for is not None and entity.acts_for not in entities:
            yield Problem(("entities", number, "acts_for"), not_one_of(entity.acts_for, entities, "an entity"))
    for number, situation in enumerate(monitor.situations):
        for side, members in enumerate(situation.parties):
            yield from _unknown(("situations", number, "parties", side), members, entities, "an entity")
    yield from _unknown(("policy", "health_channels"), monitor.policy.health_channels or (), channels, "a channel")
    for place, named in _policy_channels(monitor.policy):
        yield from _unknown(place, named, channels, "a channel")
    for channel in monitor.policy.hourly_cap:
        if channel not in channels:
            yield Problem(("policy", "hourly_cap", channel), not_one_of(channel, channels, "a channel"))
    for number, rule in enumerate(monitor.policy.rules):
        yield from _unknown(("policy", "rules", number, "situations"), rule.situations, situations, "a situation")
        yield from _unknown(("policy", "rules", number, "channels"), rule.channels, channels, "a channel")


def _policy_channels(policy: Policy) -> Iterator[tuple[Place, tuple[str, ...]]]:
    if policy.quiet_hours is not None:
        yield ("policy", "quiet_hours", "channels"), policy.quiet_hours.channels
    if policy.digest is not None:
        yield ("policy", "digest", "channels"), policy.digest.channels


def defined_twice(monitor: Monitor) -> Iterator[Problem]:
    """Identifiers and feed addresses that a list has a second time."""
    for key, field, names in (
        ("feeds", "url", [feed.url for feed in monitor.feeds]),
        ("entities", "id", [entity.id for entity in monitor.entities]),
        ("situations", "id", [situation.id for situation in monitor.situations]),
        ("channels", "id", [channel.id for channel in monitor.channels]),
    ):
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Problem((key, number, field), f"{name!r} is defined twice")


def unread_languages(monitor: Monitor) -> Iterator[Problem]:
    """Feeds in a language that the monitor does not read."""
    for number, feed in enumerate(monitor.feeds):
        if feed.language not in monitor.languages:
            text = f"{feed.language!r} is not among the monitor's languages ({', '.join(monitor.languages)})"
            yield Problem(("feeds", number, "language"), text)


def _unknown(place: Place, names: Iterable[str], known: list[str], what: str) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in known:
            yield Problem((*place, number), not_one_of(name, known, what))
