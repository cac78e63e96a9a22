"""What a monitor leaves for readers and programs elsewhere: files, and where its archive is shown."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitors.definition.part import Part

_SHOWN_AT = re.compile(r"https?://[^\s/?#@\"'<>`\\{}|^]+/?")


def _sound_place(value: str) -> str:
    if not _SHOWN_AT.fullmatch(value):
        raise ValueError("expected https://… or http://…, without a sign-in, path, ? or #")
    return value


PagesAddress = Annotated[str, AfterValidator(_sound_place), Field(max_length=500)]
"""Where readers reach `wirewatch browse`."""


class Publish(Part):
    """Files for other programs, written anew after each pass. A relative path lies beside the archive."""

    alerts: str | None = Field(default=None, min_length=1, description="Atom feed of the alerts, as alerts.atom")
    calendar: str | None = Field(default=None, min_length=1, description="calendar of the meetings, as meetings.ics")


class Browse(Part):
    """Where people read the archive in the browser."""

    url: PagesAddress | None = Field(
        default=None,
        description="address at which `wirewatch browse` is reached, as https://archive.example; the pages answer "
        "under its name, and messages can link to a development there",
    )

    def page_of(self, development_id: int) -> str | None:
        """The address of a development's page, None when nobody said where the pages are."""
        return None if self.url is None else f"{self.url.rstrip('/')}/developments/{development_id}"

    def host(self) -> str | None:
        """The name under which the pages are asked for."""
        return None if self.url is None else urlsplit(self.url).hostname
