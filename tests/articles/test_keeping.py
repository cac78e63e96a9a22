"""Keeping: once, with revisions, in the group of its copies, whatever the order of arrival."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stories
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.archive import articles, copies
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article
from monitors.articles.grouping import BOILERPLATE_FLOOR
from monitors.articles.keep import Kept, keep, keep_all
from monitors.articles.urls import canonical_url
from monitors.clock import from_iso

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "eval" / "dev"


def make(path: str, title: str, text: str, *, family: str | None = None, published: datetime = NOON) -> Article:
    return Article(
        monitor="harbour",
        url=f"https://post.example/{path}?utm_source=rss",
        canonical_url=canonical_url(f"https://post.example/{path}"),
        title=title,
        text=text,
        language="en",
        publisher=family or path,
        family=family or path,
        published=published,
        discovered=published,
    )


@pytest.fixture
def archive() -> Iterator[Archive]:
    with open_archive(":memory:") as opened:
        yield opened


def grouping(archive: Archive) -> set[frozenset[str]]:
    """The copy groups as sets of publishers, which differ in every article here."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in archive.rows("select group_id, publisher from articles_readable"):
        found[row["group_id"]].add(row["publisher"])
    return {frozenset(group) for group in found.values()}


def keep_each(archive: Archive, new: Iterable[Article]) -> list[Kept]:
    with archive.writing():
        return [keep(archive, article) for article in new]


def test_an_article_offered_twice_is_kept_once(archive: Archive) -> None:
    first = keep(archive, make("a", "Port talks set for Thursday", stories.story(1)))
    again = keep(archive, make("a", "Port talks set for Thursday", stories.story(1)))
    assert (first.outcome, again.outcome) == ("new", "seen")
    assert again == replace(first, outcome="seen")
    assert articles.count(archive) == 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("PORT TALKS set for Thursday!", None),
        ("Port talks set for Thursday - Harbour Post", None),
        ("Port talks set for Thursday", ""),
        ("Port talks set for Thursday", "first sentences"),
        ("", None),
        ("Port talks set for Thu…", None),
    ],
)
def test_less_of_the_same_is_no_revision(archive: Archive, title: str, text: str | None) -> None:
    whole = stories.story(1)
    keep(archive, make("a", "Port talks set for Thursday", whole))
    offered = {None: whole, "": "", "first sentences": whole[:200] + "…"}[text]
    kept = keep(archive, make("a", title, offered))
    assert kept.outcome == "seen"
    assert kept.article.text == whole
    assert articles.revisions(archive, kept.article.id) == []


@pytest.mark.parametrize(
    ("title", "change"), [("Port talks may be held on Thursday", False), ("Port talks set for Thursday", True)]
)
def test_a_changed_title_or_text_is_a_revision_and_the_old_one_is_kept(
    archive: Archive, title: str, change: bool
) -> None:
    old = keep(archive, make("a", "Port talks set for Thursday", "The port will meet the dockers on Thursday.")).article
    text = "The port may meet the dockers on Thursday." if change else old.text
    kept = keep(archive, make("a", title, text, published=NOON + timedelta(hours=1)))
    assert kept.outcome == "revised"
    assert (kept.article.id, kept.article.title, kept.article.text) == (old.id, title, text)
    assert kept.article.published == old.published
    assert articles.get(archive, old.id) == kept.article
    (revision,) = articles.revisions(archive, old.id)
    assert (revision.title, revision.text, revision.replaced) == (old.title, old.text, NOON + timedelta(hours=1))


def test_the_full_text_after_a_summary_is_a_revision_that_finds_its_copies(archive: Archive) -> None:
    keep(archive, make("a", "Port talks set for Thursday", ""))
    keep(archive, make("b", "Dockers and port agree to meet", stories.story(1)))
    kept = keep(archive, make("a", "Port talks set for Thursday", stories.story(1)))
    assert (kept.outcome, kept.relation) == ("revised", "copy")
    assert grouping(archive) == {frozenset("ab")}


def test_a_text_that_was_replaced_leaves_its_group(archive: Archive) -> None:
    for name in "abc":
        keep(archive, make(name, f"Headline number {name} of the day", stories.story(1)))
    kept = keep(archive, make("a", "Something else altogether happened here", stories.story(2)))
    assert kept.relation == "original"
    assert grouping(archive) == {frozenset("a"), frozenset("bc")}


@pytest.mark.parametrize("version", stories.versions(1))
def test_what_newsrooms_do_to_a_text_leaves_it_in_one_group(archive: Archive, version: str) -> None:
    keep(archive, make("agency", "Port talks set for Thursday", stories.story(1)))
    keep(archive, make("other", "Cranes fail in the storm again", stories.story(2)))
    kept = keep(archive, make("post", "A headline of our own making", stories.versions(1)[version]))
    expected = {"half": "excerpt", "two sentences": "excerpt", "extended": "edited", "edited": "edited"}
    assert kept.relation in {expected.get(version, "copy"), "copy"}
    assert grouping(archive) == {frozenset({"agency", "post"}), frozenset({"other"})}


CUT_TEXTS = json.loads(Path(__file__).with_name("cut_texts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "cut"), [(row["text"], row["cut"]) for row in CUT_TEXTS])
def test_korean_japanese_and_chinese_copies_are_found(archive: Archive, text: str, cut: int) -> None:
    keep(archive, make("agency", "첫째 제목은 이렇게 되어 있다", text))
    keep(archive, make("post", "둘째 제목은 다르게 되어 있다", text[:cut]))
    keep(archive, make("other", "셋째 제목도 다르게 되어 있다", text[::-1]))
    assert grouping(archive) == {frozenset({"agency", "post"}), frozenset({"other"})}


def test_bare_headlines_are_copies_within_two_days_only(archive: Archive) -> None:
    title = "Dockers reject offer of port talks"
    keep_each(
        archive,
        [
            make("a", title, ""),
            make("b", f"UPDATE 1-{title} - Harbour Post", "", published=NOON + timedelta(hours=40)),
            make("c", title, "", published=NOON + timedelta(days=9)),
            make("d", "Dockers reject offer of rail talks", ""),
        ],
    )
    assert grouping(archive) == {frozenset("ab"), frozenset("c"), frozenset("d")}


def test_the_same_headline_over_two_texts_joins_nothing(archive: Archive) -> None:
    title = "North coast ports close again"
    keep_each(archive, [make("a", title, stories.story(1)), make("b", title, stories.story(2)), make("c", title, "")])
    assert grouping(archive) == {frozenset("a"), frozenset("b"), frozenset("c")}


def test_old_copies_are_another_story(archive: Archive) -> None:
    keep(archive, make("a", "Port talks set for Thursday", stories.story(1)))
    kept = keep(archive, make("b", "Port talks one year on", stories.story(1), published=NOON + timedelta(days=40)))
    assert kept.relation == "original"


def test_copies_belong_to_one_monitor(archive: Archive) -> None:
    keep(archive, make("a", "Port talks set for Thursday", stories.story(1)))
    kept = keep(archive, replace(make("b", "Port talks set for Thursday", stories.story(1)), monitor="airport"))
    assert kept.relation == "original"


def test_a_sentence_that_many_texts_carry_ties_nothing_together(archive: Archive) -> None:
    shared = stories.story(99, 2)
    count = BOILERPLATE_FLOOR + 10
    for number in range(count):
        keep(
            archive, make(f"p{number}", f"Headline {number} of the harbour day", f"{shared} {stories.story(number, 2)}")
        )
    late = keep_each(
        archive,
        [
            make(f"q{number}", f"Headline {number} of the evening hour", f"{shared} {stories.story(500 + number, 2)}")
            for number in range(5)
        ],
    )
    assert {kept.relation for kept in late} == {"original"}
    copy = keep(archive, make("copy", "Evening headline once more today", f"{shared} {stories.story(502, 2)}"))
    assert copy.group_id == late[2].group_id


def test_who_holds_boilerplate_is_not_asked(archive: Archive) -> None:
    """Every article of a publisher holds it, so that each batch would read them all."""
    shared = stories.story(900, 4)
    for number in range(2 * BOILERPLATE_FLOOR + 5):
        text = f"{stories.story(600 + number)} {shared}"
        keep(archive, make(f"p{number}", f"Headline {number} of the harbour day", text))
    known = {row[0] for row in archive.values("select hash from boilerplate")}
    asked: list[str] = []
    archive.connection.set_trace_callback(lambda sql: asked.append(sql) if "join fingerprints" in sql else None)
    keep(archive, make("late", "A late headline of the harbour day", f"{stories.story(700)} {shared}"))
    archive.connection.set_trace_callback(None)
    assert known
    assert asked
    assert [h for h in known for sql in asked if str(h) in sql] == []


def test_a_text_that_everybody_prints_is_no_boilerplate(archive: Archive) -> None:
    count = 2 * BOILERPLATE_FLOOR + 5
    kept = [keep(archive, make(f"p{n}", f"Headline {n} of the harbour day", stories.story(1))) for n in range(count)]
    assert {one.group_id for one in kept} == {kept[0].article.id}
    assert archive.values("select count(*) from boilerplate") == [(0,)]


ROUND_UP = f"{stories.story(1)} {stories.story(2)} {stories.story(3)}"
STREAM = [
    *(make(f"one {name}", f"Headline one {name} of today", text) for name, text in stories.versions(1).items()),
    *(make(f"two {n}", f"Headline two {n} of today", text) for n, text in list(stories.versions(2).items())[:3]),
    make("round-up", "The week at the harbour in brief", ROUND_UP),
    make("headline", "Headline two half of today", ""),
    make("alone", "Cranes fail in the storm again", stories.story(7)),
]


def test_a_round_up_is_alone_and_so_an_original(archive: Archive) -> None:
    kept = {one.article.publisher: one for one in keep_each(archive, STREAM)}
    assert keep(archive, kept["round-up"].article).relation == "original"
    assert kept["one half"].relation == "excerpt"


def test_a_round_up_does_not_merge_the_groups_it_draws_on(archive: Archive) -> None:
    keep_each(archive, STREAM)
    assert grouping(archive) == {
        frozenset(f"one {name}" for name in stories.versions(1)),
        frozenset({"two whole", "two half", "two two sentences", "headline"}),
        frozenset({"round-up"}),
        frozenset({"alone"}),
    }


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(STREAM))), st.lists(st.integers(0, len(STREAM) - 1), max_size=4))
def test_groups_do_not_depend_on_the_order_of_arrival_and_repeats_change_nothing(
    order: list[int], again: list[int]
) -> None:
    with open_archive(":memory:") as archive, open_archive(":memory:") as reference:
        keep_each(reference, STREAM)
        keep_each(archive, [STREAM[n] for n in order])
        before = list(archive.db.iterdump())
        assert {kept.outcome for kept in keep_each(archive, [STREAM[n] for n in again])} <= {"seen"}
        assert list(archive.db.iterdump()) == before
        assert grouping(archive) == grouping(reference)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(STREAM))), st.sets(st.integers(1, len(STREAM) - 1)))
def test_articles_kept_together_fare_as_if_they_came_one_after_the_other(order: list[int], cuts: set[int]) -> None:
    stream = [STREAM[n] for n in order]
    with open_archive(":memory:") as together, open_archive(":memory:") as reference:
        each = keep_each(reference, stream)
        borders = [0, *sorted(cuts), len(stream)]
        batched = [kept for a, b in itertools.pairwise(borders) for kept in keep_all(together, stream[a:b])]
        assert [kept.outcome for kept in batched] == [kept.outcome for kept in each]
        assert grouping(together) == grouping(reference)
        assert together.rows("select * from copy_links order by 1, 2") == reference.rows(
            "select * from copy_links order by 1, 2"
        )
        assert together.rows("select * from fingerprints") == reference.rows("select * from fingerprints")


def test_one_address_twice_in_a_batch_is_one_article_and_its_revision(archive: Archive) -> None:
    first, second = keep_all(
        archive, [make("a", "Port talks set for Thursday", ""), make("a", "Port talks may be held on Thursday", "")]
    )
    assert (first.outcome, second.outcome, first.article.id) == ("new", "revised", second.article.id)


def test_links_and_postings_are_in_step_with_the_articles(archive: Archive) -> None:
    keep_each(archive, STREAM)
    keep(archive, replace(STREAM[0], text=stories.story(42), title="Quite another thing happened now"))
    for article_id, signed in copies.signatures(archive, range(1, len(STREAM) + 1)).items():
        posted = {h for (h,) in archive.values("select hash from fingerprints where article_id = ?", [article_id])}
        assert posted == copies.posted(signed)
        assert len(posted) < len({*signed.head, *signed.body})
    assert archive.values("pragma foreign_key_check") == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled stream is not part of this repository")
def test_copies_of_the_labelled_stream_are_found(archive: Archive) -> None:
    ids: dict[int, str] = {}
    for line in (SHARED / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        doc = json.loads(line)
        when = from_iso(doc["published"])
        article = Article(
            "m",
            doc["url"],
            canonical_url(doc["url"]),
            doc["title"],
            doc["text"],
            doc["lang"],
            doc["source"],
            doc["source"],
            when,
            when,
        )
        ids[keep(archive, article).article.id] = doc["id"]
    found: dict[int, list[str]] = defaultdict(list)
    for article_id, group in archive.values("select id, group_id from articles"):
        found[group].append(ids[article_id])
    ours, true = pairs(found.values()), pairs(json.loads((SHARED / "duplicates.json").read_text(encoding="utf-8")))
    right = len(ours & true)
    assert 2 * right / (len(ours) + len(true)) >= 0.95


def pairs(groups: Iterable[list[str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for group in groups for pair in itertools.combinations(group, 2)}


def test_a_headline_with_half_a_surrogate_pair_is_kept_once(archive: Archive) -> None:
    first = keep(archive, make("a", "Port \ud83d talks set for Thursday", "Talks \udc00 on Thursday at the port."))
    assert keep(
        archive, make("a", "Port \ud83d talks set for Thursday", "Talks \udc00 on Thursday at the port.")
    ) == replace(first, outcome="seen", article=articles.get(archive, first.article.id))
