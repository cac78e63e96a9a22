"""When two texts are one text, and which articles form a group. Pure: signatures and links in, groups out.

Containment and not resemblance: a copy cut to a quarter resembles its source by 0.24 and is contained in it by 1.0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from monitors.archive.records import CopyLink
from monitors.articles.fingerprints import HEAD_WORDS, Signature

Relation = Literal["original", "copy", "excerpt", "edited"]

CONTAINED = 0.8
"""From this share on, one text counts as being in the other."""

EDITED = 0.5
"""From this share on, one text is an edited version of the other. Unrelated texts share at most 0.06, but stories of
one subject that quote the same people up to 0.45; half of an article in a round-up comes to that, too."""

MOSTLY = 0.6
"""A round-up still belongs to a text that makes up so much of it."""

BEGINNING = 0.2
"""Copies and edited versions have at least so much of the shorter beginning in common."""

FEWEST_EMBEDDED = 12
"""Texts that begin differently must have so many sampled hashes each, or what they share may be a stock sentence."""

FEWEST_SHARED = 3
"""Fewer common hashes than this are chance."""

FEWEST_EDITED = 6
"""An edited version shares at least so many hashes; a copy or an excerpt may share fewer."""

FEWEST_SAMPLED = 6
"""A share is not computed from fewer sampled hashes than this."""

SHORT = int(HEAD_WORDS * 1.5)
"""A text of at most so many shingles lies almost wholly in its densely sampled head, which then stands for it."""

APART = 0.3
"""Up to this share in common, what two texts have of a third one are different parts of it. Stories of one subject
share a quotation or a stock phrase even where they are different."""


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


def overlap(
    article_id: int, one: Signature, other_id: int, other: Signature, *, same_family: bool = False
) -> CopyLink | None:
    """The link between two articles whose texts overlap enough to matter, or None.

    Articles of one publisher share the publisher's stock sentences; between them only containment counts. So do
    articles that begin differently.
    """
    mine, theirs = round(share(one, other), 3), round(share(other, one), 3)
    begin_alike = _begin_alike(one, other)
    if not begin_alike and min(len(one.body), len(other.body)) < FEWEST_EMBEDDED:
        return None
    may_be_edited = begin_alike and not same_family and len(one.hashes & other.hashes) >= FEWEST_EDITED
    needed = EDITED if may_be_edited else CONTAINED
    return CopyLink(article_id, other_id, mine, theirs) if max(mine, theirs) >= needed else None


def _begin_alike(one: Signature, other: Signature) -> bool:
    """Whether the beginnings of two texts have something in common, as those of copies and edited versions do."""
    return len(one.head & other.head) >= BEGINNING * min(len(one.head), len(other.head))


def relation(links: Iterable[CopyLink], article_id: int) -> Relation:
    """What an article is to the articles it is linked with: the closest relation counts.

    A text that holds all of another one and more is "edited": what it adds may be news.
    """
    found: set[Relation] = set()
    for link in links:
        mine, _ = _seen_from(link, article_id)
        if link.by_title or alike(link):
            found.add("copy")
        else:
            found.add("excerpt" if mine >= CONTAINED else "edited")
    order: tuple[Relation, ...] = ("copy", "excerpt", "edited")
    return next((kind for kind in order if kind in found), "original")


def in_question(articles: Collection[int], links: Iterable[CopyLink]) -> list[tuple[int, int, int]]:
    """(article, one, other): the article overlaps with two that are not linked themselves, and is mostly in neither.

    All links of the articles and of their `parts` must be given. `bridges` decides by their signatures.
    """
    neighbours = _neighbours(links)
    questions = []
    for article in sorted(articles):
        found = parts(article, neighbours.get(article, {}))
        questions += [
            (article, one, other)
            for i, one in enumerate(found)
            for other in found[i + 1 :]
            if other not in neighbours[one]
        ]
    return questions


def parts(article_id: int, links: Mapping[int, CopyLink]) -> list[int]:
    """The others that have some of the article but not most of it, or a text under this bare headline."""
    found = []
    for other, link in links.items():
        mine, theirs = _seen_from(link, article_id)
        if (theirs if link.by_title else mine) < CONTAINED:
            found.append(other)
    return found


def excerpts(article_id: int, links: Mapping[int, CopyLink]) -> list[int]:
    """The others of which the article has all, while it has much more besides."""
    return [other for other, link in links.items() if _holds(link, article_id, other)]


def holders(article_id: int, links: Mapping[int, CopyLink]) -> list[int]:
    """The others that have all of the article, and much more besides."""
    return [other for other, link in links.items() if _holds(link, other, article_id)]


def _holds(link: CopyLink, holder: int, excerpt: int) -> bool:
    return not link.by_title and _seen_from(link, excerpt)[0] >= CONTAINED and not mostly(link, holder)


def outnumbered(articles: Collection[int], links: Iterable[CopyLink]) -> set[int]:
    """Those of the articles that have an excerpt in common with a text that more of the excerpt's kin overlap with.

    A round-up begins with two sentences of a story that the newspapers print. Its own text and the story's overlap too
    little to be linked, but both have all of the two sentences, and through them one would join the other. The whole
    story is then the one that the excerpt's other holders and excerpts overlap with, and the round-up a bridge. Where
    the numbers are equal nobody can tell, and neither is.

    All links of the articles, of their `excerpts`, and of the `holders` of these must be given.
    """
    neighbours = _neighbours(links)

    def support(article: int, excerpt: int) -> int:
        return len(neighbours[article].keys() & neighbours[excerpt].keys())

    return {
        article
        for article in articles
        for excerpt in excerpts(article, neighbours.get(article, {}))
        for rival in holders(excerpt, neighbours[excerpt])
        if rival != article and rival not in neighbours[article] and support(rival, excerpt) > support(article, excerpt)
    }


def bridges(questions: Iterable[tuple[int, int, int]], signatures: Mapping[int, Signature]) -> set[int]:
    """The articles that would tie together texts that have nothing in common.

    These are round-ups, made of parts of other articles, and bare headlines that different texts carry (an article
    without a signature).
    """
    return {
        article
        for article, one, other in questions
        if _apart(signatures.get(article, Signature()), signatures[one], signatures[other])
    }


def _apart(article: Signature, one: Signature, other: Signature) -> bool:
    """Whether two texts share with the article different parts of it."""
    first, second = one.hashes, other.hashes
    if article.hashes:
        first, second = first & article.hashes, second & article.hashes
    return len(first & second) <= APART * min(len(first), len(second))


def groups(articles: Collection[int], links: Iterable[CopyLink], bridges: Collection[int]) -> dict[int, int]:
    """The copy group of each article, named by its lowest id. The order of the links does not matter.

    Articles that are linked are one group, except through a bridge, which joins only what makes up most of it.
    """
    neighbours = _neighbours(links)
    group: dict[int, int] = {}
    for first in sorted(articles):
        if first in group:
            continue
        waiting = [first]
        group[first] = first
        while waiting:
            here = waiting.pop()
            for there, link in neighbours.get(here, {}).items():
                if there not in group and joins(link, bridges):
                    group[there] = first
                    waiting.append(there)
    return group


def joins(link: CopyLink, bridges: Collection[int]) -> bool:
    """Whether two linked articles belong to one group."""
    return (link.article_id not in bridges or mostly(link, link.article_id)) and (
        link.other_id not in bridges or mostly(link, link.other_id)
    )


def mostly(link: CopyLink, article_id: int) -> bool:
    """Whether the greater part of the article is in the other one; of two headlines, whether both stand alone."""
    if link.by_title:
        return alike(link)
    mine, _ = _seen_from(link, article_id)
    return mine >= MOSTLY


def alike(link: CopyLink) -> bool:
    """Whether each of two texts is in the other."""
    return link.share >= CONTAINED and link.other_share >= CONTAINED


def _neighbours(links: Iterable[CopyLink]) -> dict[int, dict[int, CopyLink]]:
    neighbours: dict[int, dict[int, CopyLink]] = defaultdict(dict)
    for link in links:
        neighbours[link.article_id][link.other_id] = link
        neighbours[link.other_id][link.article_id] = link
    return neighbours


def _seen_from(link: CopyLink, article_id: int) -> tuple[float, float]:
    """(share of the article in the other, share of the other in the article)."""
    if link.article_id == article_id:
        return link.share, link.other_share
    return link.other_share, link.share
