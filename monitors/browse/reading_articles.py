"""One article: its text with what was read in it, what its publisher changed, its updates and its copies."""

from __future__ import annotations

from typing import Any

from monitors.archive import articles as stored
from monitors.archive.connection import Archive, Row
from monitors.browse import listed
from monitors.browse.asked import Asked, Found, NothingThere
from monitors.browse.changes import Change, changes
from monitors.clock import iso

_MENTIONS, _COPIES, _REVISIONS, _UPDATES = 200, 100, 50, 50


def article(asked: Asked) -> Found:
    """The article as it is now, and as it was."""
    id_ = asked.id
    found = asked.archive.row(
        "select articles.*, publishers.name as publisher, publishers.family, text, dropped from articles "
        "join publishers on publishers.id = publisher_id "
        "left join article_texts on article_texts.article_id = articles.id where articles.id = ?",
        [id_],
    )
    if found is None:
        raise NothingThere(f"no article {id_}")
    mentions = _mentions(asked.archive, id_)
    text = found["text"] or ""
    data: dict[str, Any] = {
        **{name: found[name] for name in (*listed.ARTICLE_COLUMNS, "canonical_url", "date_confidence", "feed_url")},
        "official": bool(found["official"]),
        "text": text,
        "dropped": found["dropped"],
        "mentions": mentions,
        "revisions": _revisions(asked.archive, id_, found["title"], text),
        "updated": next(iter(listed.articles(asked.archive, [found["update_of"]])), None),
        "updates": _updates(asked.archive, id_),
        "copies": _copies(asked.archive, id_, found["group_id"]),
        "developments": _developments(asked.archive, id_),
    }
    return Found(data)


def _mentions(archive: Archive, article_id: int) -> list[Row]:
    return archive.rows(
        'select id, situation, status, factuality, sentence, field, start, "end", event_date, place, attribution, cue '
        "from mentions where article_id = ? order by field desc, start, id limit ?",
        [article_id, _MENTIONS],
    )


def _revisions(archive: Archive, article_id: int, title: str, text: str) -> list[dict[str, Any]]:
    """Each change that was seen, the latest first."""
    earlier = stored.revisions(archive, article_id)[-_REVISIONS:]
    later = [*((one.title, one.text) for one in earlier), (title, text)][1:]
    found = []
    for revision, (new_title, new_text) in zip(earlier, later, strict=True):
        in_title, in_text = changes(revision.title, new_title), changes(revision.text, new_text)
        found.append(
            {
                "replaced": iso(revision.replaced), "title": _plain(in_title), "text": _plain(in_text),
                "is_trivial": in_title.is_trivial and in_text.is_trivial,
            }
        )  # fmt: skip
    return found[::-1]


def _plain(change: Change) -> list[dict[str, str]]:
    return [{"kind": kind, "words": words} for kind, words in change.pieces]


def _updates(archive: Archive, article_id: int) -> list[Row]:
    """The later articles of its publisher that tell it again with something changed or added."""
    ids = archive.values(
        "select id from articles where update_of = ? order by published, id limit ?", [article_id, _UPDATES]
    )
    return listed.articles(archive, [one for (one,) in ids])


def _copies(archive: Archive, article_id: int, group_id: int | None) -> list[Row]:
    if group_id is None:
        return []
    ids = archive.values(
        "select id from articles where group_id = ? and id <> ? order by id limit ?", [group_id, article_id, _COPIES]
    )
    return listed.articles(archive, [one for (one,) in ids])


def _developments(archive: Archive, article_id: int) -> list[Row]:
    return listed.developments(
        archive,
        "where developments.id in (select development_id from evidence where article_id = ?) order by developments.id",
        [article_id],
    )


def spans(text: str, mentions: list[Row], field: str) -> list[tuple[str, Row | None]]:
    """A text in pieces, each with the mention that it is. What overlaps or no longer fits the text is passed over."""
    pieces: list[tuple[str, Row | None]] = []
    at = 0
    for mention in mentions:
        start, end = mention["start"], mention["end"]
        if mention["field"] != field or start < at or text[start:end] != mention["sentence"] or not mention["sentence"]:
            continue
        pieces += [(text[at:start], None), (text[start:end], mention)]
        at = end
    return [*pieces, (text[at:], None)]
