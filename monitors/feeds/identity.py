"""Which entry is which, from poll to poll. Pure.

The key is the guid while the feed's guids behave, else the address, else a hash of title and day.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from monitors.feeds.entry import Entry

HASH_VERSION = 1
_LONGEST_KEY = 500
ROTATION_ENTRIES = 3
ROTATED = "its guids changed for known addresses"


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """`keys[i]` belongs to entry i. Keys begin with `g:` (guid), `u:` (address) or `h:` (hash of title and day).

    `guids_behave` is the verdict on the document, `reason` says why not. Store both with the feed.
    """

    keys: tuple[str, ...]
    guids_behave: bool
    reason: str = ""


def without_fragment(url: str) -> str:
    """The address without `#…`: the least that can be done to compare two."""
    return url.partition("#")[0]


def entry_keys(
    entries: Sequence[Entry], *, canonical: Callable[[str], str] = without_fragment, distrust_guids: bool = False
) -> EntryKeys:
    """Keys for the entries of one document.

    `canonical` makes addresses comparable. `distrust_guids` is an earlier verdict on the feed (see `guids_rotated`).
    A guid that stands over two different addresses in one document shows that the feed's guids name something else;
    so does one over two different titles without an address.
    """
    reason = ROTATED if distrust_guids else _repeats(entries, canonical)
    behave = not reason
    return EntryKeys(tuple(_key(entry, canonical, behave) for entry in entries), behave, reason)


def guids_rotated(
    entries: Sequence[Entry],
    known_guids: Collection[str],
    known_urls: Collection[str],
    *,
    canonical: Callable[[str], str] = without_fragment,
) -> bool:
    """Whether known addresses came back under new guids.

    True when that holds for at least three entries, and for more than half of those with known addresses.
    """
    returned = [entry for entry in entries if entry.guid and entry.url and canonical(entry.url) in known_urls]
    renamed = [entry for entry in returned if entry.guid not in known_guids]
    return len(renamed) >= ROTATION_ENTRIES and len(renamed) * 2 > len(returned)


def content_hash(entry: Entry) -> str:
    """A hash over what a publisher edits on purpose: title and summary, blanks and case aside. Begins with its version.

    Dates, authors and addresses are left out: they flicker without the news changing.
    """
    text = "\x1f".join(" ".join(part.casefold().split()) for part in (entry.title, entry.summary))
    return f"{HASH_VERSION}:{_digest(text)}"


def _repeats(entries: Sequence[Entry], canonical: Callable[[str], str]) -> str:
    urls: defaultdict[str, set[str]] = defaultdict(set)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.guid and entry.url:
            urls[entry.guid].add(canonical(entry.url))
        elif entry.guid:
            titles[entry.guid].add(" ".join(entry.title.casefold().split()))
    for what, over in (("addresses", urls), ("titles", titles)):
        for guid, things in over.items():
            if len(things) > 1:
                return f"guid {guid[:60]!r} stands over {len(things)} different {what}"
    return ""


def _key(entry: Entry, canonical: Callable[[str], str], guids_behave: bool) -> str:
    if entry.guid and guids_behave:
        return guid_key(entry.guid)
    if entry.url:
        return address_key(canonical(entry.url))
    day = entry.published.date().isoformat() if entry.published else (entry.raw_date or "")
    return "h:" + _digest("\x1f".join((" ".join(entry.title.casefold().split()) or entry.summary[:500], day)))


def guid_key(guid: str) -> str:
    """The key of an entry whose guid is believed."""
    return _bounded("g:", guid)


def address_key(url: str) -> str:
    """The key of an entry that goes by its canonical URL."""
    return _bounded("u:", url)


def _bounded(prefix: str, text: str) -> str:
    return prefix + (text if len(text) <= _LONGEST_KEY else f"sha256:{_digest(text)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
