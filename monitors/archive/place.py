"""Where the archive lies when nobody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

ARCHIVE_VARIABLE = "WIREWATCH_ARCHIVE"


def default_archive() -> Path:
    """The path that WIREWATCH_ARCHIVE names, else `wirewatch.db` in the platform's data folder."""
    named = os.environ.get(ARCHIVE_VARIABLE)
    return Path(named) if named else user_data_path("wirewatch", appauthor=False) / "wirewatch.db"
