"""Is it news? What an article claims of a situation, held against the ledger. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from monitors.developments.event_dates import last_day, overlap
from monitors.developments.ledger import Known, Ledger
from monitors.developments.lifecycles import PHASES, RANK

OFF = ("declined", "postponed", "cancelled")
SAME_EVENT_DAYS = 2
"""Two reports of a past event within this many days of one another mean the same event."""
OLD_NEWS_DAYS = 10
"""What happened longer ago than this is history when first read."""
REPEAT_DAYS = 45
"""A status without a new date, place or side is a repeat within this many days of the last one."""

STALE_DAYS = 60
"""A plan without a date ahead that nobody spoke of for so long binds nothing: the next word of it is news again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an article says of a situation, after its sentences were weighed."""

    status: str
    day: date
    event_date: str | None
    place: str | None
    side: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`novelty` names what is new, or is None; `repeats` is the entry that a repeat says again."""

    novelty: str | None
    reason: str
    repeats: Known | None = None
    new_instance: bool = False


def judge(ledger: Ledger, claim: Claim) -> Verdict:
    """Whether `claim` is news to `ledger`."""
    judges = {"meeting": _meeting, "occurrence": _event, "policy": _policy, "agreement": _agreement}
    return judges[ledger.kind](ledger, claim)


def _event(ledger: Ledger, claim: Claim) -> Verdict:
    """Something that happened, or is threatened to happen: each distinct event counts."""
    if claim.event_date is not None and last_day(claim.event_date) < claim.day - timedelta(days=OLD_NEWS_DAYS):
        return Verdict(None, f"history: {claim.event_date} is more than {OLD_NEWS_DAYS} days ago")
    when = claim.event_date if claim.event_date and len(claim.event_date) >= 10 else claim.day.isoformat()
    slack = SAME_EVENT_DAYS if claim.event_date is None or ledger.kind == "meeting" else 1
    for entry in reversed(ledger.with_status(claim.status)):
        known = entry.event_date if entry.event_date and len(entry.event_date) >= 10 else entry.day.isoformat()
        if overlap(when, known, slack) or overlap(when, entry.day.isoformat(), slack):
            return Verdict(None, f"repeat: {claim.status} was reported on {entry.day}", entry)
    return Verdict("new event", f"first report of an event {claim.status} on {when}", new_instance=bool(ledger.known))


def _meeting(ledger: Ledger, claim: Claim) -> Verdict:
    if claim.status == "occurred":
        verdict = _event(ledger, claim)
        last = ledger.last
        opens = last is not None and last.status == "occurred"
        return verdict if verdict.novelty is None else Verdict(verdict.novelty, verdict.reason, None, opens)
    last = ledger.last
    if last is None:
        return Verdict("first", f"nothing was known; now {claim.status}")
    if claim.status in OFF:
        return _turned_down(ledger, claim, last)
    if last.status == "occurred":
        if claim.event_date is not None and overlap(claim.event_date, last.event_day().isoformat(), SAME_EVENT_DAYS):
            return Verdict(None, f"repeat: the event of {last.event_day()} has occurred", last)
        if RANK[claim.status] <= 2 and claim.day - last.day <= timedelta(days=SAME_EVENT_DAYS):
            return Verdict(None, f"talk around the event of {last.event_day()}", last)
        return Verdict("new instance", f"another one {claim.status} after that of {last.event_day()}", None, True)
    if last.status in OFF:
        return _back(claim, last)
    return _further(ledger, claim)


def _turned_down(ledger: Ledger, claim: Claim, last: Known) -> Verdict:
    if last.status in OFF and claim.day - last.day <= timedelta(days=REPEAT_DAYS):
        return Verdict(None, f"repeat: {last.status} since {last.day}", last)
    if last.status == "occurred" and claim.day - last.day <= timedelta(days=SAME_EVENT_DAYS):
        return Verdict(None, f"talk around the event of {last.event_day()}", last)
    return Verdict("new status", f"was {last.status}, now {claim.status}", None, last.status == "occurred")


def _back(claim: Claim, last: Known) -> Verdict:
    if RANK[claim.status] <= 1 and claim.side is not None and claim.side in last.sides and claim.day == last.day:
        return Verdict(None, f"said together with {last.status}", last)
    return Verdict("new status", f"was {last.status}, now {claim.status}")


def _further(ledger: Ledger, claim: Claim) -> Verdict:
    """A plan beside plans: news when it goes further, or names another date, place or side."""
    entries = [entry for entry in _since_the_last_no(ledger) if not _is_stale(entry, claim.day)]
    if not entries:
        return Verdict("renewed", f"{claim.status}, {STALE_DAYS} days and more after anything was heard", None, True)
    highest = max(entries, key=lambda entry: RANK[entry.status])
    if RANK[claim.status] > RANK[highest.status]:
        return Verdict("new status", f"was {highest.status}, now {claim.status}")
    same = [entry for entry in entries if RANK[entry.status] >= RANK[claim.status]]
    latest = same[-1] if same else highest
    if claim.status == "scheduled" and claim.event_date is not None:
        dated = [entry for entry in entries if entry.event_date is not None and entry.status == "scheduled"]
        if not dated:
            return Verdict("new date", f"the date is now {claim.event_date}")
        known = dated[-1]
        assert known.event_date is not None
        if not overlap(known.event_date, claim.event_date, 1):
            return Verdict("new date", f"was {known.event_date}, now {claim.event_date}")
        if len(claim.event_date.split("/")[0]) > len(known.event_date.split("/")[0]):
            return Verdict("new date", f"was {known.event_date}, now {claim.event_date}")
    age = claim.day - latest.day
    if age > timedelta(days=REPEAT_DAYS) and RANK[claim.status] >= RANK[highest.status]:
        return Verdict("renewed", f"{claim.status} again, {age.days} days after {latest.day}")
    sides = {side for entry in same for side in entry.sides}
    if (
        claim.side is not None
        and sides
        and claim.side not in sides
        and RANK[claim.status] <= 2
        and RANK[highest.status] <= 2
    ):
        return Verdict("new side", f"{claim.side} says so for the first time")
    return Verdict(None, f"repeat: {latest.status} since {latest.day}", latest)


def _is_stale(entry: Known, today: date) -> bool:
    ahead = entry.event_date is not None and last_day(entry.event_date) >= today
    return not ahead and today - entry.last_heard() > timedelta(days=STALE_DAYS)


def _since_the_last_no(ledger: Ledger) -> list[Known]:
    """The plans of the current instance that no cancellation or refusal has overtaken."""
    entries: list[Known] = []
    for entry in ledger.open_entries():
        entries = [] if entry.status in OFF else [*entries, entry]
    return entries


def _policy(ledger: Ledger, claim: Claim) -> Verdict:
    last = ledger.last
    if (
        claim.event_date is not None
        and claim.status in ("in_force", "ended")
        and last_day(claim.event_date) < claim.day - timedelta(days=OLD_NEWS_DAYS)
    ):
        return Verdict(None, f"history: {claim.event_date}")
    if last is None:
        return Verdict("first", f"nothing was known; now {claim.status}")
    for entry in reversed(ledger.with_status(claim.status)):
        if claim.day - entry.day <= timedelta(days=12):
            return Verdict(None, f"repeat: {claim.status} since {entry.day}", entry)
        if (
            claim.event_date is not None
            and entry.event_date is not None
            and len(claim.event_date) >= 10
            and overlap(claim.event_date, entry.event_date, SAME_EVENT_DAYS)
        ):
            return Verdict(None, f"repeat: {claim.status} for {entry.event_date}", entry)
    recent = [entry for entry in ledger.known if claim.day - entry.day <= timedelta(days=3)]
    same_phase = [entry for entry in recent if PHASES[entry.status] == PHASES[claim.status]]
    if same_phase:
        return Verdict(None, f"repeat: {same_phase[-1].status} since {same_phase[-1].day}", same_phase[-1])
    return Verdict("new status", f"was {last.status}, now {claim.status}")


def _agreement(ledger: Ledger, claim: Claim) -> Verdict:
    last = ledger.last
    if last is None:
        return Verdict("first", f"nothing was known; now {claim.status}")
    if claim.status == last.status and claim.day - last.day <= timedelta(days=REPEAT_DAYS):
        return Verdict(None, f"repeat: {last.status} since {last.day}", last)
    behind = RANK.get(claim.status, 0) < RANK.get(last.status, 0) and claim.status in RANK
    if behind and claim.day - last.day <= timedelta(days=REPEAT_DAYS):
        return Verdict(None, f"behind what is known: {last.status} since {last.day}", last)
    return Verdict("new status", f"was {last.status}, now {claim.status}")
