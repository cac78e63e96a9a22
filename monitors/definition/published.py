"""What a monitor leaves for readers and programs elsewhere: files, and where its archive is shown."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from monitors.definition.part import Part

_SHOWN_AT = re.compile(r"https?://[^\s/?#@\"'<>`\\{}|^]+(/[^\s?#\"'<>`\\{}|^]*)?")


def _sound_place(value: str) -> str:
    if not _SHOWN_AT.fullmatch(value):
        raise ValueError("expected https://… or http://…, without a sign-in, ? or #")
    return value


BrowseAddress = Annotated[str, AfterValidator(_sound_place), Field(max_length=500)]
"""Where readers reach `wirewatch browse`."""


class Publish(Part):
    """Files for other programs, written anew after each pass. A relative path lies beside the archive."""

    alerts: str | None = Field(default=None, min_length=1, description="Atom feed of the alerts, as alerts.atom")
    calendar: str | None = Field(default=None, min_length=1, description="calendar of the meetings, as meetings.ics")
