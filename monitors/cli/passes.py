"""Commands that read news: a pass over the feeds, the demo, a replay."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitors.cli.options import (
    ArchiveOption,
    MonitorOption,
    archive_option,
    archive_path,
    monitor_path,
    shipped_stream_path,
)
from monitors.cli.output import note, print_json_lines
from monitors.cli.whole_file import write_pieces
from monitors.exports.json_lines import json_lines

if TYPE_CHECKING:
    from monitors.ingest.documents import Document
    from monitors.ingest.summary import PassSummary

RUNNERS = "wirewatch.runners"
"""The entry points among which `run` finds the flow, so that this package imports no scheduler."""

DEMO_REPORTS_EVERY = 5


def run(
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    plain: Annotated[bool, typer.Option("--plain", help="Without Prefect: the same pass, quicker.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show Prefect's own log too.")] = False,
) -> None:
    """One pass now: feeds, developments, alerts.

    Reads the monitor's seed article and feeds, stores what is on topic, raises alerts for what is new, and ends with a
    summary. Without a network it says so and ends well.
    """
    from monitors.archive.connection import open_archive
    from monitors.definition.load import load_monitor

    definition_path, path = monitor_path(monitor), archive_path(archive)
    definition = load_monitor(definition_path)
    open_archive(path).close()  # a bad archive is told before anything is fetched
    if plain:
        from monitors.cli.progress import Steps
        from monitors.clock import utc_now
        from monitors.ingest.one_pass import run_pass

        with Steps(sys.stderr) as steps:
            summary = run_pass(definition, path, clock=utc_now, progress=steps, alert_stream=sys.stdout)
    else:
        summary = _run_with("prefect", definition_path, path, verbose)
    _conclude(summary)


def demo(
    archive: Annotated[
        Path | None,
        typer.Option("--archive", metavar="DB", help="A new file for it. Without it: in a temporary folder."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, max=600, help="How long the stream takes.")] = 30.0,
    polls: Annotated[int, typer.Option(min=2, max=200, help="How often the feeds are polled in that time.")] = 30,
) -> None:
    """The whole chain without a network.

    Serves a stream of documents that comes with Wirewatch as feeds on this machine, polls them as its time passes, and
    shows each alert as it is raised.
    """
    from rich.console import Console

    from monitors.cli.summary import render_demo
    from monitors.definition.load import load_monitor
    from monitors.ingest.demo import Tick, play
    from monitors.ingest.documents import read_documents

    path = _new_archive(archive)
    documents = list(read_documents([str(shipped_stream_path())]))
    note(f"playing {len(documents)} documents in about {seconds:.0f} s…")

    def tell(tick: Tick) -> None:
        if tick.number % DEMO_REPORTS_EVERY == 0 and tick.number < tick.total:
            note(f"… {tick.now:%Y-%m-%d}, poll {tick.number} of {tick.total}")

    passes = play(
        load_monitor(monitor_path(None)),
        documents,
        path,
        seconds=seconds,
        passes=polls,
        alert_stream=sys.stdout,
        on_tick=tell,
    )
    Console(highlight=False, soft_wrap=True).print(render_demo(len(documents), passes, archive_option(path)))


def replay(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="JSON Lines of dated documents; .gz and - (stdin) too.")
    ],
    monitor: MonitorOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="Write the developments here.")] = None,
    groups: Annotated[Path | None, typer.Option("--groups", metavar="F", help="Write the copy groups here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the developments as JSON Lines.")] = False,
) -> None:
    """What would have been raised for a stream of documents.

    Each line of a file has "id", "published", "source", "lang", "url", "title" and "text". No archive is touched. The
    same input gives the same bytes.
    """
    for path in (out, groups):
        _check_folder(path)
    from monitors.cli.progress import Steps
    from monitors.definition.load import load_monitor
    from monitors.ingest.documents import read_documents
    from monitors.ingest.replay import Replay

    with closing(Replay(load_monitor(monitor_path(monitor)))) as replayed, Steps(sys.stderr) as steps:
        count = _Count()
        lines = [raised.line() for raised in replayed.raise_for(count.over(read_documents(files), steps))]
        copies = replayed.groups()
        on_topic = replayed.on_topic
    if out is not None:
        write_pieces(out, json_lines(lines))
    if groups is not None:
        write_pieces(groups, [json.dumps(copies, ensure_ascii=False) + "\n"])
    if as_json:
        print_json_lines(lines)
    elif out is None:
        for line in lines:
            print(_raised(line))
    found = f"{len(lines):,} developments, {len(copies):,} copy groups"
    note(f"{count.documents:,} documents, {on_topic:,} on topic: {found}")


COMMANDS: tuple[Callable[..., None], ...] = (run, demo, replay)


@dataclass(slots=True)
class _Count:
    """Counts documents as they pass."""

    documents: int = 0

    def over(self, documents: Iterable[Document], progress: Callable[[str, int, int], None]) -> Iterator[Document]:
        for document in documents:
            self.documents += 1
            progress("Reading documents", self.documents, 0)
            yield document


def _new_archive(given: Path | None) -> Path:
    import tempfile

    from monitors.errors import InputError

    if given is None:
        return Path(tempfile.mkdtemp(prefix="wirewatch-demo-")) / "wirewatch.db"
    if given.exists():
        raise InputError(f"{given} exists already; the demo needs a new file")
    return given


def _check_folder(path: Path | None) -> None:
    from monitors.errors import InputError

    if path is not None and not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")


def _raised(line: Mapping[str, Any]) -> str:
    from monitors.alerts.message import in_words, one_line

    event = ", ".join(str(line[key]) for key in ("event_date", "place") if line[key])
    sentence = line["evidence"][0]["sentence"] if line["evidence"] else ""
    text = (
        f"{line['published'][:10]} {line['situation']}: {in_words(line['status'])}{f' ({event})' if event else ''} "
        f"[{line['doc']}] {sentence}"
    )
    return one_line(text, 240)


def _run_with(name: str, definition: Path, archive: Path, verbose: bool) -> PassSummary:
    from importlib.metadata import entry_points

    from monitors.cli.progress import Steps
    from monitors.errors import WirewatchError

    for entry_point in entry_points(group=RUNNERS, name=name):
        note("starting Prefect's temporary server (about 10 s; --plain does without)…")
        runner: Callable[[Path, Path, bool, Steps], PassSummary] = entry_point.load()
        with Steps(sys.stderr) as steps:
            return runner(definition, archive, verbose, steps)
    raise WirewatchError(f"the {name} runner is not installed (pip install .); wirewatch run --plain does without it")


def _conclude(summary: PassSummary) -> None:
    from rich.console import Console

    from monitors.cli.summary import render_summary

    option = archive_option(Path(summary.archive))
    Console(highlight=False, soft_wrap=True).print(render_summary(summary, option))
    if summary.failed_deliveries:
        note(f"wirewatch: {summary.failed_deliveries} deliveries failed; wirewatch alerts says why")
        raise typer.Exit(1)
