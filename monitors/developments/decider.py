"""The decider: ledgers and an article's mentions go in, ledgers and intents come out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitors.archive.records import Article, Mention
from monitors.developments.event_dates import first_day, is_fresh, names_a_day
from monitors.developments.ledger import Known, Ledger
from monitors.developments.mentions import BACKWARD
from monitors.developments.novelty import Claim, Verdict, judge

TITLE_WEIGHT = 2.0
LEAD_WEIGHT = 1.5
BODY_WEIGHT = 0.5
RAISE_WEIGHT = 1.5
"""An article whose sentences for a status weigh less than this supports what is known but raises nothing."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be done about one situation after one article.

    `raises` is None for a repeat, which only adds evidence to `repeats`. `entry` is the new ledger entry, without its
    development's id.
    """

    situation: str
    mention: Mention
    verdict: Verdict
    entry: Known | None = None
    previous_status: str | None = None
    day: date = date.min


def decide(
    ledgers: Mapping[str, Ledger], mentions: Iterable[Mention], article: Article, lead_end: int
) -> tuple[Intent, ...]:
    """The intents of `article`, at most one a situation, in the order of the mentions.

    `lead_end` is the offset in the text where its lead (the first two sentences) ends.
    """
    by_situation: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_situation[mention.situation].append(mention)
    intents = []
    for situation, own in by_situation.items():
        chosen = weigh(own, lead_end, article.published.date())
        if chosen is None:
            continue
        mention, claim = chosen
        ledger = ledgers[situation]
        verdict = judge(ledger, claim)
        if verdict.novelty is None:
            intents.append(Intent(situation, mention, verdict, day=claim.day))
            continue
        if claim.weight < RAISE_WEIGHT:
            passing = Verdict(None, f"only in passing: {verdict.reason}")
            intents.append(Intent(situation, mention, passing, day=claim.day))
            continue
        instance = ledger.instance + (1 if verdict.new_instance else 0)
        entry = Known(
            status=claim.status,
            day=claim.day,
            instance=instance,
            event_date=claim.event_date,
            place=claim.place,
            sides=(claim.side,) if claim.side else (),
        )
        previous = ledger.last.status if ledger.last is not None else None
        intents.append(Intent(situation, mention, verdict, entry, previous, claim.day))
    return tuple(intents)


def weigh(mentions: list[Mention], lead_end: int, day: date) -> tuple[Mention, Claim] | None:
    """The status that the sentences of an article speak for, with the mention that says so best."""
    weights: dict[str, float] = defaultdict(float)
    heaviest: dict[str, float] = defaultdict(float)
    best: dict[str, Mention] = {}
    for mention in mentions:
        if mention.status == "background":
            continue
        weight = _weight(mention, lead_end, day)
        weights[mention.status] += weight
        heaviest[mention.status] = max(heaviest[mention.status], weight)
        current = best.get(mention.status)
        if current is None or (
            (mention.event_date or "") > (current.event_date or "") and current.field == mention.field
        ):
            best[mention.status] = mention
    if not weights:
        return None
    status = max(weights, key=lambda name: weights[name])
    mention = best[status]
    dates = [m.event_date for m in mentions if m.status == status and m.event_date is not None]
    places = [m.place for m in mentions if m.status == status and m.place is not None]
    claim = Claim(
        status=status,
        day=day,
        event_date=max(dates, key=len, default=None),
        place=places[0] if places else None,
        side=mention.side,
        weight=heaviest[status],
    )
    return mention, claim


def _weight(mention: Mention, lead_end: int, day: date) -> float:
    if mention.field == "title":
        return TITLE_WEIGHT
    return LEAD_WEIGHT if mention.start < lead_end or _is_definite(mention, day) else BODY_WEIGHT


def _is_definite(mention: Mention, day: date) -> bool:
    """Whether a sentence names the very day of a meeting to come, or of a change just past: news wherever it stands."""
    when = mention.event_date
    if mention.status == "scheduled":
        return when is not None and names_a_day(when) and first_day(when) > day
    return mention.status in (*BACKWARD, "suspended") and is_fresh(when, day)


def record(ledger: Ledger, intent: Intent, development_id: int) -> Ledger:
    """The ledger after `intent` was carried out as development `development_id`, or after a repeat."""
    if intent.entry is not None:
        return ledger.add(replace(intent.entry, development_id=development_id))
    repeats = intent.verdict.repeats
    if repeats is None:
        return ledger
    side = intent.mention.side
    is_new_side = side is not None and side not in repeats.sides and repeats.status == intent.mention.status
    sides = (*repeats.sides, side) if is_new_side and side is not None else repeats.sides
    return ledger.refine(repeats, replace(repeats, sides=sides, last_said=max(repeats.last_heard(), intent.day)))
