"""Which article tells an earlier one of its publisher again, under another address, with something changed or added.

Agencies give each state of a running story an address of its own. Such an update is in the copy group of what it
replaces, and one in seven brings news, so the copy verdict must not hide it.
"""

from __future__ import annotations

from collections.abc import Collection

from monitors.archive import copies as table
from monitors.archive.connection import Archive
from monitors.articles.copies import CONTAINED
from monitors.articles.fingerprints import tokens


def note_updates(archive: Archive, articles: Collection[int]) -> None:
    """Note of each of the articles which earlier one it updates, after its overlaps or its text have changed.

    That is the latest published before it by the same publisher of which it has nearly all, in other words or with
    more. A text that says the same word for word is none. Runs inside the caller's transaction.
    """
    found: dict[int, int | None] = dict.fromkeys(articles)
    for later, earlier, share in table.same_publisher_overlaps(archive, articles):
        if later in found and found[later] is None and share >= CONTAINED and _differ(archive, later, earlier):
            found[later] = earlier
    table.set_updates(archive, found)


def _differ(archive: Archive, one: int, other: int) -> bool:
    texts = table.texts(archive, [one, other])
    return tokens(texts[one]) != tokens(texts[other]) if all(texts.get(id_) for id_ in (one, other)) else False
