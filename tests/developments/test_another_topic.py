"""A topic that nobody wrote code for: a monitor file alone makes it watched."""

from __future__ import annotations

from typing import Any

MEETING, TREATY = "brunnick-saal-meeting", "water-treaty"


def test_the_story_of_a_made_up_treaty_is_told_in_developments(glacier_wire: Any) -> None:
    story: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("2031-03-01", "Brunnick hopes to meet Saal over glacier water",
         "Ada Brunnick, Tarnland's chancellor, hopes to meet Velmora's premier Joren Saal, her office said.",
         [(MEETING, "mooted")]),
        ("2031-03-04", "Ada Brunnick invites Joren Saal to a summit", "The letter went to Velmora on Monday.",
         [(MEETING, "proposed")]),
        ("2031-03-05", "Snow closes the pass between Tarnland and Velmora", "Ada Brunnick urged drivers to wait.", []),
        ("2031-03-09", "Joren Saal agrees to meet Ada Brunnick", "", [(MEETING, "agreed")]),
        ("2031-03-12", "Brunnick-Saal summit set for April 20 in Oststadt", "", [(MEETING, "scheduled")]),
        ("2031-03-13", "Otto Brunnick to open the Brunnick Dam on April 22", "Velmora sent its regrets.", []),
        ("2031-04-20", "Ada Brunnick meets Joren Saal in Oststadt", "", [(MEETING, "occurred")]),
        ("2031-04-21", "Tarnland and Velmora sign water accord",
         "Velmora's premier and Tarnland's chancellor signed the accord on Monday.", [(TREATY, "signed")]),
        ("2031-04-22", "Brunnick and Saal met in Oststadt on Sunday",
         "Ada Brunnick and Joren Saal met for six hours on Sunday.", []),
        ("2031-06-02", "Tarnland opens the sluices for Velmora under glacier treaty", "", [(TREATY, "in_force")]),
    ]  # fmt: skip
    for day, title, text, expected in story:
        assert glacier_wire.statuses(day, title, text) == expected, title


def test_a_role_means_the_one_in_office(glacier_wire: Any) -> None:
    assert glacier_wire.statuses("2029-12-01", "Tarnland's chancellor meets Velmora's premier") == []
    assert glacier_wire.statuses("2030-12-01", "Tarnland's chancellor meets Velmora's premier") == [
        (MEETING, "occurred")
    ]


def test_the_topic_keeps_out_the_shipped_one(glacier: Any) -> None:
    assert not glacier.on_topic("Trump meets Kim Jong Un in Geneva", "", "en")
    assert glacier.on_topic("Ada Brunnick and Joren Saal", "", "en")
