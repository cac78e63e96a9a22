"""Keeping an article: once, under its canonical URL, in the group of its copies, with its earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from monitors.archive import articles as stored
from monitors.archive import copies as table
from monitors.archive import pages
from monitors.archive.connection import Archive
from monitors.archive.records import Article
from monitors.articles.copies import Relation
from monitors.articles.fingerprints import tokens
from monitors.articles.grouping import place_again, place_new
from monitors.articles.titles import bare_title, title_hash
from monitors.articles.urls import canonical_url


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
    return keep_all(archive, [article])[0]


def keep_all(archive: Archive, articles: Sequence[Article]) -> list[Kept]:
    """The same for several articles of one monitor, as if one came after the other, at a fraction of the cost."""
    offered = [one if one.canonical_url else replace(one, canonical_url=canonical_url(one.url)) for one in articles]
    if not offered:
        return []
    urls = {one.canonical_url for one in offered}
    with archive.writing(part=True):
        known = stored.by_canonical_urls(archive, offered[0].monitor, urls)
        first: dict[str, int] = {}
        for at, one in enumerate(offered):
            if one.canonical_url not in known:
                first.setdefault(one.canonical_url, at)
        new = dict(zip(first.values(), _keep_new(archive, [offered[at] for at in first.values()]), strict=True))
        known |= {kept.article.canonical_url: kept.article for kept in new.values()}
        kept_all = []
        for at, one in enumerate(offered):
            kept = new.get(at) or _keep_known(archive, known[one.canonical_url], one)
            known[one.canonical_url] = kept.article
            kept_all.append(kept)
        return kept_all


def _keep_new(archive: Archive, articles: Sequence[Article]) -> list[Kept]:
    hashes = [title_hash(article.title) for article in articles]
    ids = stored.insert_many(archive, list(zip(articles, hashes, strict=True)))
    stored_articles = [replace(article, id=id_) for article, id_ in zip(articles, ids, strict=True)]
    places = place_new(archive, list(zip(stored_articles, hashes, strict=True)))
    return [
        Kept(article, "new", place.group_id, place.relation)
        for article, place in zip(stored_articles, places, strict=True)
    ]


def _keep_known(archive: Archive, known: Article, article: Article) -> Kept:
    title, text = _newer(archive, known, article)
    if _same_words(known.title, title) and _same_words(known.text, text):
        return _as_stored(archive, known)
    hashed = title_hash(title)
    stored.revise(archive, known, title=title, text=text, title_hash=hashed, replaced=article.discovered)
    return _revised(archive, replace(known, title=title, text=text), hashed)


def _revised(archive: Archive, article: Article, hashed: int | None) -> Kept:
    place = place_again(archive, article, hashed)
    return Kept(article, "revised", place.group_id, place.relation)


def keep_page_text(archive: Archive, article: Article, text: str, now: datetime) -> Kept:
    """Give a stored article the text that was read from its page, and find the group of its copies anew.

    The first text from the page takes the place of the feed's summary and is no revision; a later one that differs is.
    Runs inside the caller's transaction, or in one of its own. Raises ArchiveError.
    """
    with archive.writing():
        known = stored.get(archive, article.id)
        page = pages.get(archive, article.id)
        hashed = title_hash(known.title)
        if page is not None and page.has_text:
            if _same_words(known.text, text):
                return _as_stored(archive, known)
            stored.revise(archive, known, title=known.title, text=text, title_hash=hashed, replaced=now)
        else:
            pages.complete(archive, article.id, text)
        return _revised(archive, replace(known, text=text), hashed)


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
