"""Whoever decides, releases or sends may die at any moment: nothing is lost, and nothing has effect twice."""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from killable_teller import Receiver, round_of, rounds

from monitors.archive.connection import open_archive, open_reader
from monitors.definition.model import Monitor
from tests.killing import Killer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signal here")

START = datetime(2032, 4, 20, tzinfo=UTC)
STEP = timedelta(minutes=20)
LONGEST = 0.12
"""Seconds: about what a round takes; a kill comes at a random moment of it."""
MANY = min(int(os.environ.get("WIREWATCH_TEST_KILLS", "60")), 200)
POLICIES: dict[str, dict[str, Any]] = {
    "at once": {},
    "grouped, quiet at night": {"group_minutes": 30, "quiet_hours": {"start": "22:00", "end": "06:00"}},
    "capped": {"group_minutes": 10, "hourly_cap": {"hook": 2}},
}


def telling(harbour: Monitor, policy: dict[str, Any]) -> Monitor:
    """The monitor with three situations and one channel, as a file that says so would give it."""
    plain = harbour.model_dump()
    titles = ("Talks", "More talks", "Other talks")
    situations = [{**plain["situations"][0], "id": f"talks-{n}", "title": title} for n, title in enumerate(titles)]
    channels = [{"id": "hook", "type": "file", "path": "unused.jsonl"}]
    policy = {"rules": [{"channels": ["hook"]}], **policy}
    return Monitor.model_validate({**plain, "situations": situations, "channels": channels, "policy": policy})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
@pytest.mark.parametrize("kills", [7, pytest.param(MANY, marks=pytest.mark.slow)])
def test_killed_rounds_lose_nothing_and_nothing_has_effect_twice(
    archive_path: Path,
    harbour: Monitor,
    policy: dict[str, Any],
    kills: int,
    record_property: Callable[[str, object], None],
) -> None:
    monitor, chance, deaths = telling(harbour, policy), random.Random(kills), 0
    open_archive(archive_path).close()
    with Receiver(kills) as receiver, Killer(rounds, str(archive_path), monitor, receiver.url) as killer:
        for number in range(kills):
            deaths += killer.kills(chance.uniform(0, LONGEST), number, START + number * STEP)
        receiver.faulty = False
        for number in range(kills):  # what died before it decided is decided on now
            round_of(str(archive_path), monitor, receiver.url, number, START + (kills + number) * STEP)
        for rest in range(40):
            round_of(str(archive_path), monitor, receiver.url, 0, START + (2 * kills + rest) * STEP)
    assert deaths >= kills // 4
    record_property("doubles", receiver.doubles())

    with open_reader(archive_path) as archive:
        rows = archive.rows(
            "select deliveries.*, novelty from deliveries join alerts on alerts.id = alert_id "
            "join developments on developments.id = development_id"
        )
    assert len(rows) == kills
    sent = {row["key"] for row in rows if row["state"] == "sent"}
    assert {row["state"] for row in rows} <= {"sent", "merged", "muted"}
    assert sent == set(receiver.effects)
    muted = {row["novelty"] for row in rows if row["state"] == "muted"}
    assert all("over the cap of 2" in row["detail"] for row in rows if row["state"] == "muted")
    told = Counter(
        word for body in receiver.effects.values() for word in set(re.findall(r"report \d{4}", body.lower()))
    )
    assert set(told.values()) <= {1}
    assert set(told) | muted == {f"report {number:04}" for number in range(kills)}
    assert not set(told) & muted
