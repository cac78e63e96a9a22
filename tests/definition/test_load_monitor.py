"""A good monitor file loads; the shipped one and a small one on another topic alike."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import pytest

from monitors.definition.load import load_monitor, shipped_monitor_path

TESTS = Path(__file__).resolve().parent.parent
GLACIER = TESTS / "monitors_for_tests" / "glacier-talks.yaml"
FEEDS_LIST = TESTS.parent.parent / "shared" / "seeds" / "feeds.csv"


def test_the_shipped_monitor_loads_with_its_ten_situations() -> None:
    monitor = load_monitor(shipped_monitor_path())
    assert {situation.id: situation.kind for situation in monitor.situations} == {
        "trump-kim-meeting": "meeting",
        "trump-lee-meeting": "meeting",
        "inter-korean-meeting": "meeting",
        "us-dprk-talks": "meeting",
        "dprk-missile-launch": "occurrence",
        "dprk-nuclear-test": "occurrence",
        "us-rok-exercise": "policy",
        "us-rok-trade-deal": "agreement",
        "usfk-posture": "policy",
        "dprk-sanctions": "policy",
    }


def test_the_shipped_monitor_loads_within_half_a_second() -> None:
    load_monitor(shipped_monitor_path())
    started = time.process_time()
    load_monitor(shipped_monitor_path())
    assert time.process_time() - started < 0.5


def test_a_monitor_on_another_topic_loads() -> None:
    monitor = load_monitor(GLACIER)
    assert monitor.id == "glacier-talks"
    assert [situation.id for situation in monitor.situations] == ["brunnick-saal-meeting", "water-treaty"]
    assert monitor.situations[1].cues == {"en": {"in_force": ("opens the sluices",)}}


def test_the_same_file_loads_by_a_relative_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GLACIER.parent)
    assert load_monitor(Path(GLACIER.name)) == load_monitor(GLACIER)


def test_seed_files_come_back_as_absolute_paths_beside_the_monitor(tmp_path: Path) -> None:
    text = GLACIER.read_text(encoding="utf-8").replace("feeds:\n", "seeds:\n  - file: start.txt\nfeeds:\n", 1)
    (tmp_path / "start.txt").write_text("anything", encoding="utf-8")
    (tmp_path / "monitor.yaml").write_text(text, encoding="utf-8")
    [seed] = load_monitor(tmp_path / "monitor.yaml").seeds
    assert Path(seed.file) == (tmp_path / "start.txt").resolve()


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_loads(tmp_path: Path) -> None:
    text = GLACIER.read_text(encoding="utf-8").replace("\n", "\r\n")
    path = tmp_path / "monitor.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_monitor(path) == load_monitor(GLACIER)


@pytest.mark.parametrize(
    ("day", "held"),
    [("2017-01-19", False), ("2018-06-12", True), ("2021-01-20", True), ("2023-05-01", False), ("2025-08-25", True)],
)
def test_an_office_counts_in_each_of_its_terms_and_not_between(day: str, held: bool) -> None:
    monitor = load_monitor(shipped_monitor_path())
    person = next(entity for entity in monitor.entities if entity.id == "donald-trump")
    assert person.office.held_on(date.fromisoformat(day)) is held


def test_one_person_at_most_holds_the_south_korean_presidency_on_any_day() -> None:
    monitor = load_monitor(shipped_monitor_path())
    presidents = [e for e in monitor.entities if e.id in ("lee-jae-myung", "moon-jae-in", "yoon-suk-yeol")]
    for year in range(2017, 2027):
        for month in range(1, 13):
            assert sum(person.office.held_on(date(year, month, 9)) for person in presidents) <= 1


def test_no_name_of_an_entity_is_declared_unlike_another() -> None:
    monitor = load_monitor(shipped_monitor_path())
    names = {
        (language, phrase.lower())
        for entity in monitor.entities
        for phrases in (entity.names, entity.roles)
        for language, own in phrases.items()
        for phrase in own
    }
    unlike = {
        (language, phrase.lower())
        for entity in monitor.entities
        for language, own in entity.unlike.items()
        for phrase in own
    }
    assert names & unlike == set()


def test_no_situation_forbids_a_phrase_that_it_goes_by() -> None:
    for situation in load_monitor(shipped_monitor_path()).situations:
        for language, never in situation.never.items():
            own = {*situation.names.get(language, ()), *situation.words.get(language, ())}
            assert own.isdisjoint(never), situation.id


def test_every_person_and_government_is_named_in_all_four_languages() -> None:
    for entity in load_monitor(shipped_monitor_path()).entities:
        assert set(entity.names) == {"en", "ko", "ja", "zh"}, entity.id


def test_the_shipped_monitor_polls_every_feed_of_the_list() -> None:
    if not FEEDS_LIST.is_file():
        pytest.skip("the list of feeds is not beside this repository (../shared/seeds/feeds.csv)")
    roles = {"think tank": "think-tank", "state media mirror": "state-media"}
    with FEEDS_LIST.open(encoding="utf-8", newline="") as lines:
        wanted = {
            (
                row["url"],
                row["publisher"],
                row["family"],
                row["language"],
                row["timezone"],
                roles.get(row["role"], row["role"]),
                row["scope"],
            )
            for row in csv.DictReader(lines)
        }
    feeds = load_monitor(shipped_monitor_path()).feeds
    assert {(f.url, f.publisher, f.family, f.language, f.timezone, f.role, f.scope) for f in feeds} == wanted
