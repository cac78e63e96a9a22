"""Keys of entries: the guid while it behaves, then the address, then title and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitors.feeds.entry import Entry
from monitors.feeds.identity import content_hash, entry_keys, guids_rotated

FIRST = Entry(
    "id-1", "https://news.example/1", "Talks open", "Two sides meet.", datetime(2025, 8, 25, tzinfo=UTC), "stated"
)
SECOND = replace(FIRST, guid="id-2", url="https://news.example/2", title="Talks end")


def test_the_guid_is_the_key_while_it_behaves() -> None:
    keys = entry_keys([FIRST, SECOND])
    assert keys.keys == ("g:id-1", "g:id-2")
    assert keys.guids_behave
    moved = replace(FIRST, url="https://news.example/moved?utm_source=rss", title="Talks open (2nd lead)")
    assert entry_keys([moved]).keys == ("g:id-1",)


def test_a_guid_over_different_addresses_gives_way_to_the_address() -> None:
    keys = entry_keys([FIRST, replace(SECOND, guid="id-1")])
    assert keys.keys == ("u:https://news.example/1", "u:https://news.example/2")
    assert not keys.guids_behave
    assert "'id-1'" in keys.reason


def test_the_same_item_twice_is_no_misbehaviour() -> None:
    keys = entry_keys([FIRST, replace(FIRST, url="https://news.example/1#comments")])
    assert keys.guids_behave
    assert len(set(keys.keys)) == 1


def test_addresses_are_compared_in_the_callers_canonical_form() -> None:
    def canonical(url: str) -> str:
        return url.partition("?")[0].lower()

    entries = [replace(FIRST, guid=None, url="https://News.example/1?utm=x"), replace(FIRST, guid=None)]
    assert len(set(entry_keys(entries, canonical=canonical).keys)) == 1


def test_without_guid_and_address_title_and_day_are_the_key() -> None:
    bare = replace(FIRST, guid=None, url=None)
    (key,) = entry_keys([bare]).keys
    assert key.startswith("h:")
    assert entry_keys([replace(bare, title="  TALKS   open ")]).keys == (key,)
    later_that_day = datetime(2025, 8, 25, 9, tzinfo=UTC)
    assert entry_keys([replace(bare, published=later_that_day)]).keys == (key,)
    assert entry_keys([replace(bare, published=datetime(2025, 8, 26, tzinfo=UTC))]).keys != (key,)


def test_rotated_guids_are_seen_by_the_known_addresses_that_return() -> None:
    entries = [replace(FIRST, guid=f"new-{n}", url=f"https://news.example/{n}") for n in range(4)]
    urls = {f"https://news.example/{n}" for n in range(4)}
    assert guids_rotated(entries, {"old-0", "old-1"}, urls)
    assert not guids_rotated(entries, {f"new-{n}" for n in range(4)}, urls)
    assert not guids_rotated(entries[:2], set(), urls)
    assert not guids_rotated(entries, set(), {"https://news.example/other"})
    assert entry_keys(entries, distrust_guids=True).keys[0] == "u:https://news.example/0"


def test_a_long_guid_is_shortened_without_clashes() -> None:
    one, two = (replace(FIRST, guid="x" * 2000 + end) for end in "ab")
    keys = entry_keys([one, two]).keys
    assert keys[0] != keys[1]
    assert all(len(key) < 100 for key in keys)


def test_the_content_hash_follows_title_and_summary_only() -> None:
    mark = content_hash(FIRST)
    assert mark.startswith("1:")
    assert content_hash(replace(FIRST, url="https://x.example/", author="A", published=None)) == mark
    assert content_hash(replace(FIRST, title="Talks  OPEN")) == mark
    assert content_hash(replace(FIRST, title="Talks fail")) != mark
    assert content_hash(replace(FIRST, summary="One side leaves.")) != mark
