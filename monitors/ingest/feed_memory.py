"""What a poll teaches about its feed: how its entries are told apart, how often it is read, and where it lies now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from monitors.archive import entries as seen_entries
from monitors.archive import feeds
from monitors.archive.connection import Archive
from monitors.archive.records import FeedState, Poll
from monitors.feeds import schedule
from monitors.feeds.identity import (
    ROTATED,
    ROTATION_ENTRIES,
    address_key,
    entry_keys,
    guid_key,
    guids_rotated,
)
from monitors.feeds.moves import POLLS_THAT_AGREE, believed_move
from monitors.feeds.poll import PollResult

_GAP = "possible gap: nothing in it was known from the poll before"


@dataclass(frozen=True, slots=True)
class Identity:
    """The keys of a poll's entries. `distrusted` is the verdict on the feed's guids, as FeedState keeps it.

    `renamed` has (old, new) for remembered entries that the verdict gives other keys.
    """

    keys: tuple[str, ...]
    distrusted: str = ""
    renamed: tuple[tuple[str, str], ...] = ()


def identify(archive: Archive, result: PollResult, addresses: Mapping[str, str], hashes: Sequence[str]) -> Identity:
    """Tell the entries of a poll apart; reads the archive, changes nothing.

    `addresses` has the canonical URL of each entry's URL, `hashes` the content hash of each entry. Once a feed's guids
    were caught repeating or rotating they stay distrusted. Raises ArchiveError.
    """
    entries, canonical = result.entries, addresses.__getitem__
    if not entries:
        return Identity((), result.state.guids_distrusted)
    if result.state.guids_distrusted:
        keys = entry_keys(entries, canonical=canonical, distrust_guids=True).keys
        return Identity(keys, result.state.guids_distrusted)
    trusting = entry_keys(entries, canonical=canonical)
    reason = trusting.reason or _rotation(archive, result, trusting.keys, addresses)
    if not reason:
        return Identity(trusting.keys)
    keys = entry_keys(entries, canonical=canonical, distrust_guids=True).keys
    return Identity(keys, reason, _renamed(archive, result, keys, hashes))


def after_poll(
    archive: Archive, result: PollResult, identity: Identity, known: Collection[str]
) -> tuple[Poll, FeedState]:
    """The poll and the state to be stored, once it is clear which keys were `known`. Raises ArchiveError."""
    poll, state = result.poll, replace(result.state, guids_distrusted=identity.distrusted)
    if poll.outcome == "unchanged":
        state, _ = schedule.adapt(state, seen=1, known=1)
    elif poll.outcome == "ok":
        overlap = sum(key in known for key in identity.keys)
        state, gap = schedule.adapt(state, seen=len(identity.keys), known=overlap)
        if gap:
            poll = replace(poll, possible_gap=True, detail="; ".join(filter(None, (poll.detail, _GAP))))
        if identity.distrusted and not result.state.guids_distrusted:
            poll = replace(
                poll,
                detail="; ".join(filter(None, (poll.detail, f"guids are trusted no more: {identity.distrusted}"))),
            )
    state = replace(state, baseline_done=state.baseline_done or poll.outcome == "ok")
    return poll, _moved(archive, result, poll, state)


def _rotation(archive: Archive, result: PollResult, keys: Sequence[str], addresses: Mapping[str, str]) -> str:
    if not result.state.baseline_done:
        return ""
    monitor, feed_url = result.state.monitor, result.feed.url
    known = seen_entries.known(archive, monitor, feed_url, keys)
    strangers = [
        entry for entry, key in zip(result.entries, keys, strict=True) if entry.guid and entry.url and key not in known
    ]
    if len(strangers) < ROTATION_ENTRIES:
        return ""
    known_guids = {entry.guid for entry, key in zip(result.entries, keys, strict=True) if entry.guid and key in known}
    known_urls = seen_entries.known_addresses(archive, monitor, feed_url, set(addresses.values()))
    rotated = guids_rotated(result.entries, known_guids, known_urls, canonical=addresses.__getitem__)
    return ROTATED if rotated else ""


def _renamed(
    archive: Archive, result: PollResult, keys: Sequence[str], hashes: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Every remembered entry that went by its guid gets the key that it has from now on.

    Without an address that can be told only for those which are in this document, unchanged.
    """
    monitor, feed_url = result.state.monitor, result.feed.url
    renamed = {
        old: address_key(url)
        for old, url in seen_entries.with_address(archive, monitor, feed_url)
        if old.startswith("g:")
    }
    bare = [
        (guid_key(entry.guid), key, content)
        for entry, key, content in zip(result.entries, keys, hashes, strict=True)
        if entry.guid and not entry.url
    ]
    known = seen_entries.known(archive, monitor, feed_url, [old for old, _, _ in bare])
    renamed |= {old: new for old, new, content in bare if known.get(old) == content}
    return tuple(renamed.items())


def _moved(archive: Archive, result: PollResult, poll: Poll, state: FeedState) -> FeedState:
    if result.moved_to is None:
        return state
    earlier = feeds.last_polls(archive, state.monitor, result.feed.url, POLLS_THAT_AGREE - 1)
    target = believed_move([*earlier, poll], result.moved_to)
    if target is None:
        return state
    return replace(state, moved_to=None if target == result.feed.url else target)
