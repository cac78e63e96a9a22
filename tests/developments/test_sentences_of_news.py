"""Headlines and first sentences in the manner of agencies, labelled before they were read: how many are read right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from monitors.archive.records import Article
from monitors.developments.engine import Engine
from monitors.developments.explanation import explain

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("sentences_news.jsonl").read_text("utf-8").splitlines()
]  # fmt: skip
RIGHT = 0.78
"""Share of the developments that are read with their status. It was 0.54 when the sentences were new."""


def test_most_sentences_of_news_are_read_right_and_nothing_else_rings(
    shipped: Engine, articles: Callable[..., Article]
) -> None:
    right, alarms = 0, []
    news = [row for row in ROWS if row["situation"] is not None]
    for row in ROWS:
        field = "title" if row["kind"] == "headline" else "text"
        told = explain(shipped, articles(day=row["day"], **{field: row["text"]}), {})
        found = {one.situation: one.status for one in told.outcomes if one.news}
        right += row["situation"] is not None and found.get(row["situation"]) == row["status"]
        alarms += [row["text"] for situation in found if situation != row["situation"]]
    assert right >= RIGHT * len(news), f"{right} of {len(news)}"
    assert len(alarms) <= 1, alarms
