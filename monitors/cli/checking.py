"""Commands that tell whether a monitor file, the archive and the machine are in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from monitors.cli.options import ArchiveOption, JsonOption, archive_path, monitor_path
from monitors.cli.output import Column, note, print_json_lines, print_table
from monitors.exports.whole_file import write_pieces


def check(
    file: Annotated[Path | None, typer.Argument(help="The monitor file. Without it: the shipped one.")] = None,
) -> None:
    """Is this monitor file right?

    If not, each fault is named by file, line and key, with what was expected. Ends with 2 then.
    """
    from monitors.alerts.channels.checks import channel_faults
    from monitors.alerts.doubts import doubts
    from monitors.definition.load import load_monitor
    from monitors.definition.secrets import variables_missing
    from monitors.definition.seed import load_seed
    from monitors.developments.engine import Engine
    from monitors.ingest import adjudicator

    path = monitor_path(file)
    monitor = load_monitor(path)
    for seed in monitor.seeds:
        load_seed(Path(seed.file))
    Engine(monitor)  # compiles every phrase
    publishers = {feed.publisher for feed in monitor.feeds}
    families = {feed.family for feed in monitor.feeds}
    print(f"{path}: in order")
    print(f"  {monitor.title} ({monitor.id}), languages {', '.join(monitor.languages)}")
    print(f"  feeds: {len(monitor.feeds)}, by {len(publishers)} publishers of {len(families)} families")
    print(f"  entities: {len(monitor.entities)}, situations: {len(monitor.situations)}")
    print(f"  alert rules: {len(monitor.policy.rules)}, channels: {', '.join(c.id for c in monitor.channels)}")
    if monitor.adjudicator is not None:
        print(f"  adjudicator: {adjudicator.described(monitor.adjudicator)}")
    if monitor.polling.contact is None:
        note(f"{path}: polling.contact is not set; with it publishers can ask who reads their feeds")
    secrets = [
        monitor.polling.proxy or "",
        monitor.policy.ping_url or "",
        *(value for feed in monitor.feeds for value in feed.headers.values()),
    ]
    for name in variables_missing(secrets, os.environ):
        note(f"{path}: the environment variable {name} is not set here; what needs it will fail")
    for doubt in [
        *channel_faults(monitor, os.environ),
        *doubts(monitor),
        *adjudicator.faults(monitor, os.environ),
    ]:
        note(f"{path}: {doubt}")


def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here. Without it: to stdout.")] = None,
) -> None:
    """The JSON Schema of monitor files, for editors."""
    from monitors.definition.schema import schema_text

    if out is None:
        sys.stdout.write(schema_text())
    else:
        write_pieces(out, [schema_text()])
        note(f"schema written to {out}")


def doctor(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Is everything healthy?

    Looks at the archive, the outbox, the feeds, the last runs, the scheduler, the clock, the disk and the versions.
    Ends with 1 if something is broken.
    """
    from monitors.ingest.doctor import examine

    findings = examine(archive_path(archive))
    if as_json:
        print_json_lines({"state": f.state, "subject": f.subject, "detail": f.detail} for f in findings)
    else:
        columns = [Column("state"), Column("subject"), Column("detail", takes_rest=True)]
        print_table(columns, [(f.state, f.subject, f.detail) for f in findings])
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


COMMANDS: tuple[Callable[..., None], ...] = (check, schema, doctor)
