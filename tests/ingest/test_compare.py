"""Two replays held against one another."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitors.ingest.compare import CHANGES, compare


def line(status: str = "agreed", doc: str = "d1", day: int = 1, **values: Any) -> dict[str, Any]:
    own: dict[str, Any] = {
        "situation": "summit", "status": status, "doc": doc, "published": f"2031-03-{day:02d}T08:00:00Z",
        "event_date": None, "place": None, "families": ["courier"], "evidence": [], "novelty": "first", "reason": "new",
    }  # fmt: skip
    return own | values


def changes(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None]]:
    return [(one.change, one.a and one.a["doc"], one.b and one.b["doc"]) for one in compare(a, b).differences]


def test_the_same_is_no_difference() -> None:
    compared = compare([line(), line("scheduled", "d2", 2)], [line(), line("scheduled", "d2", 2)])
    assert (compared.differences, compared.in_a, compared.in_b, compared.same) == ((), 2, 2, 2)


def test_what_only_one_side_raises_is_named() -> None:
    a, b = [line(), line("occurred", "d9", 9)], [line(), line("declined", "d5", 5)]
    assert changes(a, b) == [("only in B", None, "d5"), ("only in A", "d9", None)]


def test_the_same_document_with_another_status_is_one_difference() -> None:
    assert changes([line("mooted")], [line("proposed")]) == [("other status", "d1", "d1")]


def test_the_same_status_from_another_document_is_one_difference_if_they_are_near() -> None:
    assert changes([line()], [line(doc="d2", day=3)]) == [("other document", "d1", "d2")]
    assert changes([line()], [line(doc="d2", day=20)]) == [("only in A", "d1", None), ("only in B", None, "d2")]
    assert changes([line(day=8)], [line(doc="far", day=1), line(doc="near", day=7)]) == [
        ("only in B", None, "far"),
        ("other document", "d1", "near"),
    ]


def test_another_date_of_the_same_is_a_difference_in_detail() -> None:
    (found,) = compare([line()], [line(event_date="2031-05-14")]).differences
    assert found.change == "other details"
    row = found.line()
    assert (row["a"]["event_date"], row["b"]["event_date"]) == (None, "2031-05-14")
    assert list(row) == ["change", "situation", "published", "a", "b"]


def test_other_situations_are_never_paired() -> None:
    assert changes([line()], [line(situation="treaty")]) == [("only in A", "d1", None), ("only in B", None, "d1")]


LINES = st.lists(
    st.builds(line, st.sampled_from(["agreed", "occurred"]), st.sampled_from(["d1", "d2", "d3"]), st.integers(1, 28)),
    max_size=6,
)


@given(LINES, LINES)
def test_every_development_is_counted_once(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> None:
    compared = compare(a, b)
    assert compared.same + sum(one.a is not None for one in compared.differences) == compared.in_a == len(a)
    assert compared.same + sum(one.b is not None for one in compared.differences) == compared.in_b == len(b)
    assert sum(compared.counts().values()) == len(compared.differences)
    assert set(compared.counts()) == set(CHANGES)


@given(LINES)
def test_a_replay_does_not_differ_from_itself(a: list[dict[str, Any]]) -> None:
    assert compare(a, list(a)).differences == ()
