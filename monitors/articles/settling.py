"""Copy groups after overlaps have changed: which articles tie unrelated texts together, and who belongs to whom now.

Whatever is decided here follows from the overlaps as they stand and from nothing else, so that neither the order of
arrival nor the size of a batch matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from monitors.archive import copies as table
from monitors.archive.connection import Archive
from monitors.archive.records import CopyLink, SignatureRow
from monitors.articles.copies import bridges, excerpts, groups, holders, in_question, mostly, outnumbered, parts
from monitors.articles.fingerprints import Signature


def settle(archive: Archive, touched: Collection[int]) -> None:
    """Compute anew the bridges and groups that may have changed, after the overlaps of some articles did.

    `touched` are these articles and those they overlap or overlapped with. Runs inside the caller's transaction.
    """
    overlaps = _Overlaps(archive)
    start = set(touched) | _judge(archive, set(touched), overlaps)
    nodes = _hanging_together(archive, start, overlaps)
    known = table.bridges_among(archive, nodes)
    table.set_groups(archive, groups(nodes, overlaps.among(nodes), known))


class _Overlaps:
    """The overlaps of articles, each read once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._read: set[int] = set()
        self._links: dict[tuple[int, int], CopyLink] = {}
        self._ends: dict[int, dict[int, CopyLink]] = {}

    def read(self, articles: Iterable[int]) -> None:
        """Read all overlaps of these articles."""
        unread = set(articles) - self._read
        if not unread:
            return
        self._read |= unread
        for link in table.links_of(self._archive, unread):
            self._links[link.article_id, link.other_id] = link
            self._ends.setdefault(link.article_id, {})[link.other_id] = link
            self._ends.setdefault(link.other_id, {})[link.article_id] = link

    def of(self, article: int) -> dict[int, CopyLink]:
        """The overlaps of an article by the other one, as far as they were read."""
        return self._ends.get(article, {})

    def all(self) -> Collection[CopyLink]:
        return self._links.values()

    def among(self, articles: Collection[int]) -> list[CopyLink]:
        return [link for link in self._links.values() if link.article_id in articles and link.other_id in articles]


def _judge(archive: Archive, touched: set[int], overlaps: _Overlaps) -> set[int]:
    """Note which articles are bridges now; those for whom that changed, with those they overlap with."""
    overlaps.read(touched)
    # Whether an article is a bridge depends on its own overlaps and on those of the excerpts that it holds.
    judged = touched | {holder for one in touched for holder in holders(one, overlaps.of(one))}
    overlaps.read(judged)
    overlaps.read(other for one in judged for other in parts(one, overlaps.of(one)))
    held = {excerpt for one in judged for excerpt in excerpts(one, overlaps.of(one))}
    overlaps.read(held)
    overlaps.read(holder for one in held for holder in holders(one, overlaps.of(one)))
    now = _made_of_parts(archive, judged, overlaps) | outnumbered(judged, overlaps.all())
    before = table.bridges_among(archive, judged)
    table.set_bridges(archive, now - before, bridge=True)
    table.set_bridges(archive, before - now, bridge=False)
    changed = now ^ before
    return changed.union(*(overlaps.of(one) for one in changed))


def _made_of_parts(archive: Archive, articles: set[int], overlaps: _Overlaps) -> set[int]:
    questions = in_question(articles, overlaps.all())
    if not questions:
        return set()
    rows = table.signatures(archive, {id_ for question in questions for id_ in question})
    silent = table.boilerplate_among(archive, {h for row in rows.values() for h in (*row.head, *row.body)})
    return bridges(questions, {id_: signature_of(row).without(silent) for id_, row in rows.items()})


def _hanging_together(archive: Archive, start: set[int], overlaps: _Overlaps) -> set[int]:
    """The articles and all that may be in their groups. A bridge is a border: what lies behind it belongs to other
    groups, except what makes up most of it.
    """
    nodes, waiting = set(start), set(start)
    while waiting:
        border = table.bridges_among(archive, waiting)
        overlaps.read(waiting)
        beyond = {
            other
            for one in waiting
            for other, link in overlaps.of(one).items()
            if one not in border or mostly(link, one)
        }
        waiting = beyond - nodes
        nodes |= waiting
    return nodes


def signature_of(row: SignatureRow) -> Signature:
    """The signature in a stored row."""
    return Signature(frozenset(row.head), frozenset(row.body), row.length)
