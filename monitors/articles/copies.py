"""When two texts are one text, and which articles form a group. Pure: signatures and links in, groups out.

Containment and not resemblance: a copy cut to a quarter resembles its source by 0.24 and is contained in it by 1.0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Literal

from monitors.archive.records import CopyLink
from monitors.articles.fingerprints import HEAD_WORDS, Signature

Relation = Literal["original", "copy", "excerpt", "edited"]

CONTAINED = 0.8
"""From this share on, one text counts as being in the other."""

EDITED = 0.35
"""From this share on, one text is an edited version of the other. Unrelated texts share at most 0.06."""

FEWEST_SHARED = 3
"""Fewer common hashes than this are chance."""

FEWEST_SAMPLED = 6
"""A share is not computed from fewer sampled hashes than this."""

SHORT = int(HEAD_WORDS * 1.5)
"""A text of at most so many shingles lies almost wholly in its densely sampled head, which then stands for it."""

ROUND_UP = 1.1
"""A text that two unrelated texts cover, and not more than this in sum, is made of them."""


def share(one: Signature, other: Signature) -> float:
    """How much of one text is in the other, 0 to 1. Layers are compared with their like: two rates would bias it."""
    estimates = [_share(one.body, other.body)]
    if one.length <= SHORT:
        estimates.append(_share(one.head, other.head))
    return max(estimates)


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    common = len(one & other)
    if len(one) < FEWEST_SAMPLED or common < FEWEST_SHARED:
        return 0.0
    return common / len(one)


def overlap(article_id: int, one: Signature, other_id: int, other: Signature) -> CopyLink | None:
    """The link between two articles whose texts overlap enough to matter, or None."""
    mine, theirs = round(share(one, other), 3), round(share(other, one), 3)
    if max(mine, theirs) < EDITED:
        return None
    return CopyLink(article_id, other_id, mine, theirs)


def relation(links: Iterable[CopyLink], article_id: int) -> Relation:
    """What an article is to the articles it is linked with: the closest relation counts.

    A text that holds all of another one and more is "edited": what it adds may be news.
    """
    found: set[Relation] = set()
    for link in links:
        mine, theirs = _seen_from(link, article_id)
        if link.by_title or (mine >= CONTAINED and theirs >= CONTAINED):
            found.add("copy")
        else:
            found.add("excerpt" if mine >= CONTAINED else "edited")
    order: tuple[Relation, ...] = ("copy", "excerpt", "edited")
    return next((kind for kind in order if kind in found), "original")


def groups(articles: Collection[int], links: Iterable[CopyLink]) -> dict[int, int]:
    """The copy group of each article, named by its lowest id. The order of the links does not matter.

    Articles that are linked are one group, except through a round-up (an article made of parts of others that are not
    linked themselves) and through a bare headline that two different texts carry: these join nobody but their own
    copies.
    """
    neighbours: dict[int, dict[int, CopyLink]] = defaultdict(dict)
    for link in links:
        neighbours[link.article_id][link.other_id] = link
        neighbours[link.other_id][link.article_id] = link
    bridges = {article for article in articles if _is_bridge(article, neighbours)}
    group: dict[int, int] = {}
    for first in sorted(articles):
        if first in group:
            continue
        waiting = [first]
        group[first] = first
        while waiting:
            here = waiting.pop()
            for there, link in neighbours[here].items():
                if there not in group and _joins(link, here in bridges, there in bridges):
                    group[there] = first
                    waiting.append(there)
    return group


def _joins(link: CopyLink, one_is_bridge: bool, other_is_bridge: bool) -> bool:
    if not (one_is_bridge or other_is_bridge):
        return True
    return one_is_bridge and other_is_bridge and link.share >= CONTAINED and link.other_share >= CONTAINED


def _is_bridge(article: int, neighbours: dict[int, dict[int, CopyLink]]) -> bool:
    """Whether the article would tie together texts that have nothing in common."""
    parts = []
    for other, link in neighbours[article].items():
        mine, theirs = _seen_from(link, article)
        if (link.by_title and theirs < CONTAINED) or (not link.by_title and mine < CONTAINED):
            parts.append((other, 0.0 if link.by_title else mine))
    return any(
        mine + yours <= ROUND_UP and other not in neighbours[one]
        for i, (one, mine) in enumerate(parts)
        for other, yours in parts[i + 1 :]
    )


def _seen_from(link: CopyLink, article_id: int) -> tuple[float, float]:
    """(share of the article in the other, share of the other in the article)."""
    if link.article_id == article_id:
        return link.share, link.other_share
    return link.other_share, link.share
