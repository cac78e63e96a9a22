"""Feeds in batches: all of one host in one batch, none lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.model import Feed
from monitors.ingest.steps import BATCH_FEEDS, batches

hosts = st.sampled_from(["a.example", "B.example", "b.example", "c.example:8080", "c.example", "d.example"])
feeds = st.lists(hosts, max_size=40).map(
    lambda names: [
        Feed(url=f"https://{host}/{number}", publisher="P", family="f", language="en")
        for number, host in enumerate(names)
    ]
)


@given(feeds, st.integers(min_value=1, max_value=12))
def test_hosts_stay_together_and_no_feed_is_lost(plan: list[Feed], size: int) -> None:
    made = batches(plan, size)
    assert sorted(feed.url for batch in made for feed in batch) == sorted(feed.url for feed in plan)
    homes = [{feed.url.split("/")[2].lower() for feed in batch} for batch in made]
    assert all(not a & b for position, a in enumerate(homes) for b in homes[position + 1 :])
    assert all(len(batch) <= size or len(home) == 1 for batch, home in zip(made, homes, strict=True))
    assert all(made)


@given(feeds)
def test_few_feeds_make_one_batch_in_the_order_of_hosts(plan: list[Feed]) -> None:
    (batch, *rest) = batches(plan) or [()]
    assert rest == []
    assert len(batch) == len(plan) <= BATCH_FEEDS


def test_an_address_without_a_path_has_a_host_too() -> None:
    plan = [
        Feed(url=url, publisher="P", family="f", language="en") for url in ("https://a.example?x", "https://a.example")
    ]
    assert batches(plan, 1) == [tuple(plan)]
