"""The summary of a pass, for a person to take in at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitors.alerts.message import in_words, one_line

if TYPE_CHECKING:
    from monitors.ingest.adjudicator import Adjudged
    from monitors.ingest.summary import PassSummary

FAILED_FEEDS_SHOWN = 8
DEVELOPMENTS_SHOWN = 12
SENTENCE_CHARACTERS = 160
NAME_CHARACTERS = 60
DETAIL_CHARACTERS = 70


def render_summary(summary: PassSummary, option: str = "") -> RenderableType:
    """The summary as a rich renderable; it reads well in a pipe too.

    `option` is what the commands that it proposes need to find this archive, as `--archive FILE`.
    """
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_row("Feeds", _feeds(summary))
    rows.add_row("Entries", _entries(summary))
    rows.add_row("Articles", _articles(summary))
    if summary.adjudged.counts():
        rows.add_row("Adjudicator", _adjudicator(summary.adjudged))
    rows.add_row("Developments", _developments(summary))
    rows.add_row("Alerts", _alerts(summary))
    seconds = (summary.finished - summary.started).total_seconds()
    head = Text(f"{summary.monitor} · {summary.started:%Y-%m-%d %H:%M} UTC · {seconds:.0f} s", style="bold")
    return Group(Text(), head, rows, Text(), *_what_next(summary, option))


def _lines(lines: Iterable[Text | str]) -> Text:
    return Text("\n").join(line if isinstance(line, Text) else Text(line) for line in lines)


def _count(number: int, what: str, style: str = "") -> Text:
    return Text(f"{number:,} {what}", style=style if number else "dim")


def _list(counts: Iterable[Text]) -> Text:
    return Text(", ").join(counts)


def _feeds(summary: PassSummary) -> Text:
    failed = len(summary.feeds_failed)
    if summary.offline:
        return Text(f"none of {summary.feeds_polled:,} could be reached: is this machine online?", style="bold red")
    read = summary.feeds_polled - summary.feeds_unchanged - failed
    head = Text(f"{summary.feeds_polled:,} polled: ") + _list(
        [_count(read, "read"), _count(summary.feeds_unchanged, "unchanged"), _count(failed, "failed", "red")]
    )
    lines = [head]
    for _, publisher, outcome, detail in summary.feeds_failed[:FAILED_FEEDS_SHOWN]:
        why = one_line(f"{outcome}: {detail}" if detail else outcome, DETAIL_CHARACTERS)
        lines.append(Text(f"✗ {one_line(publisher, 40)}, ", style="red").append(why, style="dim"))
    rest = summary.feeds_failed[FAILED_FEEDS_SHOWN:]
    if rest:
        kinds = ", ".join(f"{number} {outcome}" for outcome, number in Counter(f[2] for f in rest).most_common())
        lines.append(Text(f"✗ {len(rest)} more ({kinds}): wirewatch feeds lists them", style="red"))
    return _lines([*lines, *_health(summary), *_for_the_monitor_file(summary)])


def _health(summary: PassSummary) -> list[Text]:
    """How many feeds are ill, when any is or was."""
    counts = []
    if summary.feeds_ill:
        newly = f", {summary.feeds_newly_ill:,} of them newly" if summary.feeds_newly_ill else ""
        counts.append(Text(f"{summary.feeds_ill:,} ill{newly} (wirewatch feeds says why)", style="red"))
    if summary.feeds_recovered:
        counts.append(Text(f"{summary.feeds_recovered:,} recovered", style="green"))
    return [_list(counts)] if counts else []


def _for_the_monitor_file(summary: PassSummary) -> list[Text]:
    """What only the person can put right."""
    moved = [
        Text(f"→ {one_line(publisher, 40)} has moved; the monitor file should name {one_line(target, 200)}")
        for _, publisher, target in summary.feeds_moved
    ]
    ended = [
        Text(f"✗ {one_line(publisher, 40)} has ended (status 410); take {one_line(url, 200)} out of the monitor file")
        for url, publisher in summary.feeds_ended
    ]
    shown = (moved + ended)[:FAILED_FEEDS_SHOWN]
    rest = len(moved) + len(ended) - len(shown)
    return shown + ([Text(f"… and {rest} more moved or ended: wirewatch feeds lists them")] if rest else [])


def _entries(summary: PassSummary) -> Text:
    return Text(f"{summary.entries_seen:,} seen: ") + _list(
        [
            _count(summary.entries_new, "new", "green"),
            _count(summary.entries_known, "known"),
            _count(summary.entries_off_topic, "off topic"),
        ]
    )


def _articles(summary: PassSummary) -> Text:
    counts = [
        _count(summary.articles_new, "new on topic", "green"),
        _count(summary.articles_revised, "revised"),
        _count(summary.copies, "copies of others"),
    ]
    if summary.pages_read:
        counts.append(_count(summary.pages_read, "read in full"))
    if summary.pages_failed:
        counts.append(_count(summary.pages_failed, "pages gave no text", "dim"))
    return _list(counts)


def _adjudicator(adjudged: Adjudged) -> Text:
    counts = [_count(adjudged.asked, "asked"), _count(adjudged.lowered, "lowered", "yellow")]
    if adjudged.unasked:
        counts.append(_count(adjudged.unasked, "not asked, its share of the pass was spent"))
    lines = [_list(counts)]
    for reason, number in adjudged.unusable:
        lines.append(Text(f"✗ {number} without an answer that counts: {one_line(reason, DETAIL_CHARACTERS)}", "red"))
    return _lines(lines)


def _developments(summary: PassSummary) -> Text:
    fresh = [d for d in summary.developments if not d.get("baseline")]
    head = _count(len(fresh), "new", "bold green")
    if summary.baseline:
        why = "the state of things at the start, recorded; alerts nobody"
        head = head + Text(f", {summary.baseline:,} baseline ({why})")
    # A first pass has nothing but its baseline to show.
    shown = fresh or list(summary.developments)
    lines = [head]
    for development in shown[:DEVELOPMENTS_SHOWN]:
        lines += _development(development)
    if len(shown) > DEVELOPMENTS_SHOWN:
        lines.append(Text(f"… and {len(shown) - DEVELOPMENTS_SHOWN} more: wirewatch developments", style="dim"))
    return _lines(lines)


def _development(row: Mapping[str, Any]) -> list[Text]:
    before = row.get("previous_status")
    status = in_words(str(row.get("status", "")))
    was = f" (was {in_words(str(before))})" if before and before != row.get("status") else ""
    where = "".join(f", {one_line(str(row[key]), 60)}" for key in ("event_date", "place") if row.get(key))
    mark = "·" if row.get("baseline") else "•"
    head = Text(f"{mark} {one_line(str(row.get('situation', '')), NAME_CHARACTERS)}: ")
    lines = [head.append(status, style="bold").append(f"{was}{where}")]
    report = one_line(str(row.get("sentence") or row.get("title") or ""), SENTENCE_CHARACTERS)
    publisher = one_line(str(row.get("publisher") or ""), NAME_CHARACTERS)
    if report:
        lines.append(Text(f"  “{report}”" + (f" ({publisher})" if publisher else ""), style="dim"))
    return lines


def _alerts(summary: PassSummary) -> Text:
    counts = [
        _count(summary.alerts, "raised", "bold yellow"),
        _count(summary.muted, "muted"),
        _count(summary.delivered, "delivered"),
    ]
    if summary.failed_deliveries:
        counts.append(_count(summary.failed_deliveries, "not delivered (wirewatch alerts says why)", "red"))
    return _list(counts)


def _what_next(summary: PassSummary, option: str) -> list[Text]:
    if summary.offline:
        steps = [
            (f"wirewatch run {option}", "tries the feeds again"),
            ("wirewatch demo", "shows the whole chain without a network"),
        ]
    else:
        steps = [*_looks(option), (f"wirewatch run {option}", "what is new since")]
    return _ending(summary.archive, steps)


def _looks(option: str) -> list[tuple[str, str]]:
    return [
        (f"wirewatch situations {option}", "how things stand"),
        (f"wirewatch search WORDS {option}", "the articles"),
        (f"wirewatch developments {option}", "what changed, and who reported it"),
    ]


def _ending(archive: str, steps: list[tuple[str, str]]) -> list[Text]:
    width = max(len(command) for command, _ in steps)
    head = Text("Archive  ", style="bold").append(archive, "default")
    lines = [
        Text("Next     " if number == 0 else "         ", style="bold")
        .append(command.strip().ljust(width), "default")
        .append(f"  {what}", "not bold dim")
        for number, (command, what) in enumerate(steps)
    ]
    return [head, *lines]


def render_demo(documents: int, passes: Sequence[PassSummary], option: str) -> RenderableType:
    """What the demo did in all its passes, where it is kept and how to look at it."""
    developments = sum(len(summary.developments) - summary.baseline for summary in passes)
    baseline = sum(summary.baseline for summary in passes)
    told = sum(summary.alerts for summary in passes)
    kept = sum(summary.articles_new for summary in passes)
    copies = sum(summary.copies for summary in passes)
    head = Text(
        f"{documents:,} documents came in {len(passes)} polls: {kept:,} articles kept, {copies:,} of them copies; "
        f"{developments:,} developments ({baseline:,} more were there at the start), {told:,} alerts"
    )
    return Group(Text(), head, Text(), *_ending(passes[-1].archive, _looks(option)))
