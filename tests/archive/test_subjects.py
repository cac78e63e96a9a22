"""What is stored comes back as it was: feeds, entries, articles, mentions, situations, developments, runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.archive import articles, copies, developments, entries, feeds, mentions, runs, situations
from monitors.archive.connection import Archive
from monitors.archive.records import Article, Development, Evidence, FeedState, Mention, Poll
from monitors.errors import ArchiveError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://post.example/rss"
Making = Callable[..., Article]


def test_an_unknown_feed_has_a_fresh_state(archive: Archive) -> None:
    assert feeds.load_states(archive, "harbour", [FEED]) == {FEED: FeedState("harbour", FEED)}


def test_the_state_of_a_feed_comes_back_and_each_poll_is_kept(archive: Archive) -> None:
    state = FeedState(
        "harbour", FEED, '"e1"', "Sun, 01 Mar 2026 12:00:00 GMT", "h", NOON, NOON, NOON + timedelta(hours=1), 0.5, True
    )
    feeds.save_poll(archive, Poll("harbour", FEED, NOON, "ok", 200, 900, 0.2, 3, 3), state)
    later = replace(state, last_polled=NOON + timedelta(hours=1), failure_score=1.0)
    feeds.save_poll(archive, Poll("harbour", FEED, NOON, "timeout", detail="20 s"), later)
    assert feeds.load_states(archive, "harbour", [FEED]) == {FEED: later}
    (row,) = feeds.list_feeds(archive, "harbour")
    assert (row["outcome"], row["detail"], row["polls"], row["baseline_done"]) == ("timeout", "20 s", 2, True)
    assert json.loads(json.dumps(row)) == row
    assert feeds.list_feeds(archive, "airport") == []


def test_entries_are_known_by_feed_and_key(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making())
    entries.remember(archive, "harbour", FEED, [("k1", "h1", "u", article_id), ("k2", "h2", None, None)], NOON)
    entries.remember(archive, "harbour", FEED, [("k1", "h9", "u", None)], NOON + timedelta(hours=1))
    assert entries.known(archive, "harbour", FEED, ["k1", "k2", "k3"]) == {"k1": "h9", "k2": "h2"}
    assert entries.known(archive, "harbour", "https://other.example/rss", ["k1"]) == {}
    (row,) = archive.rows("select * from entries where key = 'k1'")
    assert (row["article_id"], row["first_seen"], row["last_seen"]) == (
        article_id, "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z",
    )  # fmt: skip


def test_an_article_comes_back_whole(archive: Archive, making: Making) -> None:
    new = making(text="한 줄\nsecond", official=True, date_confidence="clamped", feed_url=FEED)
    article_id = articles.insert(archive, new)
    assert articles.get(archive, article_id) == replace(new, id=article_id)
    url = new.canonical_url
    assert articles.by_canonical_urls(archive, "harbour", [url, "other"]) == {url: replace(new, id=article_id)}
    assert articles.by_canonical_urls(archive, "airport", [url]) == {}
    with pytest.raises(ArchiveError, match="no article 99"):
        articles.get(archive, 99)
    with pytest.raises(ArchiveError, match="does not fit"):
        articles.insert(archive, new)


def test_a_revision_keeps_what_it_replaced(archive: Archive, making: Making) -> None:
    old = replace(making(), id=articles.insert(archive, making()))
    articles.revise(archive, old, title="New", text="New text", title_hash=None, replaced=NOON + timedelta(hours=2))
    assert (articles.get(archive, old.id).title, articles.get(archive, old.id).text) == ("New", "New text")
    (kept,) = articles.revisions(archive, old.id)
    assert (kept.title, kept.text, kept.replaced) == (old.title, old.text, NOON + timedelta(hours=2))


def test_families_count_a_copy_group_once_by_its_first_article(archive: Archive, making: Making) -> None:
    wire = articles.insert(archive, making("wire", family="agency", publisher="Agency"))
    copy = articles.insert(archive, making("copy", family="post", published=NOON + timedelta(hours=1)))
    own = articles.insert(archive, making("own", family="herald", published=NOON + timedelta(hours=2)))
    archive.change("update articles set group_id = ? where id = ?", [wire, copy])
    assert articles.families(archive, [own, copy, wire]) == ("agency", "herald")
    assert articles.families(archive, [copy]) == ("post",)
    assert articles.group_members(archive, wire) == [wire, copy]


def test_articles_are_listed_by_arrival_and_paged_by_id(archive: Archive, making: Making) -> None:
    ids = [articles.insert(archive, making(str(number))) for number in range(5)]
    first = articles.listing(archive, "harbour", limit=2)
    assert [row["id"] for row in first] == [ids[4], ids[3]]
    assert [row["id"] for row in articles.listing(archive, limit=9, before=ids[3])] == ids[2::-1]
    assert json.loads(json.dumps(first)) == first


def test_mentions_replace_those_stored_before(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making())
    one = Mention(
        "port-talks",
        "scheduled",
        "certain",
        "Talks on Thursday.",
        "text",
        3,
        21,
        "2026-03-05",
        "Oslo",
        "the port",
        True,
        "will",
    )
    two = replace(one, situation="strike", event_date=None, official=False)
    mentions.replace_mentions(archive, article_id, [one])
    mentions.replace_mentions(archive, article_id, [two, one])
    assert mentions.mentions_of(archive, article_id) == (two, one)


def make_development(article_id: int, **values: Any) -> Development:
    base = Development(
        "harbour", "port-talks", "scheduled", "mooted", article_id, NOON, NOON, "a date", "one family",
        "2026-03-05", "Oslo", "reported", ("post",), (Evidence(article_id, "Talks.", "title", 0, 6),),
    )  # fmt: skip
    return replace(base, **values)


def test_a_development_comes_back_with_its_evidence(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making())
    stored = developments.insert(archive, make_development(article_id))
    assert stored.id > 0
    assert developments.get(archive, stored.id) == stored
    more = Evidence(article_id, "More.", "text", 7, 12)
    for _ in range(2):
        developments.add_evidence(archive, stored.id, more, ("post", "herald"), "confirmed")
    after = developments.get(archive, stored.id)
    assert after.evidence == (*stored.evidence, more)
    assert (after.families, after.tier) == (("post", "herald"), "confirmed")


def test_a_copy_of_what_supports_a_development_is_known_as_one(archive: Archive, making: Making) -> None:
    first, copy, other = (articles.insert(archive, making(str(n))) for n in range(3))
    stored = developments.insert(archive, make_development(first))
    copies.set_groups(archive, {first: first, copy: first, other: other})
    assert developments.standing(archive, stored.id) == (("post",), "reported")
    assert developments.has_copy_of(archive, stored.id, copy)
    assert not developments.has_copy_of(archive, stored.id, first)
    assert not developments.has_copy_of(archive, stored.id, other)
    with pytest.raises(ArchiveError, match="no development 99"):
        developments.standing(archive, 99)


def test_developments_are_listed_newest_first_with_filters(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making())
    old = developments.insert(archive, make_development(article_id, published=NOON - timedelta(days=2), baseline=True))
    new = developments.insert(archive, make_development(article_id, situation="strike", status="occurred"))
    rows = developments.listing(archive)
    assert [row["id"] for row in rows] == [new.id, old.id]
    assert json.loads(json.dumps(rows)) == rows
    assert {
        "situation",
        "status",
        "title",
        "publisher",
        "url",
        "published",
        "event_date",
        "place",
        "tier",
        "families",
        "novelty",
        "reason",
        "baseline",
    } <= set(rows[0])
    assert [r["id"] for r in developments.listing(archive, "harbour", situation="strike")] == [new.id]
    assert [r["id"] for r in developments.listing(archive, status="scheduled")] == [old.id]
    assert [r["id"] for r in developments.listing(archive, since="2026-03-01")] == [new.id]
    assert [r["id"] for r in developments.listing(archive, baseline=False)] == [new.id]
    assert [r["id"] for r in developments.listing(archive, ids={old.id})] == [old.id]
    assert developments.listing(archive, ids=()) == []
    assert developments.listing(archive, "airport") == []
    assert len(developments.listing(archive, limit=1)) == 1


def test_ledgers_are_kept_and_situations_listed_with_their_last_development(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making())
    developments.insert(archive, make_development(article_id))
    situations.save_ledger(
        archive,
        "harbour",
        "port-talks",
        status="scheduled",
        since="2026-03-01",
        next_date="2026-03-05",
        ledger='{"n": 1}',
    )
    assert situations.load_ledgers(archive, "harbour") == {"port-talks": '{"n": 1}'}
    assert situations.load_ledgers(archive, "airport") == {}
    (row,) = situations.listing(archive)
    assert (row["situation"], row["status"], row["next_date"], row["developments"]) == (
        "port-talks", "scheduled", "2026-03-05", 1,
    )  # fmt: skip
    assert row["development_title"] == "Port talks set for Thursday"


def test_a_run_is_recorded_with_its_counts(archive: Archive) -> None:
    run = runs.start(archive, "harbour", NOON)
    assert runs.listing(archive)[0]["outcome"] == "running"
    runs.finish(archive, run.id, NOON + timedelta(seconds=9), "ok", {"feeds": 3, "new": 2})
    runs.start(archive, "harbour", NOON + timedelta(hours=1))
    rows = runs.listing(archive, "harbour")
    assert [row["outcome"] for row in rows] == ["running", "ok"]
    assert rows[1]["counts"] == {"feeds": 3, "new": 2}
    assert rows[1]["finished"] == "2026-03-01T12:00:09Z"


def test_half_a_surrogate_pair_is_stored_as_the_replacement_character(archive: Archive, making: Making) -> None:
    article_id = articles.insert(archive, making(title="Port \ud83d talks", text="\ud83d\ude00"))
    stored = articles.get(archive, article_id)
    assert (stored.title, stored.text) == ("Port \ufffd talks", "\U0001f600")
    entries.remember(archive, "harbour", FEED, [("k\ud800", "h", None, None), ("k2", "h", None, None)], NOON)
    assert archive.values("select count(*) from entries") == [(2,)]


@pytest.mark.parametrize("function", ["same_titles", "candidates", "postings", "links_of", "groups_of", "signatures"])
def test_looking_for_copies_never_reads_the_whole_archive(archive: Archive, function: str) -> None:
    calls: dict[str, Callable[[Archive], object]] = {
        "same_titles": lambda a: copies.same_titles(a, "harbour", [1], NOON, NOON),
        "candidates": lambda a: copies.candidates(a, "harbour", [1], version=1),
        "postings": lambda a: copies.postings(a, [1]),
        "links_of": lambda a: copies.links_of(a, [1]),
        "groups_of": lambda a: copies.groups_of(a, [1]),
        "signatures": lambda a: copies.signatures(a, [1]),
    }
    asked: list[str] = []
    archive.connection.set_trace_callback(asked.append)
    calls[function](archive)
    archive.connection.set_trace_callback(None)
    plan = [row[3] for sql in asked for row in archive.values(f"explain query plan {sql}")]
    assert any(step.startswith("SEARCH") for step in plan)
    assert not [step for step in plan if "(monitor=?)" in step or (step.startswith("SCAN") and "json_each" not in step)]
