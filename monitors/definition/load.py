"""Loading a monitor file: YAML, then the model, with every fault named by file and line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from monitors.definition.document import Document, read_document
from monitors.definition.faults import describe
from monitors.definition.model import Monitor
from monitors.errors import MonitorFileError


def load_monitor(path: Path) -> Monitor:
    """The monitor in the file at `path`. Files and folders that lie beside it come back as absolute paths.

    Raises MonitorFileError with one line for each fault: `file:line: key.path: what was expected (got …)`.
    """
    document = read_document(path)
    try:
        monitor = Monitor.model_validate(document.data)
    except ValidationError as error:
        raise MonitorFileError(path, describe(error, document, Monitor)) from error
    return _with_channel_paths(_with_seed_paths(monitor, document), document)


def shipped_monitor_path() -> Path:
    """Where the monitor lies that comes with Wirewatch."""
    return Path(str(files("seeds").joinpath("us-korea.yaml")))


def _with_seed_paths(monitor: Monitor, document: Document) -> Monitor:
    folder = document.path.resolve().parent
    paths = [folder / seed.file for seed in monitor.seeds]
    missing = [
        f"{document.path}:{document.line(('seeds', number, 'file'))}: seeds[{number + 1}].file: "
        f"no such file beside the monitor file (got {monitor.seeds[number].file!r})"
        for number, path in enumerate(paths)
        if not path.is_file()
    ]
    if missing:
        raise MonitorFileError(document.path, missing)
    seeds = tuple(seed.model_copy(update={"file": str(path)}) for seed, path in zip(monitor.seeds, paths, strict=True))
    return monitor.model_copy(update={"seeds": seeds})


def _with_channel_paths(monitor: Monitor, document: Document) -> Monitor:
    folder = document.path.resolve().parent
    channels = []
    for channel in monitor.channels:
        named = {key: getattr(channel, key, None) for key in ("templates", "ca_file")}
        paths = {key: str(folder / name) for key, name in named.items() if name is not None}
        channels.append(channel.model_copy(update=paths))
    return monitor.model_copy(update={"channels": tuple(channels)})
