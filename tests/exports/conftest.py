"""An archive with what an export meets: a hostile article, a meeting whose date moves, an alert."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from monitors.archive import alerts, articles, developments, mentions, situations
from monitors.archive.connection import Archive, open_archive
from monitors.archive.records import Alert, Article, Delivery, Development, Evidence, Mention
from monitors.cli import main
from monitors.definition.load import load_monitor
from monitors.developments.ledger import Known, Ledger, dump
from monitors.exports.names import Names, names_of

HERE = Path(__file__).parent
MONITOR = HERE.parent / "monitors_for_tests" / "glacier-talks.yaml"
NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
SITUATION = "brunnick-saal-meeting"
HOSTILE: dict[str, Any] = json.loads((HERE / "hostile.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def hostile() -> dict[str, Any]:
    return HOSTILE


@pytest.fixture(scope="session")
def monitor_file() -> Path:
    return MONITOR


@pytest.fixture(scope="session")
def names() -> Names:
    return names_of(load_monitor(MONITOR))


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    return article


def article(number: int, **values: Any) -> Article:
    fields: dict[str, Any] = {
        "monitor": "glacier-talks",
        "url": f"https://wire.example/{number}",
        "canonical_url": f"https://wire.example/{number}",
        "title": f"Summit report {number}",
        "text": "Brunnick and Saal will meet.",
        "language": "en",
        "publisher": "Velmora Wire",
        "family": "velmora-wire",
        "published": NOON + timedelta(days=number),
        "discovered": NOON + timedelta(days=number, hours=1),
    }
    return Article(**(fields | values))


@pytest.fixture(scope="session")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scheduled for 12 June by a hostile report, moved to 20 June, then called off: three developments, one alert."""
    path = tmp_path_factory.mktemp("exports") / "wirewatch.db"
    with open_archive(path) as opened, opened.writing():
        bad = {key: HOSTILE[key] for key in ("title", "text", "url", "publisher")}
        kept = [article(0, **bad), article(1), article(2, language="ko", publisher="Tarnland Courier")]
        known: list[Known] = []
        for number, (one, status, day, side) in enumerate(
            zip(
                kept,
                ("scheduled", "scheduled", "cancelled"),
                ("2031-06-12", "2031-06-20/2031-06-21", None),
                ((), (), ("joren-saal",)),
                strict=True,
            )
        ):
            stored = replace(one, id=articles.insert(opened, one))
            sentence = HOSTILE["sentence"] if number == 0 else "They will meet."
            mention = Mention(SITUATION, status, "probable+", sentence, "text", 0, 10)
            mentions.replace_mentions(opened, stored.id, [mention])
            development = developments.insert(
                opened,
                Development(
                    monitor="glacier-talks",
                    situation=SITUATION,
                    status=status,
                    previous_status=known[-1].status if known else None,
                    article_id=stored.id,
                    published=stored.published,
                    raised=stored.discovered,
                    novelty="new date",
                    reason="new date",
                    event_date=day,
                    place="Bergen; Hall 2, left" if number == 0 else None,
                    families=("velmora-wire", "post"),
                    evidence=(Evidence(stored.id, sentence, "text", 0, 10),),
                ),
            )
            known.append(Known(status, stored.published.date(), 1, day, development.place, side, development.id))
        alert = alerts.insert_alert(opened, Alert("glacier-talks", 1, NOON, "alert", "=scheduled (rule 1)"))
        alerts.insert_deliveries(opened, [Delivery(alert.id, "log", "key", "{}", "dead", 1, detail="path is a folder")])
        alerts.insert_alert(
            opened,
            Alert("glacier-talks", None, NOON, "alert", "feed fails", kind="health", subject="https://a.example/rss"),
        )
        ledger = dump(Ledger(SITUATION, "meeting", tuple(known)))
        situations.save_ledger(
            opened, "glacier-talks", SITUATION, status="cancelled", since="2031-03-03", next_date=None, ledger=ledger
        )
    return path


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    from monitors.archive.connection import open_reader

    with open_reader(archive_path) as opened:
        yield opened


@pytest.fixture
def export(archive_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CompletedProcess[str]]:
    """`wirewatch export` in this process."""

    def run(*arguments: object, archive: Path = archive_path, monitor: Path = MONITOR) -> CompletedProcess[str]:
        words = ["wirewatch", "export", *map(str, arguments), "--archive", str(archive), "--monitor", str(monitor)]
        monkeypatch.setattr(sys, "argv", words)
        output, messages = io.StringIO(newline=""), io.StringIO()
        with redirect_stdout(output), redirect_stderr(messages), pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return CompletedProcess(words, ended.value.code, output.getvalue(), messages.getvalue())

    return run


Properties = list[tuple[str, str]]


@pytest.fixture(scope="session")
def read_ics() -> Callable[[str], Properties]:
    """Name and value of each property of a calendar, by the rules of RFC 5545 and none of our code."""

    def read(text: str) -> Properties:
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        found = []
        for line in text.replace("\r\n ", "").split("\r\n")[:-1]:
            name, _, value = line.partition(":")
            found.append((name.split(";")[0], value))
        return found

    return read


@pytest.fixture(scope="session")
def unescape() -> Callable[[str], str]:
    """The text of a TEXT value."""

    def read(value: str) -> str:
        out, characters = [], iter(value)
        for character in characters:
            assert character not in ",;"
            if character == "\\":
                escaped = next(characters)
                out.append({"n": "\n", "N": "\n"}.get(escaped, escaped))
            else:
                out.append(character)
        return "".join(out)

    return read


@pytest.fixture(scope="session")
def a_meeting() -> dict[str, Any]:
    return {
        "monitor": "glacier-talks", "situation": SITUATION, "instance": 1, "title": "Summit", "parties": [],
        "status": "scheduled", "standing": "confirmed", "event_date": date(2031, 6, 12).isoformat(), "place": None,
        "sequence": 0, "announced": "2031-03-01T13:00:00Z", "changed": "2031-03-01T13:00:00Z", "sentence": None,
        "publisher": None, "url": None, "tier": None, "families": [],
    }  # fmt: skip
