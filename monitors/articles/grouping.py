"""Where an article belongs among those kept: links to the texts it overlaps, and the group of its copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from monitors.archive import copies as table
from monitors.archive.connection import Archive
from monitors.archive.records import Article, Candidate, CopyLink, SignatureRow
from monitors.articles.copies import Relation, overlap, relation
from monitors.articles.fingerprints import VERSION, Signature, signature
from monitors.articles.settling import settle, signature_of
from monitors.articles.updates import note_updates

WINDOW = timedelta(days=30)
"""Copies of a text are looked for among articles published at most so long before or after."""

POSTED_FOR = WINDOW + timedelta(days=15)
"""An article can be found as an earlier copy for so long after it arrived. A copy that arrives within 15 days of its
own publication therefore finds everything within the window."""

HEADLINE_WINDOW = timedelta(hours=48)
"""The same for articles that are compared by their headline alone."""

MOST_CANDIDATES = 64
"""So many articles, those that share most, are compared with a new one."""

FEWEST_MET = 2
"""Articles are compared that share so many of the hashes by which they are found."""

BOILERPLATE_FLOOR, BOILERPLATE_SHARE, BOILERPLATE_CEILING = 20, 0.005, 200
"""A shingle found in more different texts than 0.5 % of all articles (at least 20, at most 200) tells nothing."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A stored article as it is compared with the others. `title` is the hash of its headline."""

    article: Article
    title: int | None
    signature: Signature

    @property
    def id(self) -> int:
        return self.article.id

    @property
    def row(self) -> SignatureRow:
        signed = self.signature
        return SignatureRow(VERSION, signed.length, tuple(signed.head), tuple(signed.body))

    def candidate(self) -> Candidate:
        return Candidate(self.id, self.article.family, self.article.published, self.row)


@dataclass(frozen=True, slots=True)
class Place:
    """The copy group of an article, and what the article is to the others of it."""

    group_id: int
    relation: Relation


def place_new(archive: Archive, articles: Sequence[tuple[Article, int | None]]) -> list[Place]:
    """Sign articles that were just stored, each given with the hash of its title, and find the groups of their copies.

    All belong to one monitor. What becomes of them is what would become of them one after the other, in this order;
    together they cost a handful of queries. Runs inside the caller's transaction.
    """
    offered = [Offered(article, title, signature(article.text)) for article, title in articles]
    links = text_links(archive, offered)
    table.store_signatures(archive, {one.id: one.row for one in offered if one.signature})
    for one, found in _title_links(archive, offered).items():
        linked = {link.other_id for link in links[one]}
        links[one] += [link for link in found if link.other_id < one and link.other_id not in linked]
    linked_articles = {one: found for one, found in links.items() if found}
    table.store_links(archive, [link for found in linked_articles.values() for link in found])
    if linked_articles:
        touched = set(linked_articles).union(link.other_id for found in linked_articles.values() for link in found)
        settle(archive, touched)
        note_updates(archive, touched)
    return _placed(archive, [one.id for one in offered], linked_articles)


def place_again(archive: Archive, article: Article, title: int | None) -> Place:
    """Sign anew an article whose text or title has changed, and find the group of its copies.

    Runs inside the caller's transaction.
    """
    before = table.forget_links(archive, article.id)
    table.forget_signature(archive, article.id)
    offered = Offered(article, title, signature(article.text))
    links = text_links(archive, [offered])[article.id]
    if offered.signature:
        table.store_signature(archive, article.id, offered.row)
    linked = {link.other_id for link in links}
    links += [link for link in _title_links(archive, [offered])[article.id] if link.other_id not in linked]
    table.store_links(archive, links)
    if links or before:
        touched = {article.id, *before, *(link.other_id for link in links)}
        settle(archive, touched)
        note_updates(archive, touched)
    return _placed(archive, [article.id], {article.id: links})[0]


def forget_old_postings(archive: Archive, now: datetime, limit: int | None = None) -> int:
    """Withdraw from the lookup of copies what lies behind the window; of how many articles, at most `limit`.

    Groups, links and signatures stay. Keeps the lookup as quick as it was in the first weeks, however old the archive
    grows. Several short transactions. Raises ArchiveError.
    """
    return table.prune_postings(archive, before=now - POSTED_FOR, limit=limit)


def _placed(archive: Archive, article_ids: Sequence[int], links: dict[int, list[CopyLink]]) -> list[Place]:
    """Note the relation of each article that has links; one without is in the state in which it was inserted."""
    others = {link.other_id for found in links.values() for link in found}
    group = table.groups_of(archive, others.union(article_ids)) if links else {}
    places = []
    for one in article_ids:
        if one not in links:
            places.append(Place(group.get(one, one), "original"))
            continue
        kind = relation((link for link in links[one] if group[link.other_id] == group[one]), one)
        table.set_relation(archive, one, kind)
        places.append(Place(group[one], kind))
    return places


def text_links(archive: Archive, offered: Sequence[Offered]) -> dict[int, list[CopyLink]]:
    """The links of each article with earlier ones, those before it in `offered` included. Changes nothing but the list
    of boilerplate; runs inside the caller's transaction.
    """
    occurrences = Counter(h for one in offered for h in one.signature.hashes if h < table.POSTED_BELOW)
    # Boilerplate first: every article of a publisher holds it, and all of them would be read.
    silent = table.boilerplate_among(archive, occurrences) if occurrences else set()
    holders: dict[int, list[int]] = defaultdict(list)
    for h, other in table.postings(archive, occurrences.keys() - silent) if occurrences else ():
        holders[h].append(other)
    # Most shingles occur once only; they can be left alone.
    shared = {h for h, times in occurrences.items() if times > 1 and h not in silent}.union(holders)
    known: dict[int, Candidate] = {}
    earlier: dict[int, Offered] = {}
    repeats: set[int] = set()
    links: dict[int, list[CopyLink]] = {}
    limit = _boilerplate_limit(archive) if shared else 0
    for one in offered:
        telling = one.signature.without(silent)
        met = {h: holders[h] for h in telling.hashes & holders.keys()}
        common = _boilerplate(archive, met, limit, repeats)
        if common:
            table.mark_boilerplate(archive, common, one.article.discovered)
            silent |= common
            telling = telling.without(common)
            met = {h: others for h, others in met.items() if h not in common}
        others = _sharing_most(one.id, met)
        known |= {other: earlier[other].candidate() for other in others if other in earlier and other not in known}
        links[one.id] = _links_with(archive, one, telling, others, known) if others else []
        if relation(links[one.id], one.id) in ("copy", "excerpt"):
            repeats.add(one.id)
        for h in telling.hashes & shared:
            holders[h].append(one.id)
        earlier[one.id] = one
    return links


def _sharing_most(article_id: int, met: Mapping[int, list[int]]) -> list[int]:
    """The articles that share most with one, of whose hashes others are known to have those in `met`."""
    counts = Counter(chain.from_iterable(met.values()))
    counts.pop(article_id, None)
    return [other for other, shared in counts.most_common(MOST_CANDIDATES) if shared >= FEWEST_MET]


def _links_with(
    archive: Archive, one: Offered, telling: Signature, others: Sequence[int], known: dict[int, Candidate]
) -> list[CopyLink]:
    """The links between an article and those that share most with it. `known` gains the candidates that were read."""
    unread = [other for other in others if other not in known]
    if unread:
        known |= {
            found.article_id: found for found in table.candidates(archive, one.article.monitor, unread, version=VERSION)
        }
    near = [
        known[other]
        for other in others
        if other in known and abs(known[other].published - one.article.published) <= WINDOW
    ]
    if not near:
        return []
    theirs = set().union(*(table.posted(candidate.signature) for candidate in near))
    silent = table.boilerplate_among(archive, theirs - telling.hashes)
    found = (
        overlap(
            one.id,
            telling,
            candidate.article_id,
            signature_of(candidate.signature).without(silent),
            same_family=candidate.family == one.article.family,
        )
        for candidate in near
    )
    return [link for link in found if link is not None]


def _boilerplate_limit(archive: Archive) -> float:
    limit = table.signed_articles(archive) * BOILERPLATE_SHARE
    return min(max(limit, BOILERPLATE_FLOOR), BOILERPLATE_CEILING)


def _boilerplate(archive: Archive, met: Mapping[int, list[int]], limit: float, repeats: set[int]) -> set[int]:
    """Hashes that so many different texts have that they tell nothing.

    Copies are not counted, nor are `repeats`, copies that are not marked as such yet: a text that forty newspapers
    print is not boilerplate.
    """
    suspects = {h: others for h, others in met.items() if len(others) > limit}
    if not suspects:
        return set()
    originals = table.original_among(archive, {other for others in suspects.values() for other in others}) - repeats
    return {h for h, others in suspects.items() if len(originals.intersection(others)) > limit}


def _title_links(archive: Archive, offered: Sequence[Offered]) -> dict[int, list[CopyLink]]:
    """Links by headline, only where one of the two has no text that could be compared."""
    links: dict[int, list[CopyLink]] = {one.id: [] for one in offered}
    titled = [one for one in offered if one.title is not None]
    if not titled:
        return links
    published = [one.article.published for one in titled]
    since, until = min(published) - HEADLINE_WINDOW, max(published) + HEADLINE_WINDOW
    same: dict[int, list[tuple[int, datetime, bool]]] = defaultdict(list)
    hashes = {one.title for one in titled if one.title is not None}
    for title, other, when, signed in table.same_titles(archive, titled[0].article.monitor, hashes, since, until):
        same[title].append((other, when, signed))
    for one in titled:
        signed = bool(one.signature)
        links[one.id] = [
            CopyLink(one.id, other, 0.0 if signed else 1.0, 0.0 if other_signed else 1.0, by_title=True)
            for other, when, other_signed in same[one.title or 0]
            if other != one.id
            and not (signed and other_signed)
            and abs(when - one.article.published) <= HEADLINE_WINDOW
        ]
    return links
