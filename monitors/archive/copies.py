"""What the archive keeps so that copies of a text are found again: signatures, postings, links, groups.

What the hashes are and when two texts are one is decided in the room of articles; here they are numbers.

A plus sign before a column keeps SQLite from starting with that column's index, which would read the whole archive.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from monitors.archive.connection import Archive
from monitors.archive.records import Candidate, CopyLink, SignatureRow
from monitors.clock import from_iso, iso

POSTED_BELOW = 2**62
"""Hashes below this are posted and looked up: half of those of a text's beginning, all of the thin sample of the rest.
The signature keeps the others for the comparison. It halves what a new article costs, and loses none of a thousand
copies."""

_WITHDRAWN = "postings_withdrawn_up_to"
_WITHDRAWN_AT_ONCE = 200
"""Articles of one transaction, so that nobody waits long for the lock."""


def store_signature(archive: Archive, article_id: int, signature: SignatureRow) -> None:
    """Store the signature of an article and post its hashes, in place of what was stored before."""
    with archive.writing():
        forget_signature(archive, article_id)
        store_signatures(archive, {article_id: signature})


def store_signatures(archive: Archive, signatures: Mapping[int, SignatureRow]) -> None:
    """Store the signatures of articles that have none yet, and post their hashes.

    The hashes of an article so old that those of its time were withdrawn are not posted again.
    """
    with archive.writing(part=True):
        archive.insert_many(
            "signatures",
            [
                {
                    "article_id": article_id,
                    "version": signature.version,
                    "length": signature.length,
                    "head": packed(signature.head),
                    "body": packed(signature.body),
                }
                for article_id, signature in signatures.items()
            ],
        )
        withdrawn = withdrawn_up_to(archive)
        new = {
            (h, article_id)
            for article_id, signature in signatures.items()
            if article_id > withdrawn
            for h in posted(signature)
        }
        # In the order of the key, so that the pages of the table are visited once each.
        archive.change_many("insert into fingerprints (hash, article_id) values (?, ?)", sorted(new))


def posted(signature: SignatureRow) -> set[int]:
    """The hashes of a signature by which it is found."""
    return {h for h in (*signature.head, *signature.body) if h < POSTED_BELOW}


def forget_signature(archive: Archive, article_id: int) -> None:
    """Remove the signature of an article and its postings, if there are any."""
    stored = archive.values("select head, body from signatures where article_id = ?", [article_id])
    if not stored:
        return
    with archive.writing():
        hashes = set(unpacked(stored[0][0])) | set(unpacked(stored[0][1]))
        archive.change_many(
            "delete from fingerprints where hash = ? and article_id = ?", [(h, article_id) for h in sorted(hashes)]
        )
        archive.change("delete from signatures where article_id = ?", [article_id])


def prune_postings(archive: Archive, *, before: datetime, limit: int | None = None) -> int:
    """Withdraw the posted hashes of articles that arrived before a time, oldest first; of how many articles.

    Their signatures stay. At most `limit` signed articles are handled, in short transactions; the next call goes on
    where this one ended. Ids are in order of arrival, so the last id that is done tells all. Raises ArchiveError.
    """
    done = 0
    while limit is None or done < limit:
        most = _WITHDRAWN_AT_ONCE if limit is None else min(_WITHDRAWN_AT_ONCE, limit - done)
        with archive.writing():
            rows = archive.values(
                "select article_id, discovered, head, body from signatures join articles on articles.id = article_id "
                "where article_id > ? order by article_id limit ?",
                [withdrawn_up_to(archive), most],
            )
            old = list(itertools.takewhile(lambda row: row[1] < iso(before), rows))
            if old:
                archive.change_many(
                    "delete from fingerprints where hash = ? and article_id = ?",
                    sorted({(h, id_) for id_, _, head, body in old for h in (*unpacked(head), *unpacked(body))}),
                )
                archive.change(
                    "insert into settings (name, value) values (?, ?) "
                    "on conflict (name) do update set value = excluded.value",
                    [_WITHDRAWN, str(old[-1][0])],
                )
        done += len(old)
        if len(old) < most:
            break
    return done


def withdrawn_up_to(archive: Archive) -> int:
    """The last article whose hashes are posted no more, nor those of any before it; 0 when all are."""
    rows = archive.values("select value from settings where name = ?", [_WITHDRAWN])
    return int(rows[0][0]) if rows else 0


def postings(archive: Archive, hashes: Collection[int]) -> list[tuple[int, int]]:
    """(hash, article id) of every article that has one of the hashes, each of which is given once."""
    return archive.values(
        "select hash, article_id from json_each(?) cross join fingerprints on hash = value",
        [json.dumps(sorted(hashes))],
    )


def candidates(archive: Archive, monitor: str, article_ids: Collection[int], *, version: int) -> list[Candidate]:
    """The signatures of this version of those of the articles that belong to the monitor."""
    return [
        Candidate(
            int(id_), family, from_iso(published), SignatureRow(version, int(length), unpacked(head), unpacked(body))
        )
        for id_, family, published, length, head, body in archive.values(
            "select articles.id, family, published, length, head, body "
            "from articles join signatures on article_id = articles.id "
            "join publishers on publishers.id = publisher_id "
            "where articles.id in (select value from json_each(?)) and +monitor = ? and version = ?",
            [json.dumps(sorted(article_ids)), monitor, version],
        )
    ]


def signatures(archive: Archive, article_ids: Collection[int]) -> dict[int, SignatureRow]:
    """The signatures of those of the articles that have one."""
    return {
        int(id_): SignatureRow(int(version), int(length), unpacked(head), unpacked(body))
        for id_, version, length, head, body in archive.values(
            "select article_id, version, length, head, body from signatures "
            "where article_id in (select value from json_each(?))",
            [json.dumps(sorted(article_ids))],
        )
    }


def signed_articles(archive: Archive) -> int:
    """About how many articles have a signature: the highest id, which costs nothing to find."""
    return int(archive.values("select coalesce(max(article_id), 0) from signatures")[0][0])


def boilerplate_among(archive: Archive, hashes: Collection[int]) -> set[int]:
    """Those of the hashes that are known to tell nothing."""
    rows = archive.values(
        "select hash from json_each(?) cross join boilerplate on hash = value", [json.dumps(sorted(hashes))]
    )
    return {row[0] for row in rows}


def mark_boilerplate(archive: Archive, hashes: Iterable[int], since: datetime) -> None:
    """Remember hashes that tell nothing."""
    archive.change_many(
        "insert into boilerplate (hash, since) values (?, ?) on conflict do nothing", [(h, iso(since)) for h in hashes]
    )


def same_titles(
    archive: Archive, monitor: str, title_hashes: Collection[int], since: datetime, until: datetime
) -> list[tuple[int, int, datetime, bool]]:
    """(title hash, article id, published, has a signature) of the articles with one of these title hashes that were
    published in the period.
    """
    rows = archive.values(
        "select title_hash, id, published, exists (select 1 from signatures where article_id = id) from articles "
        "where title_hash in (select value from json_each(?)) and title_hash is not null "
        "and +monitor = ? and +published between ? and ?",
        [json.dumps(sorted(title_hashes)), monitor, iso(since), iso(until)],
    )
    return [(title, article, from_iso(published), bool(signed)) for title, article, published, signed in rows]


def store_links(archive: Archive, links: Iterable[CopyLink]) -> None:
    """Store overlaps; the same pair once."""
    archive.change_many(
        "insert into copy_links (article_id, other_id, share, other_share, by_title) values (?, ?, ?, ?, ?) "
        "on conflict (article_id, other_id) do update set share = excluded.share, "
        "other_share = excluded.other_share, by_title = excluded.by_title",
        [
            (link.article_id, link.other_id, link.share, link.other_share, int(link.by_title))
            if link.article_id > link.other_id
            else (link.other_id, link.article_id, link.other_share, link.share, int(link.by_title))
            for link in links
        ],
    )


def forget_links(archive: Archive, article_id: int) -> set[int]:
    """Remove the overlaps of an article; the articles that it overlapped with."""
    neighbours = {
        link.other_id if link.article_id == article_id else link.article_id for link in links_of(archive, [article_id])
    }
    with archive.writing():
        archive.change("delete from copy_links where article_id = ?", [article_id])
        archive.change("delete from copy_links where other_id = ?", [article_id])
    return neighbours


def links_of(archive: Archive, article_ids: Collection[int]) -> list[CopyLink]:
    """Every overlap that one of the articles is part of."""
    ids = json.dumps(sorted(article_ids))
    return [
        CopyLink(int(article), int(other), share, other_share, bool(by_title))
        for article, other, share, other_share, by_title in archive.values(
            "select * from copy_links where article_id in (select value from json_each(:ids)) "
            "union select * from copy_links where other_id in (select value from json_each(:ids))",
            {"ids": ids},
        )
    ]


def same_publisher_overlaps(archive: Archive, article_ids: Collection[int]) -> list[tuple[int, int, float]]:
    """(later article, earlier one, how much of the earlier text is in the later) of each overlap of the articles within
    one publisher, the latest earlier ones first.
    """
    rows = archive.values(
        "select later.id, earlier.id, iif(later.id = article_id, other_share, share) from "
        "(select * from copy_links where article_id in (select value from json_each(:ids)) "
        "union select * from copy_links where other_id in (select value from json_each(:ids))) as linked "
        "cross join articles as later on later.id in (article_id, other_id) "
        "cross join articles as earlier on earlier.id = iif(later.id = article_id, other_id, article_id) "
        "where later.publisher_id = earlier.publisher_id and not by_title "
        "and (earlier.published, earlier.id) < (later.published, later.id) "
        "order by earlier.published desc, earlier.id desc",
        {"ids": json.dumps(sorted(article_ids))},
    )
    return [(int(later), int(earlier), share) for later, earlier, share in rows]


def texts(archive: Archive, article_ids: Collection[int]) -> dict[int, str]:
    """The texts of the articles; empty where one was removed."""
    return dict(
        archive.values(
            "select article_id, text from article_texts where article_id in (select value from json_each(?))",
            [json.dumps(sorted(article_ids))],
        )
    )


def set_updates(archive: Archive, updates: Mapping[int, int | None]) -> None:
    """Note of articles which earlier one each updates: article id -> article id, or None."""
    archive.change_many(
        "update articles set update_of = ? where id = ? and update_of is not ?",
        [(earlier, article, earlier) for article, earlier in updates.items()],
    )


def original_among(archive: Archive, article_ids: Collection[int]) -> set[int]:
    """Those of the articles that are neither copy nor excerpt of another."""
    return {
        int(row[0])
        for row in archive.values(
            "select id from articles where id in (select value from json_each(?)) "
            "and relation not in ('copy', 'excerpt')",
            [json.dumps(sorted(article_ids))],
        )
    }


def bridges_among(archive: Archive, article_ids: Collection[int]) -> set[int]:
    """Those of the articles that are known to be made of unrelated texts."""
    return {
        int(row[0])
        for row in archive.values(
            "select id from articles where id in (select value from json_each(?)) and bridge",
            [json.dumps(sorted(article_ids))],
        )
    }


def set_bridges(archive: Archive, article_ids: Iterable[int], *, bridge: bool) -> None:
    """Note whether articles are made of unrelated texts."""
    archive.change_many("update articles set bridge = ? where id = ?", [(int(bridge), id_) for id_ in article_ids])


def groups_of(archive: Archive, article_ids: Collection[int]) -> dict[int, int]:
    """The copy group of each of the articles."""
    return dict(
        archive.values(
            "select id, group_id from articles where id in (select value from json_each(?))",
            [json.dumps(sorted(article_ids))],
        )
    )


def relation_of(archive: Archive, article_id: int) -> str | None:
    """What an article is to the others of its copy group."""
    return str(archive.values("select relation from articles where id = ?", [article_id])[0][0])


def set_relation(archive: Archive, article_id: int, relation: str) -> None:
    archive.change("update articles set relation = ? where id = ?", [relation, article_id])


def set_groups(archive: Archive, groups: Mapping[int, int]) -> None:
    """Put articles into copy groups: article id -> group id."""
    archive.change_many(
        "update articles set group_id = ? where id = ? and group_id is not ?",
        [(group, article, group) for article, group in groups.items()],
    )


def packed(hashes: Iterable[int]) -> bytes:
    """Hashes below 2^63 as big-endian bytes, sorted."""
    ordered = sorted(hashes)
    return struct.pack(f">{len(ordered)}q", *ordered)


def unpacked(blob: bytes) -> tuple[int, ...]:
    """What `packed` wrote."""
    return struct.unpack(f">{len(blob) // 8}q", blob)
