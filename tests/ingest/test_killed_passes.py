"""A pass may die at any moment: nothing is lost, and nothing is stored, raised or told twice."""

from __future__ import annotations

import os
import random
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from killable_pass import passes
from newsroom import FORMATS, START, Newsroom, alert_lines, story

from monitors.archive.connection import open_reader
from monitors.archive.integrity import examine
from monitors.errors import ArchiveError
from monitors.ingest.documents import Document
from tests.killing import Killer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signal here")

KILLS = 15
MANY_KILLS = min(int(os.environ.get("WIREWATCH_TEST_KILLS", "200")), 200)
"""How many passes the slow tests kill, each."""

BETWEEN = timedelta(days=5)
MOMENTS = [0.05 * 1.25**number for number in range(18)]
"""Close together: on a busy machine a pass begins late, and is over soon all the same."""
LONGEST = 0.35
"""About what a pass takes that reads a share of the stories; a kill comes at a random moment of it."""

TITLES = (
    "Ada Brunnick invites Joren Saal to talks in Ostrava",
    "Joren Saal agrees to meet Ada Brunnick",
    "Ada Brunnick and Joren Saal to meet in Ostrava on {month} 3",
    "Ada Brunnick postpones meeting with Joren Saal",
    "Ada Brunnick and Joren Saal to meet in Ostrava on {month} 17",
    "Ada Brunnick met Joren Saal in Ostrava on Friday",
    "Tarnland and Velmora sign glacier treaty",
    "Tarnland and Velmora ratify the glacier treaty",
)
MONTHS = ("May", "June", "July", "August", "September", "October", "November", "December")


def stories() -> list[Document]:
    """Eight rounds of invitation, dates and meetings, each story a day after the one before, in words of its own."""
    told = [title.format(month=month) for month in MONTHS for title in TITLES]
    words = [" ".join(f"w{number * 50 + word}" for word in range(40)) for number in range(len(told))]
    return [story(n, title, f"{words[n]}.", hours=24 * n) for n, title in enumerate(told)]


def show(newsroom: Newsroom, plan: list[Document]) -> None:
    """Two of three stories in two feeds each, so that feeds overlap."""
    feeds = {name: tuple(d for n, d in enumerate(plan) if n % 3 != position) for position, name in enumerate(FORMATS)}
    newsroom.server.publish(feeds)


def raised(newsroom: Newsroom) -> list[tuple[str, str, str | None, str]]:
    rows = newsroom.rows(
        "select situation, status, event_date, url from developments join articles on articles.id = article_id "
        "order by articles.published, situation"
    )
    return [(row["situation"], row["status"], row["event_date"], row["url"]) for row in rows]


def begun(newsroom: Newsroom) -> bool:
    """Whether a run is open in the archive."""
    try:
        return bool(newsroom.rows("select 1 from runs where outcome = 'running'"))
    except ArchiveError:
        return False


def between(kills: int) -> timedelta:
    """Time from one pass to the next, so that the last of them sees the last story; never less than a day."""
    return max(KILLS * BETWEEN / kills, timedelta(days=1))


def undisturbed_pass(path: Path, kills: int) -> Newsroom:
    """What one pass over all stories finds, at the time at which the pass after so many kills looks."""
    with Newsroom(path / "undisturbed" / "wirewatch.db", step=between(kills), passes=kills + 1) as room:
        show(room, stories())
        room.run()
    return room


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("seed", "kills"),
    [(1, KILLS), *(pytest.param(seed, MANY_KILLS, marks=pytest.mark.slow) for seed in (2, 3))],
)
def test_passes_killed_at_random_moments_lose_and_repeat_nothing(
    newsroom: Newsroom, tmp_path: Path, seed: int, kills: int
) -> None:
    chance, plan, undisturbed = random.Random(seed), stories(), undisturbed_pass(tmp_path, kills)
    urls = [feed.url for feed in newsroom.monitor.feeds]
    newsroom.step = between(kills)
    show(newsroom, plan[:2])
    newsroom.run()
    deaths = 0
    with Killer(passes, str(newsroom.archive), urls) as killer:
        for attempt in range(kills):
            show(newsroom, plan[: 2 + (len(plan) - 2) * (attempt + 1) // kills])
            newsroom.passes += 1
            deaths += killer.kills(chance.uniform(0, LONGEST), newsroom.now())
    assert deaths >= kills // 5
    show(newsroom, plan)
    newsroom.run()  # may be the first to say that passes failed
    newsroom.run()
    newsroom.run()  # says that they no longer do

    assert newsroom.rows("pragma integrity_check") == [{"integrity_check": "ok"}]
    assert newsroom.rows("pragma foreign_key_check") == []
    assert newsroom.rows("select * from unread") == []
    assert newsroom.rows("select outcome, count(*) as n from runs group by 1 having outcome = 'running'") == []
    stored = newsroom.rows("select canonical_url from articles order by 1")
    assert stored == undisturbed.rows("select canonical_url from articles order by 1")
    assert len(stored) == len(plan)
    assert newsroom.rows("select count(*) as n from entries") == undisturbed.rows("select count(*) as n from entries")
    assert newsroom.rows("select count(*) as n from mentions") == undisturbed.rows("select count(*) as n from mentions")
    assert raised(newsroom) == raised(undisturbed)
    assert len(raised(newsroom)) > KILLS
    with open_reader(newsroom.archive) as archive:
        findings = examine(archive, newsroom.archive, newsroom.now())
    assert [finding for finding in findings if finding.state != "good"] == []

    decided = newsroom.rows("select decision from developments join alerts on development_id = developments.id")
    assert len(decided) == len(raised(newsroom))
    sent = newsroom.rows("select alert_id from deliveries join alerts on alerts.id = alert_id where development_id > 0")
    assert len(sent) == 2 * sum(alert["decision"] == "alert" for alert in decided)
    deliveries = newsroom.rows("select channel, state, key from deliveries")
    assert {delivery["state"] for delivery in deliveries} == {"sent"}
    told = sorted(line["key"] for line in alert_lines(newsroom.archive))
    assert told == sorted(delivery["key"] for delivery in deliveries if delivery["channel"] == "file")


def test_a_killed_run_is_called_interrupted_by_the_next(newsroom: Newsroom) -> None:
    newsroom.step = BETWEEN
    show(newsroom, stories())
    with Killer(passes, str(newsroom.archive), [feed.url for feed in newsroom.monitor.feeds]) as killer:
        assert any(killer.kills(seconds, START) and begun(newsroom) for seconds in MOMENTS)
    newsroom.run()
    outcomes = [row["outcome"] for row in newsroom.rows("select outcome from runs order by id")]
    assert outcomes[-2:] == ["interrupted", "ok"]
    assert newsroom.rows("select count(*) as n from runs where finished is null") == [{"n": 0}]
