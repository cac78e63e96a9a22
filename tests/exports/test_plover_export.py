"""Event data: every status has its terms, and who acts on whom is right."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from monitors.definition.kinds import PLOVER, STATUSES, plover
from monitors.exports.names import Names
from monitors.exports.plover import COLUMNS, plover_lines

ANY = st.text(st.characters(codec=None))
TYPES = {
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "DEMAND", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
}  # fmt: skip


def development(**values: object) -> dict[str, object]:
    return {
        "id": 1, "monitor": "glacier-talks", "situation": "brunnick-saal-meeting", "kind": "meeting",
        "status": "scheduled", "event_date": "2031-06-12", "place": "Bergen", "sentence": "They will meet.",
        "publisher": "Wire", "language": "en", "published": "2031-03-01T12:00:00Z", "url": "https://a.example/",
        "families": ["a", "b"], "tier": "corroborated", "sides": [],
    } | values  # fmt: skip


def row(names: Names, **values: object) -> dict[str, str]:
    header, line = "".join(plover_lines([development(**values)], names)).splitlines()
    return dict(zip(header.split("\t"), line.split("\t"), strict=True))


def test_every_status_but_those_of_a_policy_has_a_type_of_the_codebook() -> None:
    for kind, statuses in STATUSES.items():
        assert set(PLOVER[kind]) == (set() if kind == "policy" else set(statuses))
        assert {terms.event for terms in PLOVER[kind].values()} <= TYPES
    assert plover(None, "occurred").event == ""


def test_a_plan_is_an_agreement_of_the_day_of_the_report(names: Names) -> None:
    found = row(names)
    assert (found["date"], found["event_date"]) == ("2031-03-01", "2031-06-12")
    assert (found["event"], found["mode"], found["context"]) == ("AGREE", "", "diplomatic; future")
    assert (found["actor"], found["recipient"]) == ("Ada Brunnick; Joren Saal", "")
    assert found["families"] == "2"


def test_who_refuses_acts_on_the_other_side(names: Names) -> None:
    found = row(names, status="declined", sides=["joren-saal"])
    assert (found["event"], found["mode"]) == ("REJECT", "meet")
    assert (found["actor"], found["recipient"]) == ("Joren Saal", "Ada Brunnick")


def test_a_meeting_held_has_the_day_of_the_meeting_and_none_where_only_the_month_is_known(names: Names) -> None:
    held = row(names, status="occurred", event_date="2031-03-01/2031-03-02", sides=["joren-saal"])
    assert (held["event"], held["date"], held["recipient"]) == ("CONSULT", "2031-03-01", "")
    assert row(names, status="occurred", event_date="2031-02")["date"] == ""
    assert row(names, status="occurred", event_date=None)["date"] == "2031-03-01"


def test_nobody_speaks_in_an_office_that_is_not_theirs(names: Names) -> None:
    before_office = row(names, situation="water-treaty", kind="agreement", status="agreed", sides=["ada-brunnick"])
    early = row(names, situation="water-treaty", sides=["ada-brunnick"], published="2029-03-01T12:00:00Z")
    assert (before_office["actor"], early["actor"]) == ("Ada Brunnick", "Tarnland")


def test_another_monitors_situation_goes_by_its_ids() -> None:
    found = row(Names(), sides=["joren-saal"])
    assert (found["situation"], found["actor"], found["recipient"]) == ("brunnick-saal-meeting", "joren-saal", "")


@given(sentence=ANY, publisher=ANY, url=ANY)
def test_each_row_has_as_many_cells_as_the_header(names: Names, sentence: str, publisher: str, url: str) -> None:
    text = "".join(plover_lines([development(sentence=sentence, publisher=publisher, url=url)], names))
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [len(cells) for cells in rows] == [len(COLUMNS)] * 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in rows[1])


def test_hostile_sentence_is_one_cell(export) -> None:
    done = export("developments", "--format", "plover-tsv")
    first = next(csv.DictReader(io.StringIO(done.stdout), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert first["sentence"].startswith("'-2+3 Talks, on; Thursday")
    assert first["sentence"].endswith("end")
    assert len(done.stdout.splitlines()) == 4
