"""The command that says why an article was news or was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import print_json_lines

if TYPE_CHECKING:
    from monitors.archive.connection import Archive, Row
    from monitors.archive.records import Article
    from monitors.definition.model import Monitor
    from monitors.developments.explanation import ExplainedSentence, Explanation, Outcome, Saying
    from monitors.developments.ledger import Known, Ledger

KNOWN_SHOWN = 3
"""So many entries of a ledger are shown, the latest; --json has all."""
TEXT_CHARACTERS = 400


def explain(
    article: Annotated[
        str | None, typer.Argument(metavar="ARTICLE", help="Its number in the archive, or its address.")
    ] = None,
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    text: Annotated[str | None, typer.Option(help="Read this instead, as the text of an article.")] = None,
    title: Annotated[str | None, typer.Option(help="Read this instead, as a headline; with --text or alone.")] = None,
    language: Annotated[str | None, typer.Option(help="Of --text. Without it: by its script, else en.")] = None,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="When --text was published. Without it: today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON and nothing else.")] = False,
) -> None:
    """Why was an article news, or why not?

    Shows what was seen in each sentence, what was known of each situation when it was read, and what was decided.
    With --text or --title no archive is needed, and nothing is taken as known.
    """
    from monitors.definition.load import load_monitor
    from monitors.errors import InputError

    own = text is not None or title is not None
    if own == (article is not None):
        raise InputError("name an article of the archive (its number or address), or give --text or --title")
    watched = load_monitor(monitor_path(monitor))
    if own:
        explained, recorded = _explain_text(watched, title or "", text or "", language, day), None
    else:
        explained, recorded = _explain_kept(watched, archive_path(archive), article or "")
    if as_json:
        print_json_lines([_as_row(explained, recorded)])
    else:
        names = {entity.id: entity.name for entity in watched.entities}
        print("\n".join(_lines(explained, recorded, names)))


COMMANDS: tuple[Callable[..., None], ...] = (explain,)


def _explain_text(monitor: Monitor, title: str, text: str, language: str | None, day: str | None) -> Explanation:
    from monitors.archive.records import Article
    from monitors.clock import utc_now
    from monitors.developments.engine import Engine
    from monitors.developments.explanation import explain as explain_article
    from monitors.ingest.publishers import language_of

    published = _noon(day) if day is not None else utc_now()
    article = Article(
        monitor=monitor.id, url="", canonical_url="", title=title, text=text,
        language=language or language_of(title, text, "en"), publisher="", family="",
        published=published, discovered=published,
    )  # fmt: skip
    return explain_article(Engine(monitor), article, {})


def _explain_kept(monitor: Monitor, path: Path, name: str) -> tuple[Explanation, list[Row]]:
    from monitors.archive.connection import open_reader
    from monitors.archive.findings import developments_with
    from monitors.archive.mentions import mentions_of
    from monitors.developments.engine import Engine
    from monitors.developments.explanation import explain as explain_article

    with open_reader(path) as opened:
        article = _article(opened, monitor, name)
        ledgers = _ledgers_before(opened, monitor, article)
        recorded = developments_with(opened, article.id)
        stored = mentions_of(opened, article.id)
    return explain_article(Engine(monitor), article, ledgers, stored), recorded


def _article(archive: Archive, monitor: Monitor, name: str) -> Article:
    from monitors.archive import articles
    from monitors.articles.urls import canonical_url
    from monitors.errors import InputError

    if name.isascii() and name.isdigit():
        found = articles.get(archive, int(name))
        if found.monitor != monitor.id:
            raise InputError(f"article {name} belongs to the monitor {found.monitor}; give its file with --monitor")
        return found
    address = canonical_url(name)
    kept = articles.by_canonical_urls(archive, monitor.id, [address]).get(address)
    if kept is None:
        raise InputError(
            f"{name}: the monitor {monitor.id} has no article of this address; wirewatch search finds them"
        )
    return kept


def _ledgers_before(archive: Archive, monitor: Monitor, article: Article) -> dict[str, Ledger]:
    """What was known of each situation when `article` was read: what its ledger got later is left out again."""
    from monitors.archive.findings import known_before
    from monitors.archive.situations import load_ledgers
    from monitors.developments.detect import ledger_of

    before = known_before(archive, article.id)
    stored = load_ledgers(archive, monitor.id)
    today = article.published.date()
    out = {}
    for situation in monitor.situations:
        ledger = ledger_of(stored.get(situation.id), situation.id, situation.kind)
        entries = (entry for entry in ledger.known if entry.development_id in before)
        out[situation.id] = replace(ledger, known=tuple(_as_of(entry, today) for entry in entries))
    return out


def _as_of(entry: Known, today: date) -> Known:
    """The entry without the repeats that came later."""
    return replace(entry, last_said=None) if entry.last_heard() > today else entry


def _as_row(explained: Explanation, recorded: list[Row] | None) -> dict[str, Any]:
    row: dict[str, Any] = _plain(asdict(explained))
    return row | {"news": explained.news, "recorded": recorded}


def _plain(value: Any) -> Any:
    """Times and days as text, as the archive writes them."""
    from monitors.clock import iso

    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _lines(explained: Explanation, recorded: list[Row] | None, names: Mapping[str, str]) -> Iterator[str]:
    """The explanation for a terminal."""
    yield from _head(explained)
    for number, sentence in enumerate(explained.sentences):
        yield ""
        label = "title" if sentence.field == "title" else f"text {_number(explained, number)}"
        yield f"{label:<8}{_safe(sentence.text)}"
        for part in _seen(sentence, names):
            yield f"        {part}"
    yield ""
    for outcome in explained.outcomes:
        yield from _verdict(outcome, names)
        yield from _recorded(outcome, recorded)
        yield ""
    if not explained.outcomes:
        yield "Not news: no sentence speaks of a situation that is watched." if explained.reads else _unread(explained)


def _head(explained: Explanation) -> Iterator[str]:
    if explained.article_id:
        yield f"Article {explained.article_id}: {_safe(explained.title)}"
        yield f"{_safe(explained.publisher)}, {explained.published:%Y-%m-%d %H:%M} UTC, {explained.language}"
        yield explained.url
    else:
        yield f"Read as published on {explained.day}, language {explained.language}"
    if not explained.on_topic:
        yield "Off topic: a pass would not keep it, it does not name all entities of any set of `topic`."


def _unread(explained: Explanation) -> str:
    return f"Not read: there is no language pack for {explained.language}."


def _number(explained: Explanation, position: int) -> int:
    return sum(1 for sentence in explained.sentences[: position + 1] if sentence.field == "text")


def _seen(sentence: ExplainedSentence, names: Mapping[str, str]) -> Iterator[str]:
    entities = [
        f"{names[one.entity]} ({one.phrase})" if one.entity is not None else f"somebody else ({one.phrase})"
        for one in sentence.entities
    ]
    if entities:
        yield f"names   {_safe(', '.join(dict.fromkeys(entities)))}"
    if sentence.dates:
        yield f"dates   {_safe('; '.join(_date(one.phrase, one.ahead, one.behind) for one in sentence.dates))}"
    for saying in sentence.sayings:
        yield f"says    {_safe(_said(saying, names))}"
        yield f"because {_safe(_because(saying))}"
        yield f"seen as {_safe(saying.marked)}"


def _date(phrase: str, ahead: str | None, behind: str | None) -> str:
    if ahead == behind:
        return f"{phrase} = {ahead}"
    readings = [f"{value} {side}" for value, side in ((ahead, "ahead"), (behind, "behind")) if value is not None]
    return f"{phrase} = {' or '.join(readings)}"


def _said(saying: Saying, names: Mapping[str, str]) -> str:
    parts = [f"{saying.situation}: {_words(saying.status)}"]
    if saying.status != "background":
        parts[0] += f" ({saying.factuality})"
    parts += [part for part in (saying.event_date, saying.place) if part]
    if saying.side:
        parts.append(f"speaks for: {names.get(saying.side, saying.side)}")
    if saying.attribution:
        parts.append(f"unnamed source: {saying.attribution}")
    if saying.official:
        parts.append("official")
    return ", ".join(parts)


_REASONS = {
    "title": "the title says that the article explains, comments or looks back",
    "subordinate": "a clause that gives it as known",
    "nothing new": "words that change nothing",
    "estimate": "no cue fits; the model's estimate, with its probability",
    "adjudicator": "the adjudicator lowered what the rules had said",
    "none": "no cue gives a status",
}


def _because(saying: Saying) -> str:
    reason = f"cue of {_words(saying.status)}" if saying.cue_class == "status" else saying.cue_class
    reason = _REASONS.get(saying.cue_class, reason)
    return f"{reason}: {saying.cue}" if saying.cue else reason


def _verdict(outcome: Outcome, names: Mapping[str, str]) -> Iterator[str]:
    claim = ", ".join(part for part in (_words(outcome.status or ""), outcome.event_date, outcome.place) if part)
    yield f"{outcome.situation}: {'NEWS' if outcome.news else 'not news'}{f', {claim}' if claim else ''}"
    if outcome.novelty is not None:
        yield f"        new     {outcome.novelty if outcome.news else f'{outcome.novelty}, but'}"
    yield f"        why     {_safe(outcome.reason)}"
    known = outcome.known[-KNOWN_SHOWN:]
    more = f" (and {len(outcome.known) - len(known)} before)" if len(outcome.known) > len(known) else ""
    lines = [_entry(entry, names) for entry in known] or ["nothing"]
    yield f"        known   {lines[0]}{more}"
    yield from (f"                {line}" for line in lines[1:])


def _entry(entry: Known, names: Mapping[str, str]) -> str:
    parts = [f"{entry.day}: {_words(entry.status)}", *(part for part in (entry.event_date, entry.place) if part)]
    sides = [names.get(side, side) for side in entry.sides]
    return _safe(", ".join(parts) + (f", said by {' and '.join(sides)}" if sides else ""))


def _recorded(outcome: Outcome, recorded: list[Row] | None) -> Iterator[str]:
    """What the archive says was done with it at the time, and where today's rules say otherwise."""
    if recorded is None:
        return
    own = [row for row in recorded if row["situation"] == outcome.situation]
    for row in own:
        deed = "raised" if row["raised"] else "is evidence for"
        baseline = ", baseline" if row["baseline"] else ""
        yield f"        archive {deed} development {row['id']}, {_words(row['status'])}{baseline}"
    raised = any(row["raised"] for row in own)
    if raised != outcome.news:
        was = "it was news when it was read" if raised else "it was no news when it was read"
        yield f"        note    {was}; rules, text or ledger have changed since"


def _safe(text: str) -> str:
    from monitors.alerts.message import one_line

    return one_line(text, TEXT_CHARACTERS)


def _words(status: str) -> str:
    return status.replace("_", " ")


def _noon(day: str) -> datetime:
    from datetime import UTC

    from monitors.errors import InputError

    try:
        return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=12)
    except ValueError:
        raise InputError(f"--day {day}: expected a day such as 2025-08-25") from None
