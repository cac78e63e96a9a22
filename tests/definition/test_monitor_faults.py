"""Every fault of a monitor file is named by file, line and key, with what was expected there."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitors.definition.load import load_monitor
from monitors.errors import MonitorFileError

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"


def faults_of(path: Path) -> list[str]:
    with pytest.raises(MonitorFileError) as caught:
        load_monitor(path)
    assert caught.value.exit_status == 2
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def changed(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """The small monitor with its first `old` replaced, and the line on which `old` began."""
    text = GLACIER.read_text(encoding="utf-8")
    assert old in text
    path = folder / "monitor.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path, text[: text.index(old)].count("\n") + 1


CASES = {
    "unknown key": (
        "    publisher: Tarnland Courier",
        "    publishr: Tarnland Courier",
        "feeds[1].publishr: unknown key; did you mean publisher?",
    ),
    "unknown key like no other": (
        "title: The Ostrava Glacier water treaty",
        "title: The treaty\nxyzzy: 1",
        (
            1,
            "xyzzy: unknown key; expected one of version, id, title, languages, seeds, polling, retention, "
            "feeds, official_families, entities, topic, situations, adjudicator, policy, channels, publish, browse",
        ),
    ),
    "address of the archive without its scheme": (
        "title: The Ostrava Glacier water treaty",
        "title: The treaty\nbrowse: {url: watch.example}",
        (1, "browse.url: expected https://… or http://…, without a sign-in, path, ? or #"),
    ),
    "unknown key of an entity": (
        "    acts_for: tarnland",
        "    act_for: tarnland",
        "entities[ada-brunnick].act_for: unknown key; did you mean acts_for?",
    ),
    "unknown key of a channel": (
        "    type: terminal",
        "    type: terminal\n    pathh: x",
        (1, "channels[terminal].pathh: unknown key; expected one of id, type"),
    ),
    "number for text": (
        "[treaty, water accord, accord]",
        "[treaty, 28500, accord]",
        "situations[water-treaty].words.en[2]: expected text (got the number 28500); put it in quotes",
    ),
    "yes for text": (
        "[peace treaty]",
        "[yes]",
        "situations[water-treaty].never.en[1]: expected text (got true, which YAML reads from yes, no, on, off, "
        "true, false); put it in quotes",
    ),
    "text for a list": (
        "      en: [Tarnland, Tarnlander]",
        "      en: Tarnland",
        "entities[tarnland].names.en: expected a list (got 'Tarnland')",
    ),
    "list for keys": (
        "    names:\n      en: [Joren Saal]",
        "    names: [Joren Saal]",
        "entities[joren-saal].names: expected keys with values (got a list)",
    ),
    "nothing for text": (
        "    name: Velmora\n",
        "    name:\n",
        "entities[velmora].name: expected text (got nothing)",
    ),
    "empty phrase": (
        "[Joren Saal]",
        '[Joren Saal, ""]',
        "entities[joren-saal].names.en[2]: expected text, not nothing",
    ),
    "word for a number": (
        "title: The Ostrava Glacier water treaty",
        "title: The treaty\npolling: {deadline: soon}",
        (1, "polling.deadline: expected a number (got 'soon')"),
    ),
    "number out of range": (
        "title: The Ostrava Glacier water treaty",
        "title: The treaty\npolling: {workers: 0}",
        (1, "polling.workers: expected a number greater than or equal to 1 (got the number 0)"),
    ),
    "bad zone": (
        "Europe/Zurich",
        "Europe/Zurick",
        "feeds[1].timezone: expected an IANA time zone such as Asia/Tokyo (got 'Europe/Zurick')",
    ),
    "bad address": (
        "https://news.tarnland.example/rss",
        "ftp://news.tarnland.example/rss",
        "feeds[1].url: expected an address that begins with http:// or https:// (got 'ftp://news.tarnland.example/rss')",
    ),
    "bad identifier": (
        "family: tarnland-courier",
        "family: Tarnland Courier",
        "feeds[1].family: expected lower case words and digits joined by - (got 'Tarnland Courier')",
    ),
    "bad role": (
        "role: newspaper",
        "role: newspapr",
        "feeds[1].role: expected 'agency', 'newspaper', 'broadcaster', 'magazine', 'specialist', 'think-tank', "
        "'state-media', 'official' or 'aggregator' (got 'newspapr'); did you mean newspaper?",
    ),
    "bad language of names": (
        "      en: [Velmora, Velmoran]",
        "      fr: [Velmora, Velmoran]",
        "entities[velmora].names.fr: expected 'en', 'ko', 'ja' or 'zh' (got 'fr')",
    ),
    "feed in a language that is not read": (
        "    language: en\n    timezone: Asia/Tbilisi",
        "    language: ja\n    timezone: Asia/Tbilisi",
        "feeds[2].language: 'ja' is not among the monitor's languages (en)",
    ),
    "bad date": (
        "2030-02-01",
        "2030-02-31",
        "entities[ada-brunnick].office.since: expected a date as YYYY-MM-DD (got '2030-02-31')",
    ),
    "office that ends before it starts": (
        "      since: 2029-06-15",
        "      since: 2029-06-15\n      until: 2028-01-01",
        (-1, "entities[joren-saal].office: until 2028-01-01 lies before since 2029-06-15"),
    ),
    "missing key": (
        "    family: velmora-wire\n",
        "",
        (-2, "feeds[2].family: is missing (owner or agency; corroboration counts families)"),
    ),
    "entity without a name": (
        "      en: [Velmora, Velmoran]",
        "      en: []",
        (-1, "entities[velmora].names: expected at least one name in one language"),
    ),
    "identifier twice": (
        "  - id: velmora\n",
        "  - id: tarnland\n",
        "entities[tarnland].id: 'tarnland' is defined twice",
    ),
    "feed twice": (
        "https://wire.velmora.example/feed.xml",
        "https://news.tarnland.example/rss",
        "feeds[2].url: 'https://news.tarnland.example/rss' is defined twice",
    ),
    "party that is no entity": (
        "[[ada-brunnick], [joren-saal]]",
        "[[ada-brunick], [joren-saal]]",
        "situations[brunnick-saal-meeting].parties[1][1]: 'ada-brunick' is not an entity; did you mean ada-brunnick?",
    ),
    "topic of no entity": (
        "    - [tarnland, velmora]",
        "    - [tarnland, atlantis]",
        "topic.any_of[1][2]: 'atlantis' is not an entity; expected one of ada-brunnick, joren-saal, tarnland, velmora",
    ),
    "acts for no entity": (
        "    acts_for: velmora",
        "    acts_for: velmoria",
        "entities[joren-saal].acts_for: 'velmoria' is not an entity; did you mean velmora?",
    ),
    "rule for no channel": (
        "    - channels: [terminal]",
        "    - channels: [terminl]",
        "policy.rules[1].channels[1]: 'terminl' is not a channel; did you mean terminal?",
    ),
    "health told to no channel": (
        "    - channels: [terminal]",
        "    - channels: [terminal]\n  health_channels: [terminl]",
        (1, "policy.health_channels[1]: 'terminl' is not a channel; did you mean terminal?"),
    ),
    "silence without a unit": (
        "    publisher: Tarnland Courier",
        "    publisher: Tarnland Courier\n    expect: 6 hours",
        (1, "feeds[1].expect: expected hours or days, as 6h or 2d (got '6 hours')"),
    ),
    "rule for no situation": (
        "    - channels: [terminal]",
        "    - channels: [terminal]\n      situations: [water-traety]",
        (1, "policy.rules[1].situations[1]: 'water-traety' is not a situation; did you mean water-treaty?"),
    ),
    "rule for no status": (
        "    - channels: [terminal]",
        "    - channels: [terminal]\n      statuses: [ocurred]",
        (1, "policy.rules[1].statuses[1]: 'ocurred' is not a status; did you mean occurred?"),
    ),
    "status of another kind": (
        "        in_force: [opens the sluices]",
        "        occurred: [opens the sluices]",
        "situations[water-treaty].cues.en.occurred: 'occurred' is not a status of kind agreement; expected one of "
        "negotiating, agreed, signed, in_force, collapsed",
    ),
    "situation that nothing could mention": (
        "    parties: [[ada-brunnick], [joren-saal]]\n    names:\n"
        "      en: [Brunnick-Saal summit, Saal-Brunnick summit]\n",
        "",
        (-3, "situations[brunnick-saal-meeting]: needs parties or names, or nothing could ever mention it"),
    ),
    "channel of no type": (
        "    type: terminal",
        "    type: pigeon",
        (
            -1,
            "channels[terminal]: type: expected one of 'terminal', 'file', 'email', 'webhook', 'slack', 'discord', "
            "'telegram', 'ntfy', 'apprise' (got 'pigeon')",
        ),
    ),
    "later version": (
        "version: 1",
        "version: 2",
        "version: expected 1 (got the number 2)",
    ),
    "no rules": (
        "    - channels: [terminal]",
        "    []",
        (-1, "policy.rules: expected at least 1 in the list (got 0)"),
    ),
    "key twice": (
        "    role: newspaper",
        "    role: newspaper\n    role: agency",
        (1, "role: key is given twice in one place"),
    ),
    "seed that does not exist": (
        "title: The Ostrava Glacier water treaty",
        "title: The treaty\nseeds: [{file: gone.txt}]",
        (1, "seeds[1].file: no such file beside the monitor file (got 'gone.txt')"),
    ),
    "number for a key": (
        "    acts_for: tarnland",
        "    7: tarnland",
        "entities[ada-brunnick].7: expected text as the key (got the number 7); put it in quotes",
    ),
}


@pytest.mark.parametrize(("old", "new", "fault"), CASES.values(), ids=CASES.keys())
def test_a_fault_names_its_line_its_key_and_what_was_expected(
    tmp_path: Path, old: str, new: str, fault: str | tuple[int, str]
) -> None:
    path, line = changed(tmp_path, old, new)
    shift, text = fault if isinstance(fault, tuple) else (0, fault)
    assert f"{path}:{line + shift}: {text}" in faults_of(path)


def test_several_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GLACIER.read_text(encoding="utf-8")
    text = (
        text.replace("Europe/Zurich", "Mars/Base")
        .replace("role: agency", "role: wire")
        .replace("kind: meeting", "kind: m")
    )
    path = tmp_path / "monitor.yaml"
    path.write_text(text, encoding="utf-8")
    problems = faults_of(path)
    lines = [int(problem.removeprefix(f"{path}:").split(":")[0]) for problem in problems]
    assert len(problems) == 3
    assert lines == sorted(lines)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    path, line = changed(tmp_path, "[peace treaty]", "[peace treaty")
    [problem] = faults_of(path)
    assert problem.startswith(f"{path}:{line + 1}: not YAML: ")


def test_a_tab_for_indentation_names_the_line(tmp_path: Path) -> None:
    path, line = changed(tmp_path, "    publisher: Velmora Wire", "\tpublisher: Velmora Wire")
    [problem] = faults_of(path)
    assert problem.startswith(f"{path}:{line}: not YAML: ")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"", ":1: the file is empty; expected a monitor"),
        (b"# nothing\n", ":1: the file is empty; expected a monitor"),
        (b"version: 1\n---\nversion: 1\n", ":2: not YAML: "),
        (b"id: x\ntitle: caf\xe9\n", ":2: not UTF-8 (byte 0xe9); save the file as UTF-8"),
        (b"- a\n- b\n", ":1: expected keys with values (got a list)"),
        (b"just words\n", ":1: expected keys with values (got 'just words')"),
        (b"id: !!python/object:os.system x\n", ":1: not YAML: "),
        (b"a: &a [*a]\n", ":1: a: unknown key"),
        (b"a: \x07\n", ": not YAML: "),
    ],
)
def test_a_file_that_is_no_monitor_is_refused_in_a_sentence(tmp_path: Path, content: bytes, start: str) -> None:
    path = tmp_path / "monitor.yaml"
    path.write_bytes(content)
    assert any(problem.startswith(f"{path}{start}") for problem in faults_of(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.yaml"
    assert faults_of(path) == [f"{path}: no such file"]


def test_a_folder_is_no_monitor_file(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [f"{tmp_path}: is a directory; name the monitor file in it"]
