"""What `wirewatch schedule` serves: the same flows as prefect.yaml, the digest when the monitor says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from monitors.definition.load import load_monitor, shipped_monitor_path
from monitors.definition.model import Digest, Monitor

ROOT = Path(__file__).parents[2]


@pytest.fixture
def monitor() -> Monitor:
    return load_monitor(shipped_monitor_path())


def test_everything_in_prefect_yaml_is_served_and_nothing_else(monitor: Monitor) -> None:
    from flows.serving import served

    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    there = {one.flow.name: one.when for one in served(monitor, 600)}
    assert there.keys() == {deployment["name"] for deployment in deployments}
    assert there["replay"] is None


def test_digest_comes_in_the_readers_zone_and_never_without_a_policy(monitor: Monitor) -> None:
    from flows.serving import served

    digest = Digest(at="07:05", channels=(monitor.channels[0].id,))
    for given, cron in ((digest, ("5 7 * * *", "Asia/Seoul")), (None, None)):
        policy = monitor.policy.model_copy(update={"digest": given, "timezone": "Asia/Seoul"})
        there = {one.flow.name: one.when for one in served(monitor.model_copy(update={"policy": policy}), 600)}
        when = there["digest"]
        assert (when and (getattr(when, "cron", None), when.timezone)) == cron
