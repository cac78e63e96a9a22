"""Commands that keep the archive: backups, putting one back, and removing what is kept no longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from monitors.cli.options import ArchiveOption, JsonOption, MonitorOption, archive_option, archive_path, monitor_path
from monitors.cli.output import note, print_json_lines

SHOWN = {
    "articles": "article",
    "revisions": "revision",
    "developments": "development",
    "alerts": "alert",
    "deliveries": "delivery",
}
"""Tables whose rows tell a reader how much a copy holds, and what one of their rows is called."""


def backup(
    archive: ArchiveOption = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Folder of the backups. Without it: backups, beside the archive."),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", min=1, help="So many backups of this archive stay, the newest.", metavar="NUMBER")
    ] = 7,
    as_json: JsonOption = False,
) -> None:
    """Copy the archive while it is in use.

    The copy is checked before it counts; then the oldest backups go. It is an archive: every command reads it.
    """
    from monitors.archive import backup as keeping
    from monitors.archive.integrity import size_text
    from monitors.clock import utc_now

    path = archive_path(archive)
    made = keeping.backup(path, to or keeping.default_folder(path), keep=keep, now=utc_now())
    if as_json:
        print_json_lines(
            [
                {
                    "path": str(made.path),
                    "bytes": made.size,
                    "rows": made.rows,
                    "removed": [str(one) for one in made.removed],
                }
            ]
        )
        return
    print(f"{made.path}: {size_text(made.size)}, {_rows(made.rows)}")
    if made.removed:
        print(f"removed: {', '.join(one.name for one in made.removed)}")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    archive: ArchiveOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an archive that is there; it is kept under another name.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in the archive's place.

    The backup is checked first and stays where it is. End runs and servers before.
    """
    from monitors.archive import backup as keeping
    from monitors.clock import utc_now

    path = archive_path(archive)
    done = keeping.restore(file, path, force=force, now=utc_now())
    if as_json:
        aside = str(done.aside) if done.aside else None
        print_json_lines([{"path": str(done.path), "rows": done.rows, "aside": aside}])
        return
    print(f"{done.path}: restored from {file}, {_rows(done.rows)}")
    if done.aside:
        print(f"the archive that was there is kept as {done.aside}")
    note(f"next: wirewatch doctor {archive_option(done.path)}".rstrip())


def maintain(
    monitor: MonitorOption = None,
    archive: ArchiveOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    rebuild_index: Annotated[bool, typer.Option("--rebuild-index", help="Fill the search index anew.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove texts that are kept no longer, and tidy the archive.

    What goes is what `retention` in the monitor file says: by default nothing. Developments, their evidence, titles,
    and the articles that prove a development always stay.
    """
    from monitors.archive import retention
    from monitors.archive.connection import open_archive
    from monitors.archive.index import mend_index
    from monitors.articles.grouping import forget_old_postings
    from monitors.clock import utc_now
    from monitors.definition.load import load_monitor

    definition = load_monitor(monitor_path(monitor))
    days, now = definition.retention.text_days, utc_now()
    dropped, kept = retention.Dropped(), 0
    with open_archive(archive_path(archive), create=False) as opened:
        if days is not None:
            before = now - timedelta(days=days)
            kept = retention.protected(opened, definition.id, before=before)
            if dry_run:
                dropped = retention.would_drop(opened, definition.id, before=before)
            else:
                dropped = retention.drop_texts(opened, definition.id, before=before, now=now)
        if not dry_run:
            if rebuild_index:
                mend_index(opened.connection, opened.writing)
            forget_old_postings(opened, now)
            retention.tidy(opened)
    if as_json:
        print_json_lines(
            [
                {
                    "monitor": definition.id,
                    "text_days": days,
                    "dry_run": dry_run,
                    "texts": dropped.articles,
                    "revisions": dropped.revisions,
                    "summaries": dropped.summaries,
                    "characters": dropped.characters,
                    "kept_as_evidence": kept,
                    "index_rebuilt": rebuild_index and not dry_run,
                }
            ]
        )
        return
    if days is None:
        print(f"{definition.id}: texts are kept for ever (retention.text_days is not set)")
    else:
        print(
            f"{definition.id}: texts older than {_many(days, 'day')}: {'would remove' if dry_run else 'removed'} "
            f"{_many(dropped.articles, 'text')}, {_many(dropped.revisions, 'revision')} and "
            f"{_many(dropped.summaries, 'feed summary', 'feed summaries')} ({dropped.characters:,} characters); "
            f"{_many(kept, 'article')} kept whole as evidence"
        )
    if not dry_run:
        print(f"tidied{'; search index filled anew' if rebuild_index else ''}")


def _rows(rows: Mapping[str, Any]) -> str:
    return ", ".join(_many(rows[name], one, name) for name, one in SHOWN.items() if rows.get(name))


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


COMMANDS: tuple[Callable[..., None], ...] = (backup, restore, maintain)
