"""Every storing function of the archive by its name, with something to store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from monitors.archive import (
    alerts,
    articles,
    copies,
    developments,
    entries,
    feeds,
    health,
    held,
    index,
    marks,
    mentions,
    pages,
    retention,
    runs,
    silences,
    situations,
    troubles,
    unread,
)
from monitors.archive.connection import Archive
from monitors.archive.records import (
    Alert,
    Article,
    CopyLink,
    Delivery,
    Development,
    Evidence,
    FeedHealth,
    FeedState,
    Mark,
    Mention,
    Poll,
    SignatureRow,
    Silence,
)
from monitors.clock import from_iso

NOON = from_iso("2026-03-01T12:00:00Z")
LATER = NOON + timedelta(days=1)
FEED = "https://post.example/rss"
MODULES = (
    alerts,
    articles,
    copies,
    developments,
    entries,
    feeds,
    health,
    held,
    marks,
    mentions,
    index,
    pages,
    retention,
    runs,
    silences,
    situations,
    troubles,
    unread,
)
MENTION = Mention("port-talks", "scheduled", "certain", "Talks will be held.", "title", 0, 19)


def development(article_id: int, *evidence: Evidence) -> Development:
    return Development(
        monitor="harbour",
        situation="port-talks",
        status="scheduled",
        previous_status=None,
        article_id=article_id,
        published=NOON,
        raised=NOON,
        novelty="a date is set",
        reason="said by one family",
        evidence=evidence,
    )


def proven(article_id: int) -> Development:
    return development(article_id, Evidence(article_id, "Talks will be held.", "title", 0, 19))


def evidence(article_id: int) -> Evidence:
    return Evidence(article_id, "More.", "text", 0, 5)


STORING: dict[str, Callable[[Archive, Article], object]] = {
    "articles.insert": articles.insert,
    "articles.insert_many": lambda a, x: articles.insert_many(a, [(x, None)]),
    "articles.revise": lambda a, x: articles.revise(
        a, articles.get(a, 1), title="t", text="t", title_hash=None, replaced=NOON
    ),
    "alerts.insert_alert": lambda a, x: alerts.insert_alert(a, Alert("harbour", 2, NOON, "alert", "new")),
    "alerts.insert_deliveries": lambda a, x: alerts.insert_deliveries(a, [Delivery(1, "screen", "k2", "{}")]),
    "alerts.claim_due": lambda a, x: alerts.claim_due(a, "me", NOON, 5, 60),
    "alerts.claim_abandoned": lambda a, x: alerts.claim_abandoned(a, "me", NOON, 60),
    "alerts.give_back": lambda a, x: alerts.give_back(a, 1, "me", NOON, "later"),
    "alerts.mark_sent": lambda a, x: alerts.mark_sent(a, 1, "me", NOON),
    "alerts.mark_retry": lambda a, x: alerts.mark_retry(a, 1, "me", NOON, LATER, "later"),
    "alerts.mark_dead": lambda a, x: alerts.mark_dead(a, 1, "me", NOON, "never"),
    "copies.prune_postings": lambda a, x: copies.prune_postings(a, before=NOON, limit=5),
    "copies.store_signature": lambda a, x: copies.store_signature(a, 1, SignatureRow(1, 9, (1,), (2,))),
    "copies.store_signatures": lambda a, x: copies.store_signatures(a, {3: SignatureRow(1, 9, (1,), (2,))}),
    "copies.store_links": lambda a, x: copies.store_links(a, [CopyLink(2, 1, 1.0, 1.0)]),
    "copies.forget_links": lambda a, x: copies.forget_links(a, 1),
    "copies.set_groups": lambda a, x: copies.set_groups(a, {1: 1}),
    "copies.set_relation": lambda a, x: copies.set_relation(a, 1, "copy"),
    "copies.set_bridges": lambda a, x: copies.set_bridges(a, [1], bridge=True),
    "copies.set_updates": lambda a, x: copies.set_updates(a, {2: 1}),
    "copies.mark_boilerplate": lambda a, x: copies.mark_boilerplate(a, [7], NOON),
    "developments.insert": lambda a, x: developments.insert(a, proven(1)),
    "developments.add_evidence": lambda a, x: developments.add_evidence(a, 1, evidence(1), ("post",), "confirmed"),
    "entries.remember": lambda a, x: entries.remember(a, "harbour", FEED, [("k", "h", None, None)], NOON),
    "entries.rename_keys": lambda a, x: entries.rename_keys(a, "harbour", FEED, [("k", "other")]),
    "feeds.adopt_moved": lambda a, x: feeds.adopt_moved(a, "harbour", [f"{FEED}/new"]),
    "feeds.save_poll": lambda a, x: feeds.save_poll(
        a, Poll("harbour", FEED, NOON, "ok"), FeedState("harbour", FEED, baseline_done=True)
    ),
    "health.save_health": lambda a, x: health.save_health(a, FeedHealth("harbour", FEED, "gone")),
    "health.set_offline": lambda a, x: health.set_offline(a, "harbour", NOON),
    "held.hold": lambda a, x: held.hold(a, 1, "quiet", LATER, "quiet hours"),
    "held.let_go": lambda a, x: held.let_go(a, 1, "{}", NOON),
    "held.mute": lambda a, x: held.mute(a, 1, "silenced"),
    "held.merge": lambda a, x: held.merge(a, 1, 1, "together"),
    "held.settle_alerts": lambda a, x: held.settle_alerts(a, "harbour", [1]),
    "held.decide_again": lambda a, x: held.decide_again(a, 1, "alert", "new", "normal", "confirmed"),
    "held.give_up": lambda a, x: held.give_up(a, 1, "withdrawn"),
    "marks.add": lambda a, x: marks.add(a, Mark(1, "wrong", "ada", "it was history", NOON)),
    "mentions.replace_mentions": lambda a, x: mentions.replace_mentions(a, 1, [MENTION]),
    "index.mend_index": lambda a, x: index.mend_index(a.connection, a.writing),
    "pages.expect": lambda a, x: pages.expect(a, "harbour", [FEED], NOON),
    "pages.expect_again": lambda a, x: pages.expect_again(a, 1, "s", NOON),
    "pages.save": lambda a, x: pages.save(a, pages.Page(1, "read", False, "s")),
    "pages.complete": lambda a, x: pages.complete(a, 1, "text"),
    "retention.drop_texts": lambda a, x: retention.drop_texts(a, "harbour", before=LATER, now=LATER),
    "retention.tidy": lambda a, x: retention.tidy(a),
    "runs.start": lambda a, x: runs.start(a, "harbour", NOON),
    "runs.finish": lambda a, x: runs.finish(a, 1, NOON, "ok", {"new": 1}),
    "silences.add": lambda a, x: silences.add(a, Silence("harbour", "all", "ada", "known", NOON, LATER)),
    "silences.end": lambda a, x: silences.end(a, 1, NOON),
    "situations.save_ledger": lambda a, x: situations.save_ledger(
        a, "harbour", "port-talks", status="scheduled", since=None, next_date=None, ledger="{}"
    ),
    "troubles.save": lambda a, x: troubles.save(a, troubles.Trouble("harbour", "disk", "disk-full", NOON, NOON)),
    "unread.enqueue": lambda a, x: unread.enqueue(a, [1], baseline=False),
    "unread.done": lambda a, x: unread.done(a, 1),
}
"""Each function of the archive that stores something; called with an archive that `fill` filled, and a new article."""


def fill(archive: Archive, stored: Iterable[Article]) -> None:
    """Store three articles, of which nothing rests on the last, and a row of everything that storing functions need."""
    for article in stored:
        articles.insert(archive, article)
    developments.insert(archive, proven(1))
    developments.insert(archive, proven(2))
    alerts.insert_alert(archive, Alert("harbour", 1, NOON, "alert", "new"))
    alerts.insert_deliveries(archive, [Delivery(1, "screen", "k1", "{}")])
    runs.start(archive, "harbour", NOON)
    moved = FeedState("harbour", f"{FEED}/old", moved_to=f"{FEED}/new")
    feeds.save_poll(archive, Poll("harbour", moved.url, NOON, "ok"), moved)
    copies.store_signature(archive, 2, SignatureRow(1, 9, (1,), (2,)))
