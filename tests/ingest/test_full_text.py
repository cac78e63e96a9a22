"""Pages behind articles: read after everything that title and summary say was told, once, and never at a price."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from page_site import LINES, NOW, SUMMARY, Desk, Site, article_page, publishing, watching

from monitors.archive import articles, unread
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Article
from monitors.archive.search import search
from monitors.articles.keep import keep
from monitors.ingest.read_pages import MOST_ATTEMPTS, expect_pages, read_due_pages

TWINS = Path(__file__).parents[1] / "articles" / "pages"


@pytest.fixture
def site() -> Iterator[Site]:
    with publishing() as running:
        yield running


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    """A desk whose feed was polled once with nothing on topic, so that what comes next is news."""
    site.items.append("<item><title>Rain</title><link>https://post.example/rain</link></item>")
    made = Desk(watching(site), tmp_path / "desk.db")
    made.run()
    made.now += timedelta(hours=1)
    return made


class Told(io.StringIO):
    """A terminal that notes when something was first written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.at: float | None = None

    def write(self, text: str) -> int:
        if text.strip() and self.at is None:
            self.at = time.monotonic()
        return super().write(text)


def test_alert_of_title_and_summary_is_told_before_a_slow_page_is_read(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    site.pages["talks"] = (200, article_page())
    site.hold = 2.0
    told = Told()
    desk.stream = told
    summary = desk.run()
    ended = time.monotonic()
    asked = next(moment for path, moment in site.asked if path == "/talks")
    assert told.at is not None
    assert told.at < asked
    assert ended - told.at >= 2.0
    assert (summary.alerts, summary.delivered, summary.pages_read, summary.pages_failed) == (1, 1, 1, 0)
    assert desk.article("talks").text == "\n".join(LINES)


def test_text_of_the_page_is_read_searched_and_no_revision(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith and Bo Jones", "Ada Smith and Bo Jones are old rivals.")
    site.pages["talks"] = (200, article_page())
    summary = desk.run()
    assert (summary.alerts, summary.pages_read) == (1, 1), "what only the page says is news too"
    page = desk.page("talks")
    assert (page.outcome, page.summary, page.http_status) == ("read", "Ada Smith and Bo Jones are old rivals.", 200)
    assert (page.attempts, page.next_try, page.tried) == (1, None, desk.now)
    with open_archive(desk.path) as archive:
        article = desk.article("talks")
        assert articles.revisions(archive, article.id) == []
        assert len(search(archive, "stairs")) == 1
        assert unread.waiting(archive, "harbour") == []
        assert archive.values("select length from signatures where article_id = ?", [article.id])[0][0] > 30
        offsets = archive.values("select sentence, start, \"end\" from evidence where field = 'text'")
    assert offsets
    assert [article.text[start:end] for _, start, end in offsets] == [sentence for sentence, _, _ in offsets]


def test_evidence_out_of_the_summary_is_found_in_the_text(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith and Bo Jones")
    site.pages["talks"] = (200, article_page("The fog came first, as it does in March.", SUMMARY, *LINES[1:]))
    assert desk.run().alerts == 1
    text = desk.article("talks").text
    with open_archive(desk.path) as archive:
        ((sentence, start, end),) = archive.values("select sentence, start, \"end\" from evidence where field = 'text'")
    assert start > 0
    assert text[start:end] == sentence == SUMMARY


def test_what_was_read_is_not_fetched_again(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    site.pages["talks"] = (200, article_page())
    desk.run()
    desk.now += timedelta(days=2)
    again = desk.run()
    assert site.count("talks") == 1
    assert (again.pages_read, again.pages_failed, again.alerts) == (0, 0, 0)
    assert desk.article("talks").text == "\n".join(LINES)


def test_baseline_stays_baseline_when_its_page_is_read(site: Site, tmp_path: Path) -> None:
    site.offer("talks", "Ada Smith and Bo Jones", "Ada Smith and Bo Jones are old rivals.")
    site.pages["talks"] = (200, article_page())
    summary = Desk(watching(site), tmp_path / "desk.db").run()
    assert (summary.pages_read, summary.baseline, summary.alerts) == (1, 1, 0)


def test_page_that_is_not_there_keeps_the_entry_and_is_tried_five_times(site: Site, desk: Desk) -> None:
    site.offer("gone", "Ada Smith met with Bo Jones on Thursday")
    summary = desk.run()
    assert (summary.articles_new, summary.alerts, summary.pages_read, summary.pages_failed) == (1, 1, 0, 1)
    assert desk.article("gone").text == SUMMARY
    page = desk.page("gone")
    assert (page.outcome, page.http_status, page.has_text) == ("not-found", 404, False)
    assert page.next_try == desk.now + timedelta(minutes=30)
    desk.run()
    assert site.count("gone") == 1, "its time has not come"
    for _ in range(MOST_ATTEMPTS + 2):
        desk.now += timedelta(hours=33)
        desk.run()
    assert site.count("gone") == MOST_ATTEMPTS
    assert desk.page("gone").next_try is None


@pytest.mark.parametrize(
    ("twin", "outcome"), [("paywalled_declared", "paywalled"), ("consent", "consent"), ("challenge", "challenge")]
)
def test_page_without_the_article_leaves_the_summary_and_says_why(
    site: Site, desk: Desk, twin: str, outcome: str
) -> None:
    wanted = json.loads((TWINS / f"{twin}.expected.json").read_text("utf-8"))
    site.offer("a", wanted["title"], wanted["summary"])
    site.pages["a"] = (200, (TWINS / f"{twin}.html").read_bytes())
    summary = desk.run()
    page = desk.page("a")
    assert (summary.pages_failed, page.outcome, page.has_text) == (1, outcome, False)
    assert page.detail
    assert desk.article("a").text == wanted["summary"]


def test_page_is_read_when_it_comes_to_itself(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    site.pages["talks"] = (503, b"")
    assert desk.run().pages_failed == 1
    site.pages["talks"] = (200, article_page())
    desk.now += timedelta(hours=1)
    assert desk.run().pages_read == 1
    assert (desk.page("talks").outcome, desk.page("talks").attempts) == ("read", 2)


def test_robots_txt_is_asked_once_and_obeyed(site: Site, desk: Desk) -> None:
    site.robots = b"User-agent: *\nAllow: /\n\nUser-agent: wirewatch\nDisallow: /closed/\n"
    site.offer("closed/a", "Ada Smith met with Bo Jones on Thursday")
    site.offer("open/b", "Ada Smith and Bo Jones in the customs house")
    site.pages["open/b"] = site.pages["closed/a"] = (200, article_page())
    summary = desk.run()
    assert (summary.pages_read, summary.pages_failed) == (1, 1)
    assert (site.count("robots.txt"), site.count("closed/a"), site.count("open/b")) == (1, 0, 1)
    assert (desk.page("closed/a").outcome, desk.page("closed/a").next_try) == ("disallowed", None)


@pytest.mark.parametrize("feed", [{"full_text": False}, {"role": "aggregator"}, {"scope": "search"}])
def test_feeds_without_pages_of_their_own_have_none_fetched(site: Site, tmp_path: Path, feed: dict[str, Any]) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    summary = Desk(watching(site, **feed), tmp_path / "desk.db").run()
    assert (summary.articles_new, summary.pages_read, summary.pages_failed) == (1, 0, 0)
    assert [path for path, _ in site.asked] == ["/rss"]


def test_a_pass_reads_at_most_so_many_pages_and_the_next_goes_on(site: Site, tmp_path: Path) -> None:
    for number in range(5):
        site.offer(f"talks-{number}", f"Ada Smith met with Bo Jones for the {number}th time")
        site.pages[f"talks-{number}"] = (200, article_page(*LINES, f"It was meeting number {number} of the year."))
    desk = Desk(watching(site, {"max_pages": 2}), tmp_path / "desk.db")
    assert [desk.run().pages_read for _ in range(4)] == [2, 2, 1, 0]
    asked = Desk(watching(site, {"max_pages": 0}), tmp_path / "none.db").run()
    assert (asked.pages_read, asked.pages_failed) == (0, 0)


def test_time_for_pages_is_bounded_and_what_had_no_turn_waits(site: Site, tmp_path: Path) -> None:
    for number in range(4):
        site.offer(f"talks-{number}", f"Ada Smith met with Bo Jones for the {number}th time")
        site.pages[f"talks-{number}"] = (200, article_page())
    site.hold = 0.8
    desk = Desk(watching(site, {"run_deadline": 4}), tmp_path / "desk.db")
    started = time.monotonic()
    summary = desk.run()
    assert time.monotonic() - started < 4.0
    assert summary.pages_read + summary.pages_failed < 4
    assert {desk.page(f"talks-{number}").outcome for number in range(4)} >= {"read", "waiting"}


def test_summary_that_changes_has_the_page_read_again(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    site.pages["talks"] = (200, article_page())
    desk.run()
    site.items.pop()
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday", "Both rivals were pleased, a clerk told this paper.")
    desk.now += timedelta(hours=1)
    desk.run()
    assert desk.article("talks").text == "\n".join(LINES), "no summary shrinks a text"
    assert site.count("talks") == 2
    site.items.pop()
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday", "A clerk has corrected himself.")
    site.pages["talks"] = (200, article_page(*LINES, "A clerk who said more has since corrected himself."))
    desk.now += timedelta(hours=1)
    desk.run()
    article = desk.article("talks")
    assert article.text.endswith("corrected himself.")
    with open_archive(desk.path) as archive:
        assert [revision.text for revision in articles.revisions(archive, article.id)] == ["\n".join(LINES)]


def test_page_is_compared_with_the_summary_of_now(site: Site, desk: Desk) -> None:
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday")
    desk.run()
    site.items.pop()
    site.offer("talks", "Ada Smith met with Bo Jones on Thursday", " ".join([*LINES, "That was all."]))
    site.pages["talks"] = (200, article_page())
    desk.now += timedelta(hours=1)
    desk.run()
    assert (desk.page("talks").outcome, desk.page("talks").has_text) == ("not-longer", False)
    assert desk.article("talks").text.endswith("That was all.")


def test_copies_are_found_by_the_full_text(site: Site, tmp_path: Path) -> None:
    def article(path: str, title: str, summary: str) -> Article:
        url = f"{site.root}/{path}"
        return Article("harbour", url, url, title, summary, "en", path, path, NOW, NOW, feed_url=f"{site.root}/rss")

    monitor = watching(site)
    site.pages["a"] = site.pages["b"] = (200, article_page())
    with open_archive(tmp_path / "w.db") as archive:
        first = keep(archive, article("a", "Ada Smith and Bo Jones meet", "Rivals in the customs house."))
        second = keep(archive, article("b", "Quays: Ada Smith met Bo Jones at last", "The town waits for a word."))
        assert first.group_id != second.group_id
        for kept in (first, second):
            unread.enqueue(archive, [kept.article.id], baseline=False)
        expect_pages(archive, monitor, NOW)
        assert read_due_pages(archive, monitor, lambda: NOW).read == 2
        assert group(archive, first.article.id) == group(archive, second.article.id)


def group(archive: Archive, article_id: int) -> int:
    found: int = archive.values("select group_id from articles where id = ?", [article_id])[0][0]
    return found
