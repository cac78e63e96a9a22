"""What one marked sentence says: its clauses, status, date and place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.kinds import Kind
from monitors.developments.languages import LanguagePack, load_pack
from monitors.developments.mentions import Said, Segment, background_class, place_in, segments, settle, status_of
from monitors.developments.patterns import SLOTS, compile_patterns

DAY = date(2031, 3, 5)


def slots(text: str) -> str:
    for name, slot in SLOTS.items():
        text = text.replace(f"<{name}>", slot)
    return text


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("they meet", [("they meet", False)]),
        ("they meet but he left", [("they meet ", False), ("but he left", False)]),
        ("they rest after they met", [("they rest ", False), ("after they met", True)]),
        ("after they met, they rest", [("after they met", True), (", they rest", False)]),
        ("after they met they rest", [("after they met they rest", True)]),
        ("after they met, but late, they rest",
         [("after they met", True), (", ", False), ("but late, they rest", False)]),
        ("after but, what", [("after ", True), ("but, what", False)]),
        ("one; two - three...four…five",
         [("one", False), ("; two", False), (" - three", False), ("...four", False), ("…five", False)]),
    ],
)  # fmt: skip
def test_a_sentence_is_cut_at_the_words_that_open_a_clause(
    tiny: LanguagePack, text: str, clauses: list[tuple[str, bool]]
) -> None:
    assert [(text[s.start : s.end], s.subordinate) for s in segments(text, tiny)] == clauses


CLAUSES = st.lists(st.sampled_from(["after", "but", "if", "met", ",", ";", " - ", "...", "…", "who"]), max_size=12)


@given(CLAUSES, st.sampled_from(["en", "ko"]))
def test_clauses_cover_the_sentence_without_overlap(words: list[str], language: str) -> None:
    text = " ".join(words)
    pack = load_pack(language)
    assert pack is not None
    cursor = 0
    for segment in segments(text, pack):
        assert segment.start == cursor < segment.end
        cursor = segment.end
    assert cursor == len(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<side> met <side2> years ago", "history"),
        ("in <pastdate> they met", "history"),
        ("were they to, they were to meet", "hypothesis"),
        ("experts say they meet", "opinion"),
        ("will they meet?", "question"),
        ('will they meet?"', "question"),
        ("만날까？", "question"),
        ("they meet", None),
    ],
)
def test_history_hypothesis_question_and_opinion_are_background(
    tiny: LanguagePack, text: str, name: str | None
) -> None:
    assert background_class(slots(text), tiny) == name


@pytest.mark.parametrize(
    ("kind", "text", "status"),
    [
        ("meeting", "<side> calls off <thing>", "cancelled"),
        ("meeting", "<thing> is back on", "scheduled"),
        ("meeting", "no plans for <thing>", "none"),
        ("meeting", "<side> did <past>", "occurred"),
        ("meeting", "<side> <now>", "occurred"),
        ("meeting", "<side>, <doing> <side2>, waves", "occurred"),
        ("meeting", "<side> is <doing>", None),
        ("occurrence", "<now> a <thing>", "occurred"),
        ("occurrence", "<past>", None),
        ("policy", "resumes the <thing>", "announced"),
        ("policy", "considers the <thing>", "proposed"),
        ("agreement", "doubt over <thing>", "none"),
        ("agreement", "sign <thing>", "signed"),
    ],
)
def test_the_first_cue_that_answers_gives_the_status(
    tiny: LanguagePack, kind: Kind, text: str, status: str | None
) -> None:
    found = status_of(kind, slots(text), {}, tiny)
    assert (found.status if found else None) == status


def test_the_monitor_files_own_cues_come_before_those_of_the_language(tiny: LanguagePack) -> None:
    goodbye = compile_patterns(["waves goodbye"], spaced=True)
    assert goodbye is not None
    own = {"cancelled": goodbye}
    assert status_of("meeting", "waves goodbye", own, tiny) == Said("cancelled", "waves goodbye", "cancelled")


def settled(
    reader: Any,
    sentence: str,
    status: str,
    kind: Kind = "meeting",
    *,
    cue_class: str | None = None,
    conditional: bool = False,
) -> tuple[str, str | None]:
    marked = reader.marked(sentence)
    return settle(
        kind,
        Said(status, "", cue_class or status),
        Segment(0, len(marked.text), False, conditional=conditional),
        marked,
        DAY,
    )


@pytest.mark.parametrize(
    ("sentence", "status", "expected"),
    [
        ("The summit is on May 14", "agreed", ("scheduled", "2031-05-14")),
        ("The summit is on May 14", "scheduled", ("scheduled", "2031-05-14")),
        ("The summit is in June", "agreed", ("scheduled", "2031-06")),
        ("The summit is agreed", "scheduled", ("agreed", None)),
        ("The summit is in 2032", "scheduled", ("agreed", "2032")),
        ("The summit was on March 4", "scheduled", ("agreed", "2031-03-04")),
        ("The summit was on March 3", "scheduled", ("agreed", None)),
        ("The summit is on May 14", "mooted", ("mooted", "2031-05-14")),
        ("On Friday he spoke of a summit", "mooted", ("mooted", None)),
        ("The summit is on Friday", "scheduled", ("scheduled", "2031-03-07")),
        ("The two met on Monday", "occurred", ("occurred", "2031-03-03")),
        ("The two met on Monday", "scheduled", ("occurred", "2031-03-03")),
        ("The two met today", "occurred", ("occurred", "2031-03-05")),
        ("The two met in May", "occurred", ("occurred", "2030-05")),
        ("The two met tomorrow", "occurred", ("occurred", None)),
        ("The two met on March 6", "occurred", ("occurred", None)),
        ("In June, on June 4 they meet", "scheduled", ("scheduled", "2031-06-04")),
    ],
)
def test_status_and_date_fit_one_another(
    reader: Any, sentence: str, status: str, expected: tuple[str, str | None]
) -> None:
    assert settled(reader, sentence, status) == expected


def test_a_venue_that_is_settled_needs_no_date(reader: Any) -> None:
    assert settled(reader, "The venue of the summit is settled", "scheduled", cue_class="fixed") == ("scheduled", None)


@pytest.mark.parametrize(
    ("kind", "status", "left"),
    [
        ("meeting", "agreed", "mooted"),
        ("meeting", "cancelled", "none"),
        ("meeting", "declined", "declined"),
        ("policy", "ended", "proposed"),
        ("agreement", "signed", "signed"),
    ],
)
def test_what_depends_on_a_condition_is_less(reader: Any, kind: Kind, status: str, left: str) -> None:
    assert settled(reader, "The summit is off", status, kind, conditional=True)[0] == left


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("<side> will <plan> <side2> if <side2> asks", (True, False)),
        ("if <side2> asks, <side> will <plan>", (False, True)),
        ("<side> will <plan> <side2> after lunch", (False, False)),
    ],
)
def test_the_clause_beside_a_condition_is_conditional(
    tiny: LanguagePack, text: str, conditional: tuple[bool, ...]
) -> None:
    assert tuple(clause.conditional for clause in segments(slots(text), tiny)) == conditional


def test_other_kinds_keep_their_status_whatever_the_date(reader: Any) -> None:
    assert settled(reader, "The treaty in June", "signed", "agreement") == ("signed", "2031-06")
    assert settled(reader, "The treaty on May 14", "agreed", "agreement") == ("agreed", "2031-05-14")


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("The summit in Upper Tarn is on", "Upper Tarn"),
        ("The summit at the Grand Hotel.", "Grand Hotel"),
        ("The summit in Oststadt's hall", "Oststadt"),
        ("The summit in spring", None),
        ("The summit", None),
    ],
)
def test_a_place_is_named_with_in_or_at(reader: Any, sentence: str, place: str | None) -> None:
    marked = reader.marked(sentence)
    assert place_in(Segment(0, len(marked.text), False), marked) == place
