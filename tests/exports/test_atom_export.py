"""Atom, read by feedparser and by an XML parser."""

from __future__ import annotations

import io
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.exports.atom import NEVER, atom
from monitors.exports.names import Names
from monitors.exports.records import What

ANY = st.text(st.characters(codec=None))
ATOM = "{http://www.w3.org/2005/Atom}"


@given(title=ANY, text=ANY, publisher=ANY, url=ANY, situation=ANY, language=ANY, scope=ANY)
def test_always_well_formed_with_links_to_the_web_only(
    title: str, text: str, publisher: str, url: str, situation: str, language: str, scope: str
) -> None:
    record = {
        "monitor": "m", "canonical_url": url, "title": title, "discovered": "2031-03-01T12:00:00Z", "revised": None,
        "published": "2031-03-01T12:00:00Z", "text": text, "publisher": publisher, "url": url, "language": language,
        "situations": [situation],
    }  # fmt: skip
    feed = fromstring("".join(atom(What.ARTICLES, [record], None, scope, Names())).encode())
    assert feed.findtext(f"{ATOM}updated") == NEVER
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert all(link.lower().startswith(("http://", "https://")) for link in links)


@pytest.mark.parametrize("what", list(What))
def test_feedparser_reads_each_feed_without_complaint(export, what: What) -> None:
    done = export(what, "--format", "atom")
    read = feedparser.parse(io.BytesIO(done.stdout.encode()))
    assert not read.bozo
    assert (read.version, read.feed.title) == ("atom10", f"Wirewatch: {what}")
    assert read.entries
    assert len({entry.id for entry in read.entries}) == len(read.entries)
    assert read.feed.updated == max(entry.updated for entry in read.entries)
    assert all(entry.id.startswith("urn:uuid:") and entry.title for entry in read.entries)


def test_ids_stay_from_one_export_to_the_next_and_the_scope_has_its_own(export) -> None:
    def ids(*options: str) -> list[str]:
        read = feedparser.parse(io.BytesIO(export("articles", "--format", "atom", *options).stdout.encode()))
        return [read.feed.id, *(entry.id for entry in read.entries)]

    every, korean = ids(), ids("--language", "ko")
    assert every == ids()
    assert korean[0] != every[0]
    assert korean[1] == every[3]


def test_hostile_article_has_no_link_no_markup_and_nothing_lost(export, hostile) -> None:
    text = export("articles", "--format", "atom").stdout
    entry = fromstring(text.encode()).findall(f"{ATOM}entry")[0]
    assert entry.findall(f"{ATOM}link") == []
    assert list(entry.findall(f"{ATOM}content")[0]) == []
    assert all(word in (entry.findtext(f"{ATOM}title") or "") for word in hostile["words"])
    assert f"Address as given: {hostile['url']}" in (entry.findtext(f"{ATOM}content") or "")
    assert not set("\u202e\x00\x1b\x07") & set(text)


def test_empty_feed_is_still_one(export) -> None:
    done = export("developments", "--format", "atom", "--since", "2040-01-01")
    read = feedparser.parse(io.BytesIO(done.stdout.encode()))
    assert (read.bozo, read.entries, read.feed.updated) == (False, [], NEVER)
    assert done.stderr == "no developments to export\n"
