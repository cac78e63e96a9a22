# ruff: noqa: SIM905 -- word lists read better as one string
"""Invented news for the bench: documents that are the same on every run, and a monitor that they are about."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

START = datetime(2025, 8, 25, 6, 0, tzinfo=UTC)

_PEOPLE = (("Marta Velin", "President Velin"), ("Oskar Tamm", "Chancellor Tamm"))
_PLACES = "Lorvik Sandholm Brenau Castelmar Ostrava Tallin Verdan Halmstad Port-Ilse Novigrad".split()
_SAYS = "said warned insisted noted argued suggested recalled admitted repeated denied".split()
_THINGS = (
    "the fishing quota",
    "a customs dispute",
    "the border railway",
    "energy prices",
    "the grain harvest",
    "a prisoner exchange",
    "the harbour treaty",
    "new tariffs on steel",
    "flood relief",
    "a joint naval exercise",
)
_WORDS = (
    "ministry officials reporters talks summit agreement parliament spring autumn region exports coastal defence "
    "budget envoy delegation statement proposal committee economy workers union farmers opposition coalition voters "
    "analysts markets quarter growth pressure deadline border river railway capital province council security energy "
    "supply winter storage import licence harbour fleet treaty clause signature draft paragraph hearing session visit "
    "invitation schedule weekend evening morning crowd square speech question answer silence compromise patience "
    "critics supporters newspaper broadcaster survey percent million shipment warehouse bridge tunnel factory school"
).split()
_OPENINGS = (
    "{one} and {other} meet in {place} over {thing}",
    "{one} rejects talks with {other} on {thing}",
    "{other} ready to see {one} in {place}, aides say",
    "{one}, {other} trade accusations about {thing}",
    "What {one} and {other} want from {thing}",
    "{place} prepares for a summit of {one} and {other}",
)


def feed_document(number: int, entries: int) -> bytes:
    """RSS 2.0 with `entries` items that no other feed has; the same for the same number."""
    dice = random.Random(number)
    items = "".join(_item(dice, number, index) for index in range(entries))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Bench News {number}</title><link>https://n{number}.example/</link>"
        f"<description>Feed {number}</description><language>en</language>{items}</channel></rss>"
    ).encode()


def _item(dice: random.Random, number: int, index: int) -> str:
    people = dice.sample(_PEOPLE, 2)
    one, other = people[0][0], people[1][0]
    place, thing = dice.choice(_PLACES), dice.choice(_THINGS)
    title = dice.choice(_OPENINGS).format(one=one, other=other, place=place, thing=thing)
    title += f", {dice.choice(_WORDS)} {dice.choice(_WORDS)} {number * 1000 + index}"
    sentences = [f"{one} and {other} spoke about {thing} in {place}."]
    for _ in range(3):
        words = " ".join(dice.choice(_WORDS) for _ in range(dice.randint(9, 16)))
        sentences.append(f"{dice.choice(people)[1]} {dice.choice(_SAYS)} that {words} in {dice.choice(_PLACES)}.")
    published = START - timedelta(minutes=dice.randint(0, 3000))
    address = f"https://n{number}.example/{published:%Y/%m/%d}/story-{number}-{index}"
    return (
        f"<item><title>{escape(title)}</title><link>{address}</link>"
        f'<guid isPermaLink="false">n{number}-{index}</guid><pubDate>{published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>'
        f"<description>{escape('<p>' + ' '.join(sentences) + '</p>')}</description></item>"
    )


def monitor_document(addresses: list[str]) -> dict[str, object]:
    """A monitor file's content: two people, one situation, and the feeds at `addresses`."""
    entities = [
        {"id": "velin", "name": "Marta Velin", "kind": "person", "names": {"en": ["Marta Velin"]},
         "roles": {"en": ["President Velin"]}},
        {"id": "tamm", "name": "Oskar Tamm", "kind": "person", "names": {"en": ["Oskar Tamm"]},
         "roles": {"en": ["Chancellor Tamm"]}},
    ]  # fmt: skip
    return {
        "version": 1,
        "id": "bench",
        "title": "Bench",
        "languages": ["en"],
        "polling": {
            "deadline": 20, "per_host_delay": 0, "workers": 16, "allow_private": ["127.0.0.1"], "max_pages": 0,
        },
        "feeds": [
            {
                "publisher": f"Bench News {number}",
                "family": f"bench-{number}",
                "url": url,
                "language": "en",
                "full_text": False,
            }
            for number, url in enumerate(addresses)
        ],
        "entities": entities,
        "topic": {"any_of": [["velin", "tamm"]]},
        "situations": [
            {"id": "meeting", "kind": "meeting", "title": "Meeting of Velin and Tamm", "parties": [["velin"], ["tamm"]],
             "words": {"en": ["summit", "talks", "meeting"]}},
        ],
        "policy": {"rules": [{"channels": ["here"]}]},
        "channels": [{"id": "here", "type": "terminal"}],
    }  # fmt: skip
