"""What a monitor says of alerts that is allowed but hardly meant: rules that never decide, waits for nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitors.alerts.policy import reached
from monitors.alerts.quiet import at_time, hours_until, lasts_all_day
from monitors.definition.channels import FileChannel
from monitors.definition.kinds import STATUSES
from monitors.definition.model import Monitor, Policy, Rule

_SOME_DAY = date(2024, 1, 1)


def doubts(monitor: Monitor) -> list[str]:
    """What is allowed in the alert policy of `monitor` but hardly meant, as lines for a person."""
    return [*_unused_channels(monitor), *_rules(monitor), *_timing(monitor), *_digest(monitor), *_files(monitor)]


def _unused_channels(monitor: Monitor) -> Iterator[str]:
    policy = monitor.policy
    told_of_health = policy.health_channels
    used = {channel for rule in policy.rules for channel in rule.channels} | set(told_of_health or ())
    if policy.digest is not None:
        used |= set(policy.digest.channels)
    goes_there = "only the health of feeds" if told_of_health is None else "nothing"
    for channel in monitor.channels:
        if channel.id not in used:
            yield f"channel {channel.id!r} is used by no rule: {goes_there} will go there"


def _rules(monitor: Monitor) -> Iterator[str]:
    rules = monitor.policy.rules
    known = {status for situation in monitor.situations for status in STATUSES[situation.kind]}
    for number, rule in enumerate(rules, 1):
        for status in rule.statuses:
            if status not in known:
                yield f"policy rule {number}: no situation can have the status {status!r}"
        earlier = next((n for n, other in enumerate(rules[: number - 1], 1) if covers(other, rule)), None)
        if earlier is not None:
            yield f"policy rule {number} never decides: rule {earlier} fits everything that it fits"
        yield from (f"policy rule {number}: {doubt}" for doubt in _support(monitor, rule))


def _support(monitor: Monitor, rule: Rule) -> Iterator[str]:
    wanted = rule.awaits() or rule.tier
    if wanted is None:
        return
    if rule.wait is not None and not rule.channels:
        yield "it waits, but has no channels to tell"
    if wanted == "reported":
        yield "every development is at least reported; " + (
            "the wait is for nothing" if rule.wait else "tier asks for nothing"
        )
        return
    official = bool(monitor.official_families) or any(feed.role == "official" for feed in monitor.feeds)
    families = {feed.family for feed in monitor.feeds}
    ends = f"every wait lasts {rule.wait}" if rule.wait else "it never decides"
    if wanted == "confirmed" and not official:
        yield f"nothing can be confirmed without an official feed or official_families; {ends}"
    if wanted == "corroborated" and len(families) < 2 and not official:
        yield f"nothing can be corroborated while all feeds are of one family; {ends}"


def covers(wide: Rule, narrow: Rule) -> bool:
    """Whether `wide` fits everything that `narrow` fits."""
    filters = ((wide.situations, narrow.situations), (wide.statuses, narrow.statuses))
    if not all(not mine or (theirs and set(theirs) <= set(mine)) for mine, theirs in filters):
        return False
    if wide.tier is None or wide.wait is not None:
        return True
    return narrow.wait is None and reached(narrow.tier or "reported", wide.tier)


def _timing(monitor: Monitor) -> Iterator[str]:
    policy, quiet = monitor.policy, monitor.policy.quiet_hours
    speaking = [rule for rule in policy.rules if rule.channels]
    only_urgent = bool(speaking) and all(rule.priority == "urgent" for rule in speaking)
    if policy.group_minutes and only_urgent:
        yield "group_minutes delays nothing: every rule that alerts is urgent"
    yield from _shorter_than_a_group(policy)
    if quiet is not None and only_urgent:
        yield "quiet_hours keep back no news: every rule that alerts is urgent"
    if quiet is not None and lasts_all_day(quiet):
        yield f"quiet_hours last all day: what is not urgent comes once a day, at {quiet.end}"
    spoken = {channel for rule in speaking for channel in rule.channels}
    for channel in policy.hourly_cap:
        if channel not in spoken:
            yield f"hourly_cap: no rule uses channel {channel!r}"
    for channel in quiet.channels if quiet is not None else ():
        if channel not in spoken and policy.health_channels is not None and channel not in policy.health_channels:
            yield f"quiet_hours: nothing goes to channel {channel!r}"


def _shorter_than_a_group(policy: Policy) -> Iterator[str]:
    """A wait that ends while the message is held for others to join decides nothing of when it comes."""
    group = timedelta(minutes=policy.group_minutes)
    for number, rule in enumerate(policy.rules, 1):
        if rule.wait is not None and rule.channels and rule.priority != "urgent" and rule.longest_wait() < group:
            yield (
                f"policy rule {number}: wait {rule.wait} is shorter than group_minutes ({policy.group_minutes}); "
                "support changes nothing of when it is told"
            )


def _digest(monitor: Monitor) -> Iterator[str]:
    policy, digest = monitor.policy, monitor.policy.digest
    if digest is None:
        if policy.hourly_cap:
            yield "hourly_cap: there is no digest; what is over the cap will only be in the archive"
        return
    if not digest.channels:
        yield "digest: it has no channels"
    if not digest.daily and digest.weekly is None:
        yield "digest: neither daily nor weekly; it never comes"
    if policy.quiet_hours is not None:
        zone = ZoneInfo(policy.timezone)
        days = (_SOME_DAY + timedelta(days=n) for n in range(7))
        moments = (datetime.combine(day, at_time(digest.at), zone) for day in days)
        if all(hours_until(policy.quiet_hours, zone, moment) for moment in moments):
            yield f"digest: {digest.at} lies in the quiet hours; it comes all the same"


def _files(monitor: Monitor) -> Iterator[str]:
    """Files that two write to: what `publish` names is replaced whole after each pass."""
    taken = {
        channel.path: f"channel {channel.id!r}" for channel in monitor.channels if isinstance(channel, FileChannel)
    }
    for key, path in (("alerts", monitor.publish.alerts), ("calendar", monitor.publish.calendar)):
        if path is None:
            continue
        if path in taken:
            yield f"publish.{key}: {path} is the file of {taken[path]} too; each would spoil the other's"
        taken[path] = f"publish.{key}"
