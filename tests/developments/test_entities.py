"""Names in a text: the longest first, offices by date, short forms in company, other people left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.model import Entity, Language, Office, Term
from monitors.developments.entities import EntityFinder, Tag

ADA = Entity(
    id="ada", name="Ada Brunnick", kind="person", acts_for="tarnland",
    names={"en": ("Ada Brunnick",), "ko": ("브루닉",)},
    short={"en": ("Brunnick", "Ada"), "ko": ("브",)},
    roles={"en": ("Tarnland's chancellor", "chancellor")},
    office=Office(since=date(2030, 2, 1), until=date(2034, 1, 31)),
    unlike={"en": ("Otto Brunnick", "Brunnick Dam")},
)  # fmt: skip
ODA = Entity(
    id="oda", name="Oda Pell", kind="person", names={"en": ("Oda Pell",)}, roles={"en": ("chancellor",)},
    office=Office(since=date(2034, 2, 1), earlier_terms=(Term(since=date(2020, 1, 1), until=date(2024, 1, 1)),)),
)  # fmt: skip
TARN = Entity(id="tarnland", name="Tarnland", kind="government", names={"en": ("Tarnland", "TL", "both countries")})
VELM = Entity(id="velmora", name="Velmora", kind="government", names={"en": ("Velmora", "both countries", "X")})
XENO = Entity(id="xeno", name="Xeno", kind="place", names={"en": ("X",)})
ALL = (ADA, ODA, TARN, VELM, XENO)
THEN = date(2031, 5, 1)
COMPANY = {"ada": frozenset({"velmora"})}


def tags(text: str, day: date = THEN, language: Language = "en") -> list[Tag]:
    return EntityFinder(ALL, language).resolve([text], day, COMPANY)[0]


def named(text: str, day: date = THEN, language: Language = "en") -> list[tuple[str, str | None]]:
    return [(text[tag.start : tag.end], tag.entity) for tag in tags(text, day, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Brunnick spoke", [("Ada Brunnick", "ada")]),
        ("Ada Brunnick spoke; Brunnick left", [("Ada Brunnick", "ada"), ("Brunnick", "ada")]),
        ("Brunnick spoke", []),
        ("Brunnick left for Velmora", [("Brunnick", "ada"), ("Velmora", "velmora")]),
        ("Otto Brunnick left for Velmora", [("Otto Brunnick", None), ("Velmora", "velmora")]),
        ("Otto Brunnick left; Brunnick liked Velmora", [("Otto Brunnick", None), ("Velmora", "velmora")]),
        ("Ada Brunnick saw Otto Brunnick", [("Ada Brunnick", "ada"), ("Otto Brunnick", None)]),
        ("Ada Brunnick at Brunnick Dam", [("Ada Brunnick", "ada"), ("Brunnick Dam", None)]),
        ("Tarnlanders sang", []),
        ("aTarnland", []),
        ("tarnland sang", []),
        ("TARNLAND SANG", [("TARNLAND", "tarnland")]),
        ("TL signs", [("TL", "tarnland")]),
        ("tl signs", []),
        ("Tarnland's own", [("Tarnland", "tarnland")]),
    ],
)
def test_a_name_counts_where_it_means_the_entity(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("day", "holder"),
    [
        (date(2019, 12, 31), None),
        (date(2021, 1, 1), "oda"),
        (date(2025, 1, 1), None),
        (date(2030, 2, 1), "ada"),
        (date(2034, 1, 31), "ada"),
        (date(2034, 2, 1), "oda"),
    ],
)
def test_a_role_means_whoever_holds_the_office_on_that_day(day: date, holder: str | None) -> None:
    assert [entity for _, entity in named("The chancellor spoke", day)] == ([holder] if holder else [])


def test_a_short_form_is_vouched_for_by_a_counterpart_only_during_the_office() -> None:
    assert ("Brunnick", "ada") in named("Brunnick left for Velmora", date(2033, 1, 1))
    assert ("Brunnick", "ada") not in named("Brunnick left for Velmora", date(2036, 1, 1))


def test_a_name_anywhere_in_the_article_vouches_for_short_forms_in_all_of_it() -> None:
    finder = EntityFinder(ALL, "en")
    title, text = finder.resolve(["Brunnick to resign", "Ada Brunnick said so."], THEN, {})
    assert [tag.entity for tag in title] == ["ada"]
    assert [tag.alias for tag in (*title, *text)] == ["short", "name"]


def test_a_name_that_two_entities_share_names_both_side_by_side() -> None:
    both = tags("both countries agree")
    assert [tag.entity for tag in both] == ["tarnland", "velmora"]
    assert (both[0].start, both[0].end, both[1].start, both[1].end) == (0, 7, 7, 14)


def test_a_shared_name_too_short_to_be_cut_names_the_first() -> None:
    assert [tag.entity for tag in tags("X agrees")] == ["velmora"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("브루닉이 말했다", ["ada"]),
        ("브루닉이 말했다. 브, 떠나", ["ada", "ada"]),
        ("브루닉이 브리핑했다", ["ada"]),
        ("Tarnland는 말했다", ["tarnland"]),
    ],
)
def test_korean_particles_cling_to_names_and_latin_names_are_read_too(text: str, expected: list[str]) -> None:
    assert [tag.entity for tag in tags(text, language="ko")] == expected


def test_the_first_sieve_is_generous_with_short_forms_and_strict_with_other_people() -> None:
    finder = EntityFinder(ALL, "en")
    assert finder.names_all("Brunnick and the chancellor", [frozenset({"ada", "oda"})])
    assert not finder.names_all("Brunnick and the harbour", [frozenset({"ada", "oda"})])
    assert not finder.names_all("Otto Brunnick", [frozenset({"ada"})])


def test_without_names_in_a_language_nothing_is_found() -> None:
    only_korean = Entity(id="gil", name="Gil", kind="person", names={"ko": ("길동",)})
    finder = EntityFinder([only_korean], "en")
    assert not finder.names_all("길동", [frozenset({"gil"})])
    assert finder.resolve(["길동"], THEN, {}) == [[]]


NAMES = ["Ada Brunnick", "Brunnick", "Otto Brunnick", "chancellor", "TL", "both countries", "X", "sings", "Velmora's"]


@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_tags_lie_in_the_text_in_order_and_never_overlap(words: list[str]) -> None:
    text = " ".join(words)
    cursor = 0
    for tag in tags(text):
        assert cursor <= tag.start < tag.end <= len(text)
        cursor = tag.end


@given(st.permutations(ALL))
def test_the_order_of_entities_in_the_file_decides_only_between_equals(entities: list[Entity]) -> None:
    text = "Ada Brunnick of Tarnland called the chancellor of Velmora"
    found = EntityFinder(entities, "en").resolve([text], THEN, {})[0]
    assert [tag.entity for tag in found] == ["ada", "tarnland", "ada", "velmora"]
