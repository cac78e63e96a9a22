"""The command that replays documents, of a file or of the archive, and holds two replays against one another."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitors.cli.options import ArchiveOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import note, print_json_lines
from monitors.exports.json_lines import json_lines
from monitors.exports.whole_file import write_pieces

if TYPE_CHECKING:
    from monitors.definition.model import Monitor
    from monitors.ingest.adjudicator import Adjudged
    from monitors.ingest.compare import Comparison, Difference
    from monitors.ingest.replayed import Replayed, Source

LINE_CHARACTERS = 240


def replay(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="JSON Lines of dated documents; .gz and - (stdin) too."),
    ] = None,
    monitor: MonitorOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="Write the developments here.")] = None,
    groups: Annotated[Path | None, typer.Option("--groups", metavar="F", help="Write the copy groups here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the developments as JSON Lines.")] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", metavar="A B", help="Two monitor files: show only what they raise differently."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="No FILE: replay the archive's articles, show what comes from that day on."),
    ] = None,
    marks: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Hold the replay against marks, as `marks --examples` writes them; - is stdin. With --since the "
            "archive's own are taken without it.",
        ),
    ] = None,
    archive: ArchiveOption = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Ask the monitor's adjudicator; the bytes may then differ.")
    ] = False,
) -> None:
    """What would have been raised for a stream of documents.

    Each line of a file has "id", "published", "source", "lang", "url", "title" and "text". No archive is changed. The
    same input gives the same bytes.
    """
    from monitors.errors import InputError
    from monitors.ingest.replayed import Source, day

    _check_use(files, out, groups, monitor, compare, since, archive)
    if marks == "-" and list(files or ()).count("-"):
        raise InputError("--marks -: standard input holds the documents already: give a file")
    source = Source(tuple(files or ()))
    if since is not None:
        source = Source(archive=archive_path(archive), since=day(since, "--since"))
    examples = _examples(source, marks)
    if compare is not None:
        _compare(source, compare, out, as_json, examples, adjudicate=adjudicate)
        return
    watched = _loaded(monitor_path(monitor))
    _check_adjudicator([watched], adjudicate=adjudicate)
    done = _replayed(source, watched, watched.id, adjudicate=adjudicate)
    if out is not None:
        write_pieces(out, json_lines(done.lines))
    if groups is not None:
        write_pieces(groups, [json.dumps(done.groups, ensure_ascii=False) + "\n"])
    if as_json:
        print_json_lines(done.lines)
    elif out is None:
        for line in done.lines:
            print(_raised(line))
    found = f"{len(done.lines):,} developments, {len(done.groups):,} copy groups"
    note(f"{done.documents:,} documents, {done.on_topic:,} on topic: {found}")
    _note_adjudged("adjudicator", done.adjudged)
    for text in _against(examples, {"": done}, source):
        _tell(text, is_listing=not as_json and out is None)


def _check_use(
    files: Sequence[str] | None,
    out: Path | None,
    groups: Path | None,
    monitor: Path | None,
    compare: tuple[Path, Path] | None,
    since: str | None,
    archive: Path | None,
) -> None:
    from monitors.errors import InputError

    for path in (out, groups):
        if path is not None and not path.absolute().parent.is_dir():
            raise InputError(f"{path}: there is no folder {path.parent}")
    if bool(files) == (since is not None):
        raise InputError("give files of documents, or --since DAY for the articles of the archive")
    if archive is not None and since is None:
        raise InputError("--archive goes with --since DAY: files are replayed without an archive")
    if compare is not None and (monitor is not None or groups is not None):
        raise InputError("--compare names both monitor files itself, and writes no copy groups: leave the others out")
    if compare is not None and list(files or ()).count("-"):
        raise InputError("--compare reads the documents twice, and standard input can be read only once: give a file")


def _loaded(path: Path) -> Monitor:
    from monitors.definition.load import load_monitor

    return load_monitor(path)


def _check_adjudicator(monitors: Sequence[Monitor], *, adjudicate: bool) -> None:
    from monitors.errors import InputError

    if adjudicate and all(monitor.adjudicator is None for monitor in monitors):
        raise InputError("--adjudicate: the monitor file names no adjudicator")


def _replayed(source: Source, monitor: Monitor, kept_for: str, *, adjudicate: bool) -> Replayed:
    from monitors.cli.progress import Steps
    from monitors.ingest.adjudicator import asking
    from monitors.ingest.replayed import replayed

    with Steps(sys.stderr) as steps:
        questions = asking(monitor, unbounded=True) if adjudicate else None
        return replayed(source, monitor, kept_for, steps, questions)


def _note_adjudged(name: str, adjudged: Adjudged) -> None:
    """What an adjudicator was asked and said; nothing where it was not asked."""
    from monitors.alerts.message import one_line

    if adjudged.counts():
        reasons = "".join(f"; {number} without an answer that counts: {why}" for why, number in adjudged.unusable)
        skipped = f"; {adjudged.unasked:,} not asked any more" if adjudged.unasked else ""
        text = f"{name}: {adjudged.asked:,} asked, {adjudged.lowered:,} lowered{reasons}{skipped}"
        note(one_line(text, LINE_CHARACTERS))


def _compare(
    source: Source,
    files: tuple[Path, Path],
    out: Path | None,
    as_json: bool,
    examples: Sequence[Mapping[str, Any]],
    *,
    adjudicate: bool,
) -> None:
    from monitors.ingest.compare import compare

    monitors = [_loaded(path) for path in files]  # both, before the first is replayed
    _check_adjudicator(monitors, adjudicate=adjudicate)
    a, b = (_replayed(source, monitor, monitors[0].id, adjudicate=adjudicate) for monitor in monitors)
    compared = compare(a.lines, b.lines)
    lines = [difference.line() for difference in compared.differences]
    if out is not None:
        write_pieces(out, json_lines(lines))
    if as_json:
        print_json_lines(lines)
    elif out is None:
        for text in _compared(compared, files):
            print(text)
    note(f"{a.documents:,} documents; on topic: A {a.on_topic:,}, B {b.on_topic:,}")
    _note_adjudged("adjudicator of A", a.adjudged)
    _note_adjudged("adjudicator of B", b.adjudged)
    for text in _against(examples, {"A": a, "B": b}, source):
        _tell(text, is_listing=not as_json and out is None)


def _tell(text: str, *, is_listing: bool) -> None:
    """What belongs to a listing for people goes where it goes; beside lines for programs it goes to stderr."""
    if is_listing:
        print(text)
    else:
        note(text)


def _examples(source: Source, file: str | None) -> list[dict[str, Any]]:
    """The marks of a file; without one those of the archive, if one is replayed."""
    from monitors.archive import marks
    from monitors.archive.connection import open_reader
    from monitors.ingest.marked import read_marks

    if file is not None:
        return read_marks(file)
    if source.archive is None:
        return []
    with open_reader(source.archive) as opened:
        return list(marks.examples(opened))


def _against(examples: Sequence[Mapping[str, Any]], replays: Mapping[str, Replayed], source: Source) -> Iterator[str]:
    """How each replay stands to the marks, and each mark that one goes against, with the replays that do."""
    from monitors.ingest.marked import FINDINGS, hold

    held = {name: hold(examples, done.lines, source.since) for name, done in replays.items()}
    counts = next(iter(held.values())).counts
    if not any(counts.values()):
        return
    yield f"marks: {', '.join(f'{number:,} {verdict}' for verdict, number in counts.items())}"
    for finding, meaning in FINDINGS.items():
        found = {name: one.count(finding) for name, one in held.items()}
        told = ", ".join(f"{name} {number:,}".strip() for name, number in found.items())
        yield f"{finding}: {told}{f' ({meaning})' if any(found.values()) else ''}"
        whose: dict[int, list[str]] = {}
        for name, one in held.items():
            for against in one.against:
                if against.finding == finding:
                    whose.setdefault(against.place, []).append(name)
        for place, names in sorted(whose.items()):
            yield "  " + " ".join([*filter(None, names), _marked(examples[place])])


def _marked(mark: Mapping[str, Any]) -> str:
    from monitors.alerts.message import in_words, one_line

    text = (
        f"{mark['published'][:10]} {mark['situation']}: {in_words(mark['status'])} [{mark['doc']}] {mark['sentence']}"
    )
    said = one_line(text, LINE_CHARACTERS)
    return f"{said} ({one_line(mark['comment'], LINE_CHARACTERS)})" if mark.get("comment") else said


def _compared(compared: Comparison, files: tuple[Path, Path]) -> Iterator[str]:
    from monitors.ingest.compare import CHANGES

    yield f"A: {files[0]}, developments: {compared.in_a:,}"
    yield f"B: {files[1]}, developments: {compared.in_b:,}"
    yield f"the same in both: {compared.same:,}"
    for change, number in compared.counts().items():
        if number:
            yield f"\n{change}: {number:,} ({CHANGES[change]})"
            own = (difference for difference in compared.differences if difference.change == change)
            for difference in own:
                yield from (f"  {line}" for line in _difference(difference))


def _difference(difference: Difference) -> Iterator[str]:
    for name, line in (("A", difference.a), ("B", difference.b)):
        if line is not None:
            mark = f"{name}  " if difference.a is not None and difference.b is not None else ""
            yield f"{mark}{_raised(line)}"
            if difference.change == "other details" or not mark:
                yield f"{'   ' if mark else ''}    {_why(line)}"


def _why(line: Mapping[str, Any]) -> str:
    from monitors.alerts.message import one_line

    return one_line(f"{line['novelty']}: {line['reason']}", LINE_CHARACTERS)


def _raised(line: Mapping[str, Any]) -> str:
    from monitors.alerts.message import in_words, one_line

    event = ", ".join(str(line[key]) for key in ("event_date", "place") if line[key])
    sentence = line["evidence"][0]["sentence"] if line["evidence"] else ""
    text = (
        f"{line['published'][:10]} {line['situation']}: {in_words(line['status'])}{f' ({event})' if event else ''} "
        f"[{line['doc']}] {sentence}"
    )
    return one_line(text, LINE_CHARACTERS)
