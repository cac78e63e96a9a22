"""Keeping an article: once, under its canonical URL, in the group of its copies, with its earlier versions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, cast

from monitors.archive import articles as stored
from monitors.archive import copies as table
from monitors.archive import pages
from monitors.archive.connection import Archive
from monitors.archive.records import Article, CopyLink, SignatureRow
from monitors.articles.copies import (
    FEWEST_SHARED,
    Relation,
    alike,
    bridges,
    groups,
    in_question,
    mostly,
    overlap,
    relation,
)
from monitors.articles.fingerprints import VERSION, Signature, signature, tokens
from monitors.articles.titles import bare_title, title_hash
from monitors.articles.urls import canonical_url

WINDOW = timedelta(days=30)
"""Copies of a text are looked for among articles published at most so long before or after."""

HEADLINE_WINDOW = timedelta(hours=48)
"""The same for articles that are compared by their headline alone."""

MOST_CANDIDATES = 64
"""So many articles, those that share most, are compared with a new one."""

BOILERPLATE_FLOOR, BOILERPLATE_SHARE, BOILERPLATE_CEILING = 20, 0.005, 200
"""A shingle found in more different texts than 0.5 % of all articles (at least 20, at most 200) tells nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an article that was offered. `article` has its id; `group_id` is that of its copy group.

    `relation` says what it is to the others of the group: "copy", "excerpt" (all of it is in another), "edited" (it
    changes or adds something), or "original" when it was alone.
    """

    article: Article
    outcome: Literal["new", "revised", "seen"]
    group_id: int
    relation: Relation | None


def keep(archive: Archive, article: Article) -> Kept:
    """Store an article unless it is there already, and find the group of its copies.

    Runs inside the caller's transaction, or in one of its own. The same call again changes nothing. Raises
    ArchiveError.
    """
    with archive.writing():
        if not article.canonical_url:
            article = replace(article, canonical_url=canonical_url(article.url))
        known = stored.by_canonical_url(archive, article.monitor, article.canonical_url)
        if known is None:
            article_id = stored.insert(archive, article, title_hash(article.title))
            return _grouped(archive, replace(article, id=article_id), "new")
        title, text = _newer(archive, known, article)
        if _same_words(known.title, title) and _same_words(known.text, text):
            return _as_stored(archive, known)
        stored.revise(archive, known, title=title, text=text, title_hash=title_hash(title), replaced=article.discovered)
        return _grouped(archive, replace(known, title=title, text=text), "revised")


def keep_page_text(archive: Archive, article: Article, text: str, now: datetime) -> Kept:
    """Give a stored article the text that was read from its page, and find the group of its copies anew.

    The first text from the page takes the place of the feed's summary and is no revision; a later one that differs is.
    Runs inside the caller's transaction, or in one of its own. Raises ArchiveError.
    """
    with archive.writing():
        known = stored.get(archive, article.id)
        page = pages.get(archive, article.id)
        if page is not None and page.has_text:
            if _same_words(known.text, text):
                return _as_stored(archive, known)
            hashed = title_hash(known.title)
            stored.revise(archive, known, title=known.title, text=text, title_hash=hashed, replaced=now)
        else:
            pages.complete(archive, article.id, text)
        return _grouped(archive, replace(known, text=text), "revised")


def _newer(archive: Archive, known: Article, offered: Article) -> tuple[str, str]:
    """Title and text after the offer.

    The feed's summary of a text that we have in full, or the aggregator's form of a headline, takes nothing away. Where
    the text came from the article's page, another summary by the same feed has the page read again.
    """
    title = known.title if _is_part(bare_title(offered.title), bare_title(known.title)) else offered.title
    if _is_part(offered.text, known.text, cut=True):
        return title, known.text
    page = pages.get(archive, known.id)
    if page is None or not page.has_text or len(offered.text) > len(known.text):
        return title, offered.text
    if offered.feed_url == known.feed_url and not _same_words(offered.text, page.summary):
        pages.expect_again(archive, known.id, offered.text, offered.discovered)
    return title, known.text


def _is_part(offered: str, known: str, *, cut: bool = False) -> bool:
    """Whether all the words of one text are those of the other; when it was cut, whether they stand together in it."""
    inner, outer = "".join(tokens(offered)), "".join(tokens(known))
    if cut or offered.rstrip().endswith(("…", "...")):
        return inner in outer
    return not inner or tokens(offered) == tokens(known)


def _same_words(one: str, other: str) -> bool:
    return one == other or tokens(one) == tokens(other)


def _as_stored(archive: Archive, article: Article) -> Kept:
    group_id = table.groups_of(archive, [article.id])[article.id]
    return Kept(article, "seen", group_id, cast(Relation, table.relation_of(archive, article.id)))


def _grouped(archive: Archive, article: Article, outcome: Literal["new", "revised"]) -> Kept:
    """Sign the article, link it with the texts it overlaps, and settle the groups this touches."""
    signed = signature(article.text)
    before: set[int] = set()
    if outcome == "revised":
        before = table.forget_links(archive, article.id)
        table.forget_signature(archive, article.id)
    links = _text_links(archive, article, signed) if signed.hashes else []
    links += _title_links(archive, article, bool(signed.hashes), {link.other_id for link in links})
    if signed.hashes:
        row = SignatureRow(VERSION, signed.length, tuple(signed.head), tuple(signed.body))
        table.store_signature(archive, article.id, row, signed.hashes)
    if links:
        table.store_links(archive, links)
    if links or before:
        _settle(archive, article.id, links, before)
    elif outcome == "new":
        return Kept(article, outcome, article.id, "original")  # as it was inserted
    group = table.groups_of(archive, {article.id, *(link.other_id for link in links)})
    kind = relation((link for link in links if group[link.other_id] == group[article.id]), article.id)
    table.set_relation(archive, article.id, kind)
    return Kept(article, outcome, group[article.id], kind)


def _text_links(archive: Archive, article: Article, signed: Signature) -> list[CopyLink]:
    telling = signed.without(table.boilerplate_among(archive, signed.hashes))
    found = table.postings(archive, telling.hashes)
    if not found:
        return []
    common = _drop_boilerplate(archive, article, found)
    telling = telling.without(common)
    counts = Counter(other for h, other in found if h not in common and other != article.id)
    best = [other for other, shared in counts.most_common() if shared >= FEWEST_SHARED][:MOST_CANDIDATES]
    if not best:
        return []
    offered = table.candidates(
        archive,
        article.monitor,
        best,
        version=VERSION,
        since=article.published - WINDOW,
        until=article.published + WINDOW,
    )
    strange = {h for candidate in offered for h in (*candidate.signature.head, *candidate.signature.body)}
    silent = table.boilerplate_among(archive, strange - telling.hashes) | common
    links = []
    for candidate in offered:
        theirs = _signature(candidate.signature).without(silent)
        link = overlap(
            article.id, telling, candidate.article_id, theirs, same_family=candidate.family == article.family
        )
        if link is not None:
            links.append(link)
    return links


def _drop_boilerplate(archive: Archive, article: Article, found: list[tuple[int, int]]) -> set[int]:
    """Hashes that so many different texts have that they tell nothing; remembered, so that they cost nothing again.

    Copies are not counted: a text that forty newspapers print is not boilerplate.
    """
    holders: dict[int, list[int]] = defaultdict(list)
    for h, other in found:
        holders[h].append(other)
    limit = table.signed_articles(archive) * BOILERPLATE_SHARE
    limit = min(max(limit, BOILERPLATE_FLOOR), BOILERPLATE_CEILING)
    suspects = {h: others for h, others in holders.items() if len(others) > limit}
    if not suspects:
        return set()
    originals = table.original_among(archive, {other for others in suspects.values() for other in others})
    common = {h for h, others in suspects.items() if len(originals.intersection(others)) > limit}
    table.mark_boilerplate(archive, common, article.discovered)
    return common


def _title_links(archive: Archive, article: Article, signed: bool, linked: set[int]) -> list[CopyLink]:
    """Links by headline, only where one of the two has no text that could be compared."""
    hashed = title_hash(article.title)
    if hashed is None:
        return []
    since, until = article.published - HEADLINE_WINDOW, article.published + HEADLINE_WINDOW
    return [
        CopyLink(article.id, other, 0.0 if signed else 1.0, 0.0 if other_signed else 1.0, by_title=True)
        for other, other_signed in table.same_title(archive, article.monitor, hashed, since, until)
        if other != article.id and other not in linked and not (signed and other_signed)
    ]


def _settle(archive: Archive, article_id: int, links: list[CopyLink], before: set[int]) -> None:
    """Compute anew the groups of everything that hangs together with the article.

    The common case is quick: a further copy of a text that all of one group overlap fully changes nothing else.
    """
    others = {link.other_id for link in links}
    group = set(table.groups_of(archive, others).values())
    if not before and len(group) == 1 and all(alike(link) for link in links):
        (group_id,) = group
        if len(others) == min(table.group_size(archive, group_id), MOST_CANDIDATES):
            table.set_groups(archive, {article_id: group_id})
            return
    if before:
        table.set_bridges(archive, {article_id} | before, bridge=False)
    _regroup(archive, {article_id} | others | before)


def _regroup(archive: Archive, touched: set[int]) -> None:
    """Compute bridges and groups anew for the touched articles and all that hangs together with them.

    A bridge that is known already is a border: what lies behind it belongs to other groups, except what makes up most
    of it.
    """
    nodes, waiting = set(touched), set(touched)
    known: set[int] = set()
    found: dict[tuple[int, int], CopyLink] = {}
    while waiting:
        border = table.bridges_among(archive, waiting)
        known |= border
        beyond: set[int] = set()
        for link in table.links_of(archive, waiting):
            ends = (link.article_id, link.other_id)
            found[ends] = link
            if any(end in waiting and (end not in border or mostly(link, end)) for end in ends):
                beyond.update(ends)
        waiting = beyond - nodes
        nodes |= waiting
    new = _bridges(archive, nodes - known, found.values())
    table.set_bridges(archive, new, bridge=True)
    inside = [link for link in found.values() if link.article_id in nodes and link.other_id in nodes]
    table.set_groups(archive, groups(nodes, inside, known | new))


def _bridges(archive: Archive, articles: set[int], links: Iterable[CopyLink]) -> set[int]:
    questions = in_question(articles, links)
    if not questions:
        return set()
    rows = table.signatures(archive, {id_ for question in questions for id_ in question})
    silent = table.boilerplate_among(archive, {h for row in rows.values() for h in (*row.head, *row.body)})
    return bridges(questions, {id_: _signature(row).without(silent) for id_, row in rows.items()})


def _signature(row: SignatureRow) -> Signature:
    return Signature(frozenset(row.head), frozenset(row.body), row.length)
