"""`check` names what a policy says but can hardly mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitors.alerts.doubts import doubts
from monitors.definition.model import Feed, Monitor, Policy
from monitors.definition.published import Publish

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "doubts.json").read_text(encoding="utf-8"))
PLAIN: dict[str, Any] = {"channels": ["screen", "log"]}
WIRE = Feed(url="https://wire.example/rss", publisher="Wire", family="wire", language="en")
MINISTRY = Feed(url="https://gov.example/rss", publisher="Ministry", family="gov", language="en", role="official")


def doubts_of(harbour: Monitor, *feeds: Feed, **policy: Any) -> list[str]:
    meant = Policy.model_validate({"rules": [PLAIN], **policy})
    return doubts(harbour.model_copy(update={"policy": meant, "feeds": (*harbour.feeds, *feeds)}))


@pytest.mark.parametrize(
    ("policy", "doubt"),
    [(case["policy"], case["doubt"]) for case in CASES],
)
def test_each_contradiction_is_named(harbour: Monitor, policy: dict[str, Any], doubt: str) -> None:
    found = doubts_of(harbour, **policy)
    assert any(doubt in line for line in found), found


def test_a_policy_that_uses_everything_well_raises_none(harbour: Monitor) -> None:
    rules = [
        {"tier": "confirmed", "priority": "urgent", "channels": ["screen", "log"]},
        {"wait": "2h", "channels": ["log"]},
    ]
    assert doubts_of(
        harbour,
        WIRE,
        MINISTRY,
        rules=rules,
        group_minutes=3,
        mute_overtaken=True,
        corrections=True,
        quiet_hours={"start": "22:00", "end": "07:00", "channels": ["screen"]},
        hourly_cap={"screen": 6},
        digest={"at": "07:30", "channels": ["log"], "weekly": "mon"},
    ) == []  # fmt: skip


def test_a_file_that_two_write_to_is_named(harbour: Monitor) -> None:
    published = harbour.model_copy(update={"publish": Publish(alerts="alerts.jsonl", calendar="alerts.jsonl")})
    assert doubts(published)[-2:] == [
        "publish.alerts: alerts.jsonl is the file of channel 'log' too; each would spoil the other's",
        "publish.calendar: alerts.jsonl is the file of publish.alerts too; each would spoil the other's",
    ]
