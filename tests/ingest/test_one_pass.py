"""Passes over real feeds: a baseline first, then one alert for each thing that is new, and nothing twice."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from newsroom import HOUR, NEWS, OFF_TOPIC, OPENING, Newsroom, alert_lines, alerts_on, glacier, story

from monitors.archive.connection import open_reader
from monitors.clock import iso
from monitors.errors import ArchiveError
from monitors.ingest import one_pass
from monitors.ingest.demo_feeds import FeedServer
from monitors.ingest.summary import PassSummary


def every_entry_counts_once(newsroom: Newsroom, summary: PassSummary) -> bool:
    outcomes = summary.entries_new + summary.articles_revised + summary.entries_known + summary.entries_off_topic
    polled = newsroom.rows(
        f"select coalesce(sum(entries_seen), 0) as seen from polls where started >= '{iso(summary.started)}'"
    )
    return outcomes == summary.entries_seen == polled[0]["seen"]


def test_first_poll_says_how_things_stand_and_alerts_nobody(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OFF_TOPIC, OPENING))
    summary = newsroom.run()
    assert (summary.first_run, summary.entries_new, summary.entries_off_topic) == (True, 1, 1)
    assert [(row["status"], row["baseline"]) for row in summary.developments] == [("agreed", True)]
    assert (summary.baseline, summary.alerts, summary.muted, summary.delivered) == (1, 0, 1, 0)
    assert (newsroom.terminal, newsroom.lines()) == ("", [])
    assert newsroom.rows("select decision, reason from alerts") == [{"decision": "mute", "reason": "baseline"}]


def test_new_entry_raises_one_alert_on_the_terminal_and_in_the_file(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    newsroom.publish(rss=(OPENING, NEWS))
    summary = newsroom.run()
    assert (summary.first_run, summary.entries_seen, summary.entries_new, summary.entries_known) == (False, 2, 1, 1)
    assert (summary.alerts, summary.muted, summary.delivered, summary.failed_deliveries) == (1, 0, 2, 0)
    (headline,) = alerts_on(newsroom.terminal)
    assert "Ada Brunnick and Joren Saal" in headline
    assert NEWS.title in newsroom.terminal
    (line,) = newsroom.lines()
    assert (line["situation"], line["status"], line["event_date"]) == (
        "brunnick-saal-meeting",
        "scheduled",
        "2032-05-03",
    )
    assert (line["sentence"], line["url"], line["publisher"]) == (NEWS.title, NEWS.url, "Courier 1")
    (development,) = summary.developments
    assert (development["sentence"], development["baseline"]) == (NEWS.title, False)


def test_unchanged_feeds_raise_nothing(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    told = newsroom.lines()
    summary = newsroom.run()
    assert (summary.feeds_polled, summary.feeds_unchanged, summary.feeds_failed) == (3, 3, ())
    assert (summary.entries_seen, summary.developments, summary.alerts, summary.delivered) == (0, (), 0, 0)
    assert (newsroom.terminal, newsroom.lines()) == ("", told)


def test_known_entries_in_a_changed_feed_raise_nothing(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    newsroom.publish(rss=(NEWS, OPENING))
    summary = newsroom.run()
    assert (summary.entries_seen, summary.entries_known, summary.entries_new) == (2, 2, 0)
    assert (summary.developments, newsroom.terminal) == ((), "")


def test_edited_entry_is_a_revision_and_is_read_again(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    newsroom.publish(rss=(OPENING, replace(NEWS, title="Ada Brunnick calls off meeting with Joren Saal")))
    summary = newsroom.run()
    assert (summary.entries_new, summary.articles_revised, summary.entries_known) == (0, 1, 1)
    assert [(row["status"], row["baseline"]) for row in summary.developments] == [("cancelled", False)]
    assert len(alerts_on(newsroom.terminal)) == len(newsroom.lines()) == 1
    assert newsroom.rows("select title from revisions") == [{"title": NEWS.title}]
    assert newsroom.run().articles_revised == 0


def test_edit_that_changes_case_and_blanks_alone_is_no_revision(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(NEWS,))
    newsroom.run()
    newsroom.publish(rss=(replace(NEWS, title=f"  {NEWS.title.upper()} "),))
    summary = newsroom.run()
    assert (summary.entries_known, summary.articles_revised, summary.developments) == (1, 0, ())


def test_same_entry_in_two_feeds_is_stored_and_told_once(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,), atom=(OPENING,))
    newsroom.run()
    newsroom.publish(rss=(OPENING, NEWS), atom=(OPENING, NEWS))
    summary = newsroom.run()
    assert (summary.entries_seen, summary.entries_new, summary.entries_known) == (4, 1, 3)
    assert (summary.alerts, summary.delivered, len(newsroom.lines())) == (1, 2, 1)
    assert newsroom.rows("select count(*) as stored from articles") == [{"stored": 2}]
    assert newsroom.rows("select distinct article_id from entries order by 1") == [{"article_id": 1}, {"article_id": 2}]


def test_same_news_of_another_publisher_is_support_and_no_second_alert(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,), atom=(OPENING,))
    newsroom.run()
    other = story(9, "Ada Brunnick and Joren Saal set May 3 for talks in Ostrava", hours=0.6)
    newsroom.publish(rss=(OPENING, NEWS), atom=(OPENING, other))
    assert newsroom.run().alerts == len(newsroom.lines()) == 1
    assert newsroom.rows("select families, tier from developments where baseline = 0") == [
        {"families": '["courier-1", "courier-2"]', "tier": "corroborated"}
    ]


def test_a_feed_added_later_has_a_baseline_of_its_own(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    with FeedServer() as further:
        further.publish({"rss": (NEWS,)})
        urls = [feed.url for feed in newsroom.monitor.feeds]
        newsroom.monitor = glacier([*urls, f"http://127.0.0.1:{further.port}/rss"])
        summary = newsroom.run(engine=None)
    assert (summary.entries_new, summary.baseline, summary.alerts, newsroom.terminal) == (1, 1, 0, "")


def test_a_feed_that_fails_at_first_still_begins_with_a_baseline(newsroom: Newsroom) -> None:
    newsroom.monitor = glacier([f"http://127.0.0.1:{newsroom.server.port}/{name}" for name in ("rss", "late")])
    newsroom.publish(rss=(OPENING,))
    first = newsroom.run(engine=None)
    assert [(outcome, publisher) for _, publisher, outcome, _ in first.feeds_failed] == [("not-found", "Courier 2")]
    newsroom.server.publish({"rss": (OPENING,)})
    newsroom.server._bodies["late"] = newsroom.server._bodies["rss"]
    newsroom.server.publish({"rss": (OPENING, NEWS)})
    second = newsroom.run(engine=None)
    assert (second.feeds_failed, second.alerts, second.baseline) == ((), 1, 0)


def test_every_entry_is_counted_under_one_outcome(newsroom: Newsroom) -> None:
    everything = [story(n, f"Tarnland and Velmora speak of the river, part {n}", f"Part {n}.") for n in range(10, 20)]
    fairs = [story(n, f"Harbour fair, day {n}") for n in range(20, 24)]
    assert every_entry_counts_once(newsroom, newsroom.run())
    newsroom.publish(rss=(*everything[:6], *fairs[:2]), atom=(*everything[4:8], everything[4]), json=(OPENING, NEWS))
    first = newsroom.run()
    assert every_entry_counts_once(newsroom, first)
    assert (first.entries_new, first.entries_off_topic) == (10, 2)
    edited = [replace(one, text=one.text + " Edited.") for one in everything[:3]]
    newsroom.publish(rss=(*edited, *everything[3:], *fairs), atom=tuple(everything), json=(NEWS,))
    second = newsroom.run()
    assert every_entry_counts_once(newsroom, second)
    assert (second.entries_new, second.articles_revised >= 3, second.entries_off_topic) == (2, True, 2)
    assert newsroom.rows("select count(*) as stored from articles") == [{"stored": 12}]


def test_the_run_is_recorded_with_its_counts(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    summary = newsroom.run()
    (run,) = newsroom.rows("select monitor, outcome, counts from runs")
    assert (run["monitor"], run["outcome"]) == ("glacier-talks", "ok")
    assert '"entries_new": 1' in run["counts"]
    assert summary.finished == newsroom.now()


def test_an_article_that_waits_is_read_by_the_next_pass(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    newsroom.publish(rss=(OPENING, NEWS))
    with monkeypatch.context() as patch:
        patch.setattr(one_pass.steps, "detect_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            newsroom.run()
    assert newsroom.rows("select outcome from runs order by id") == [{"outcome": "ok"}, {"outcome": "failed"}]
    assert newsroom.rows("select article_id, baseline from unread") == [{"article_id": 2, "baseline": 0}]
    summary = newsroom.run()
    assert (summary.entries_new, summary.alerts, len(newsroom.lines())) == (0, 1, 1)
    assert newsroom.rows("select * from unread") == []


def interrupted(*_arguments: object) -> None:
    raise KeyboardInterrupt


def broken(*_arguments: object) -> None:
    raise ArchiveError("a fault")


def test_passes_that_fail_before_they_deliver_still_tell_that_they_fail(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(one_pass.steps, "detect_step", broken)
        for _ in range(4):
            with pytest.raises(ArchiveError, match="a fault"):
                newsroom.run()
    newsroom.run()
    told = [(line["verdict"], line["event"]) for line in alert_lines(newsroom.archive)]
    assert told == [("passes-failing", "ill")]
    newsroom.run()  # the one before had not ended when it delivered
    assert alert_lines(newsroom.archive)[-1]["event"] == "recovered"


def test_passes_of_two_monitors_share_an_archive(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    first = newsroom.monitor
    newsroom.monitor = first.model_copy(update={"id": "glacier-again"})
    summary = newsroom.run(engine=None)
    assert (summary.first_run, summary.entries_new, summary.baseline) == (True, 1, 1)
    assert newsroom.rows("select monitor, count(*) as n from articles group by 1") == [
        {"monitor": "glacier-again", "n": 1},
        {"monitor": "glacier-talks", "n": 1},
    ]


def test_due_only_leaves_out_feeds_whose_time_has_not_come(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    again = newsroom.run(due_only=True, clock=lambda: newsroom.now() - HOUR)
    assert (again.feeds_polled, again.offline) == (0, False)
    assert newsroom.run(due_only=True).feeds_polled == 3


def test_progress_tells_each_step_from_nothing_to_all(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING, NEWS))
    told: list[tuple[str, int, int]] = []
    newsroom.run(progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "Polling feeds"] == [("Polling feeds", done, 3) for done in range(4)]
    assert [step for step in told if step[0] == "Reading articles"] == [
        ("Reading articles", done, 2) for done in (1, 2)
    ]


def test_a_stream_that_is_closed_is_tried_again_later(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING,))
    newsroom.run()
    newsroom.publish(rss=(OPENING, NEWS))
    closed = io.StringIO()
    closed.close()
    newsroom.passes += 1
    summary = one_pass.run_pass(newsroom.monitor, newsroom.archive, clock=newsroom.now, alert_stream=closed)
    assert (summary.alerts, summary.delivered, summary.failed_deliveries) == (1, 1, 1)
    assert newsroom.run().delivered == 1
    assert len(alerts_on(newsroom.terminal)) == len(newsroom.lines()) == 1


def test_the_archive_is_whole_and_open_to_readers_after_a_pass(newsroom: Newsroom) -> None:
    newsroom.publish(rss=(OPENING, NEWS))
    newsroom.run()
    with open_reader(newsroom.archive) as archive:
        assert archive.values("pragma integrity_check") == [("ok",)]
        assert archive.values("pragma foreign_key_check") == []
