"""A file that appears whole or not at all, written piece by piece."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from monitors.errors import WirewatchError


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write text to `path` as UTF-8, line ends as they are. A device or pipe is written to directly.

    Where anything fails, what was at `path` is still there. Raises WirewatchError that names the file, and whatever
    making the pieces raises.
    """
    try:
        if _is_special(path):
            with path.open("a", encoding="utf-8", newline="") as stream:
                stream.writelines(pieces)
        else:
            _replace(path.resolve(), pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WirewatchError(f"{path} cannot be written: {error.strerror or error}") from error


def _is_special(path: Path) -> bool:
    """A device, a pipe, or a name such as /dev/stdout that stands for an open file, which nobody may replace."""
    return path.absolute().parts[1:2] in (("dev",), ("proc",)) or (path.exists() and not path.is_file())


def _replace(path: Path, pieces: Iterable[str]) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
