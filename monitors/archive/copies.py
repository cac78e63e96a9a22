"""What the archive keeps so that copies of a text are found again: signatures, postings, links, groups.

What the hashes are and when two texts are one is decided in the room of articles; here they are numbers.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from monitors.archive.connection import Archive
from monitors.archive.records import Candidate, CopyLink, SignatureRow
from monitors.clock import iso

_BATCH = 500


def store_signature(archive: Archive, article_id: int, signature: SignatureRow, hashes: Collection[int]) -> None:
    """Store the signature of an article and post its hashes, in place of what was stored before."""
    with archive.writing():
        forget_signature(archive, article_id)
        archive.insert(
            "signatures",
            {
                "article_id": article_id,
                "version": signature.version,
                "length": signature.length,
                "head": packed(signature.head),
                "body": packed(signature.body),
            },
        )
        archive.change_many(
            "insert into fingerprints (hash, article_id) values (?, ?)", [(h, article_id) for h in sorted(hashes)]
        )


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


def postings(archive: Archive, hashes: Collection[int]) -> list[tuple[int, int]]:
    """(hash, article id) of every article that has one of the hashes."""
    return [
        (int(h), int(article))
        for batch in _batches(hashes)
        for h, article in archive.values(
            f"select hash, article_id from fingerprints where hash in ({','.join('?' * len(batch))})", batch
        )
    ]


def candidates(
    archive: Archive, monitor: str, article_ids: Collection[int], *, version: int, since: datetime, until: datetime
) -> list[Candidate]:
    """The signatures of those of the articles that belong to the monitor and were published in the period."""
    return [
        Candidate(int(id_), family, SignatureRow(int(version), int(length), unpacked(head), unpacked(body)))
        for batch in _batches(article_ids)
        for id_, family, length, head, body in archive.values(
            "select articles.id, family, length, head, body from articles join signatures on article_id = articles.id "
            "join publishers on publishers.id = publisher_id "
            f"where articles.id in ({','.join('?' * len(batch))}) and monitor = ? and version = ? "
            "and published between ? and ?",
            [*batch, monitor, version, iso(since), iso(until)],
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
    return {
        int(row[0])
        for batch in _batches(hashes)
        for row in archive.values(f"select hash from boilerplate where hash in ({','.join('?' * len(batch))})", batch)
    }


def mark_boilerplate(archive: Archive, hashes: Iterable[int], since: datetime) -> None:
    """Remember hashes that tell nothing."""
    archive.change_many(
        "insert into boilerplate (hash, since) values (?, ?) on conflict do nothing", [(h, iso(since)) for h in hashes]
    )


def same_title(
    archive: Archive, monitor: str, title_hash: int, since: datetime, until: datetime
) -> list[tuple[int, bool]]:
    """(article id, has a signature) of the articles with this title hash that were published in the period."""
    return [
        (int(article), bool(signed))
        for article, signed in archive.values(
            "select id, exists (select 1 from signatures where article_id = id) from articles "
            "where title_hash = ? and monitor = ? and published between ? and ?",
            [title_hash, monitor, iso(since), iso(until)],
        )
    ]


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


def group_size(archive: Archive, group_id: int) -> int:
    """How many articles a copy group has."""
    return int(archive.values("select count(*) from articles where group_id = ?", [group_id])[0][0])


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


def _batches(values: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(values)
    return (ordered[i : i + _BATCH] for i in range(0, len(ordered), _BATCH))
