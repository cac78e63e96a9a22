"""`wirewatch feeds`: the feeds and how they fare, the feeds of a site, lists of feeds from and for other readers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from monitors.cli.options import ArchiveOption, JsonOption, MonitorOption, archive_path, monitor_path
from monitors.cli.output import Cell, Column, note, print_json_lines, print_table
from monitors.errors import InputError, WirewatchError
from monitors.exports.whole_file import write_pieces

OutOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here. Without it: to stdout.")]
FeedLimit = Annotated[int, typer.Option("--limit", min=1, help="At most this many, ill ones first.")]

feeds_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@feeds_app.callback()
def feeds(
    context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False, limit: FeedLimit = 1000
) -> None:
    """The feeds, their health and their last poll, ill ones first.

    With a command: find the feeds of a site, or exchange lists of feeds with other readers.
    """
    if context.invoked_subcommand is not None:
        return
    from monitors.archive.connection import open_reader
    from monitors.archive.feeds import list_feeds
    from monitors.feeds.health import is_ill
    from monitors.ingest.doctor import is_well

    with open_reader(archive_path(archive)) as opened:
        rows = list_feeds(opened)
    rows = sorted(rows, key=lambda row: (not is_ill(row["verdict"] or "healthy"), is_well(row["outcome"])))[:limit]
    if not rows:
        note("no feed was polled yet; wirewatch run does")
    elif as_json:
        print_json_lines(row | {"ended": _ended(row)} for row in rows)
    else:
        columns = [
            Column("health"),
            Column("since"),
            Column("last poll"),
            Column("outcome"),
            Column("entries", justify="right"),
            Column("new", justify="right"),
            Column("next poll"),
            Column("feed", takes_rest=True),
        ]
        print_table(columns, [_cells(row) for row in rows])


@feeds_app.command()
def discover(
    url: Annotated[str, typer.Argument(help="A page of the site, or its name.")],
    monitor: MonitorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the feeds of a site.

    Looks at what its page declares and links to, and else at the usual places; ten requests at most, by the rules of
    the monitor file's `polling`. What is listed was fetched and read.
    """
    from monitors.clock import iso, utc_now
    from monitors.definition.load import load_monitor
    from monitors.feeds.discover import discover as look
    from monitors.feeds.failure import FetchError
    from monitors.feeds.fetch import Fetcher, shown

    address = url if "://" in url else f"https://{url}"
    fetcher = Fetcher(load_monitor(monitor_path(monitor)).polling)
    try:
        found = look(address, fetcher, utc_now)
    except FetchError as error:
        if error.outcome == "bad-url":
            raise InputError(error.detail) from None
        raise WirewatchError(f"{shown(address)}: {error}") from None
    if not found:
        raise WirewatchError(f"no feed found at {shown(address)}")
    rows: list[dict[str, Any]] = [
        {
            "url": feed.url,
            "title": feed.title,
            "format": feed.format,
            "entries": feed.entries,
            "newest": feed.newest and iso(feed.newest),
        }
        for feed in found
    ]
    if as_json:
        print_json_lines(rows)
        return
    columns = [
        Column("format"),
        Column("entries", justify="right"),
        Column("newest"),
        Column("feed", takes_rest=True),
    ]
    print_table(
        columns, [[row["format"], row["entries"], _minute(row["newest"]), (row["title"], row["url"])] for row in rows]
    )


@feeds_app.command(name="export")
def export_feeds(monitor: MonitorOption = None, out: OutOption = None) -> None:
    """The feeds of a monitor file as OPML 2.0, for other readers."""
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor
    from monitors.feeds.opml import Outline, write_opml

    loaded = load_monitor(monitor_path(monitor))
    outlines = [Outline(feed.publisher, feed.url, language=feed.language) for feed in loaded.feeds]
    _hand_over(write_opml(loaded.title, outlines, utc_now()), out, f"{len(outlines)} feeds")


@feeds_app.command(name="import")
def import_feeds(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file, as feed readers export it.")],
    out: OutOption = None,
) -> None:
    """The feeds of an OPML file as the `feeds:` of a monitor file.

    Publisher, family and language are guesses, for you to check; no monitor file is changed.
    """
    from monitors.feeds.opml import read_opml
    from monitors.feeds.proposal import feeds_block, proposed_feed

    outlines, left_out = read_opml(_bytes_of(file), str(file))
    proposed = [(outline, proposed_feed(outline)) for outline in outlines]
    for line in left_out:
        note(f"left out: {line}")
    for outline, feed in proposed:
        if feed is None:
            note(f"left out: {outline.url[:200]}: language {outline.language!r} is not one that is read")
    chosen = [feed for _, feed in proposed if feed is not None]
    if not chosen:
        raise InputError(f"{file}: no feed in it is in a language that is read")
    _hand_over(feeds_block(chosen), out, f"{len(chosen)} feeds")


def _hand_over(text: str, out: Path | None, what: str) -> None:
    if out is None:
        sys.stdout.write(text)
    else:
        write_pieces(out, [text])
        note(f"{what} written to {out}")


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}") from None


def _ended(row: Mapping[str, Any]) -> bool:
    """A feed that said 410; nothing else ends with this outcome."""
    return bool(row["outcome"] == "gone")


def _cells(row: Mapping[str, Any]) -> list[Cell]:
    remarks = [
        "ended: polled no more; take it out of the monitor file" if _ended(row) else None,
        f"moved: the monitor file should name {row['moved_to']}" if row["moved_to"] else None,
        f"guids not trusted: {row['guids_distrusted']}" if row["guids_distrusted"] else None,
    ]
    return [
        row["verdict"],
        _minute(row["since"]),
        _minute(row["last_polled"]),
        row["outcome"],
        row["entries_seen"],
        row["entries_new"],
        None if _ended(row) else _minute(row["next_poll"]),
        (row["url"], row["health"] or row["detail"], *remarks),
    ]


def _minute(text: str | None) -> str | None:
    return text and text[:16].replace("T", " ")
