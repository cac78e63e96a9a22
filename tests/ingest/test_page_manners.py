"""Reading pages with manners: robots.txt of every host on the way, its Crawl-delay, and what is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from page_site import NOW, Desk, Site, article_page, publishing, watching

from monitors.feeds.turns import take_turns
from monitors.ingest.read_pages import LONGEST_CRAWL_DELAY


@pytest.fixture
def site() -> Iterator[Site]:
    with publishing() as running:
        yield running


@pytest.fixture
def other() -> Iterator[Site]:
    with publishing() as running:
        running.pages["story"] = running.pages["closed"] = (200, article_page())
        yield running


def a_story(site: Site, path: str = "talks") -> None:
    site.offer(path, "Ada Smith met with Bo Jones on Thursday")


def test_pages_are_asked_for_as_pages_and_robots_as_text(site: Site, tmp_path: Path) -> None:
    a_story(site)
    site.pages["talks"] = (200, article_page())
    assert Desk(watching(site), tmp_path / "desk.db").run().pages_read == 1
    assert site.accepts["/talks"].startswith("text/html")
    assert site.accepts["/robots.txt"].startswith("text/plain")
    assert site.accepts["/rss"].startswith("application/rss+xml")


def test_robots_of_the_host_a_page_redirects_to_is_obeyed(site: Site, other: Site, tmp_path: Path) -> None:
    other.robots = b"User-agent: *\nDisallow: /closed\n"
    for path in ("open", "shut"):
        site.offer(path, f"Ada Smith met with Bo Jones: {path}")
    site.away = {"open": f"{other.root}/story", "shut": f"{other.root}/closed"}
    desk = Desk(watching(site), tmp_path / "desk.db")
    summary = desk.run()
    assert (summary.pages_read, summary.pages_failed) == (1, 1)
    assert (other.count("robots.txt"), other.count("story"), other.count("closed")) == (1, 1, 0)
    shut = desk.page("shut")
    assert (shut.outcome, shut.next_try) == ("disallowed", None)
    assert "/closed" in shut.detail


def test_robots_is_obeyed_after_a_redirect_on_one_host_too(site: Site, tmp_path: Path) -> None:
    site.robots = b"User-agent: *\nDisallow: /closed\n"
    a_story(site)
    site.away = {"talks": "/closed"}
    site.pages["closed"] = (200, article_page())
    desk = Desk(watching(site), tmp_path / "desk.db")
    desk.run()
    assert (desk.page("talks").outcome, site.count("robots.txt"), site.count("closed")) == ("disallowed", 1, 0)


def test_a_host_whose_robots_cannot_be_had_is_not_read_through_a_redirect(
    site: Site, other: Site, tmp_path: Path
) -> None:
    other.away["robots.txt"] = "/robots.txt"
    a_story(site)
    site.away["talks"] = f"{other.root}/story"
    desk = Desk(watching(site), tmp_path / "desk.db")
    desk.run()
    assert (desk.page("talks").outcome, other.count("story")) == ("failed", 0)
    assert "robots.txt" in desk.page("talks").detail


def test_crawl_delay_lies_between_pages(site: Site, tmp_path: Path) -> None:
    site.robots = b"User-agent: *\nCrawl-delay: 0.4\n"
    for number in range(3):
        site.offer(f"talks-{number}", f"Ada Smith met with Bo Jones for the {number}th time")
        site.pages[f"talks-{number}"] = (200, article_page())
    assert Desk(watching(site), tmp_path / "desk.db").run().pages_read == 3
    asked = [moment for path, moment in site.asked if path != "/rss"]
    assert len(asked) == 4
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.39


def test_a_crawl_delay_beyond_the_time_for_pages_leaves_them_for_the_next_run(site: Site, tmp_path: Path) -> None:
    assert LONGEST_CRAWL_DELAY == 30
    site.robots = b"User-agent: *\nCrawl-delay: 86400\n"
    a_story(site)
    site.pages["talks"] = (200, article_page())
    desk = Desk(watching(site, {"run_deadline": 20}), tmp_path / "desk.db")
    began = time.monotonic()
    summary = desk.run()
    assert time.monotonic() - began < 4, "nobody waits for a turn that will not come"
    assert (summary.pages_read, summary.pages_failed, site.count("talks")) == (0, 0, 0)
    page = desk.page("talks")
    assert (page.outcome, page.attempts, page.next_try) == ("waiting", 0, NOW)


def test_turns_of_one_host_keep_its_own_distance() -> None:
    done: list[tuple[str, float]] = []
    hosts = ["slow", "quick", "slow", "quick", "slow"]
    take_turns(
        hosts,
        lambda number: hosts[number],
        lambda number, host: done.append((host, time.monotonic())),
        workers=4,
        delay={"slow": 0.2, "quick": 0.0}.__getitem__,
        stop_at=time.monotonic() + 5,
    )
    slow = [moment for host, moment in done if host == "slow"]
    quick = [moment for host, moment in done if host == "quick"]
    assert len(slow) == 3
    assert slow[2] - slow[0] >= 0.4
    assert quick[1] < slow[1]
