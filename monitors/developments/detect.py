"""Detection on the archive: what an article changes, written in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from monitors.archive import developments, mentions, situations
from monitors.archive.connection import Archive
from monitors.archive.records import Article, Development, Evidence, Mention
from monitors.definition.kinds import Kind
from monitors.definition.model import Monitor
from monitors.developments.decider import Intent, decide, record
from monitors.developments.languages import load_pack
from monitors.developments.ledger import Ledger, dump, load
from monitors.developments.novelty import Verdict
from monitors.developments.sentences import split_sentences


def lead_end(text: str, language: str) -> int:
    """Where the lead, the first two sentences of `text`, ends."""
    pack = load_pack(language.split("-", maxsplit=1)[0])
    sentences = split_sentences(text, pack.abbreviations if pack is not None else frozenset(), 2)
    return sentences[-1].end if sentences else 0


def detect(
    archive: Archive, monitor: Monitor, article: Article, read: Iterable[Mention], now: datetime, *, baseline: bool
) -> list[Development]:
    """Store the mentions of a stored `article` and the developments that they make; the developments, with their ids.

    Belongs into one transaction with whatever follows from the developments. A `baseline` says how things stand and
    is news to nobody. Raises ArchiveError.
    """
    own = tuple(read)
    mentions.replace_mentions(archive, article.id, own)
    wanted = {mention.situation for mention in own if mention.status != "background"}
    if not wanted:
        return []
    ledgers = ledgers_of(archive, monitor, wanted)
    raised = []
    for intent in decide(ledgers, own, article, lead_end(article.text, article.language)):
        ledger = ledgers[intent.situation]
        development_id = 0
        if intent.entry is not None:
            development = developments.insert(archive, _development(monitor, article, intent, now, baseline=baseline))
            development_id = development.id
            raised.append(development)
        elif intent.verdict.repeats is not None and intent.verdict.repeats.development_id:
            _support(archive, intent.verdict.repeats.development_id, article, intent.mention)
        after = record(ledger, intent, development_id)
        if after is not ledger:
            _save(archive, monitor.id, after, now)
    return raised


def ledgers_of(archive: Archive, monitor: Monitor, wanted: Collection[str]) -> dict[str, Ledger]:
    """What is known of each of the `wanted` situations."""
    stored = situations.load_ledgers(archive, monitor.id)
    return {
        situation.id: ledger_of(stored.get(situation.id), situation.id, situation.kind)
        for situation in monitor.situations
        if situation.id in wanted
    }


def ledger_of(stored: str | None, situation: str, kind: Kind) -> Ledger:
    """The ledger as the archive keeps it; an empty one where it keeps none. Raises ValueError as `load` does."""
    if stored is None or stored == "{}":
        return Ledger(situation, kind)
    return load(stored, situation, kind)


def _save(archive: Archive, monitor: str, ledger: Ledger, now: datetime) -> None:
    last = ledger.last
    situations.save_ledger(
        archive,
        monitor,
        ledger.situation,
        status=last.status if last is not None else None,
        since=last.day.isoformat() if last is not None else None,
        next_date=ledger.next_date(now.date()),
        ledger=dump(ledger),
    )


def _development(monitor: Monitor, article: Article, intent: Intent, now: datetime, *, baseline: bool) -> Development:
    entry = intent.entry
    assert entry is not None
    return Development(
        monitor=monitor.id,
        situation=intent.situation,
        status=entry.status,
        previous_status=intent.previous_status,
        article_id=article.id,
        published=article.published,
        raised=now,
        novelty=intent.verdict.novelty or "",
        reason=reason_of(intent.verdict, intent.mention),
        event_date=entry.event_date,
        place=entry.place,
        tier="confirmed" if article.official else "reported",
        families=(article.family,),
        evidence=(evidence_of(article, intent.mention),),
        baseline=baseline,
    )


def reason_of(verdict: Verdict, mention: Mention) -> str:
    """Why a development was raised, for a reader: what is new, and the words that say so."""
    return f"{verdict.reason} ({mention.cue})"


def evidence_of(article: Article, mention: Mention) -> Evidence:
    """The evidence that a mention of a stored article is."""
    return Evidence(article.id, mention.sentence, mention.field, mention.start, mention.end)


def _support(archive: Archive, development_id: int, article: Article, mention: Mention) -> None:
    """Add a repeat as evidence. A copy of a text that was counted already adds no family."""
    families, tier = developments.standing(archive, development_id)
    if article.family not in families and not developments.has_copy_of(archive, development_id, article.id):
        families = (*families, article.family)
    if article.official:
        tier = "confirmed"
    elif tier == "reported" and len(families) > 1:
        tier = "corroborated"
    developments.add_evidence(archive, development_id, evidence_of(article, mention), families, tier)
