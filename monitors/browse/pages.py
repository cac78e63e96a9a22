"""All pages: where each lies, who makes it, and which twins it has for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.convertors import Convertor, register_url_convertor

from monitors.browse import alerting, developing, expected, now, passes, reading_articles, searching, sources
from monitors.browse.asked import Asked, Found

LIST = ("json", "csv", "atom")


class _Number(Convertor[int]):
    """A number in an address, short enough to be one of ours: Python refuses to read thousands of digits."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _Number())


@dataclass(frozen=True, slots=True)
class Page:
    """A page at `path`, made by `make`, drawn by the template of its name, with the same at the path plus suffix."""

    name: str
    path: str
    make: Callable[[Asked], Found]
    twins: tuple[str, ...] = LIST


PAGES = (
    Page("now", "/now", now.now),
    Page("developments", "/developments", developing.developments),
    Page("development", "/developments/{id:number}", developing.development, ("json",)),
    Page("situation", "/situations/{monitor}/{situation}", developing.situation),
    Page("article", "/articles/{id:number}", reading_articles.article, ("json",)),
    Page("search", "/search", searching.search),
    Page("calendar", "/calendar", expected.calendar, (*LIST, "ics")),
    Page("sources", "/sources", sources.sources),
    Page("source", "/sources/{id:number}", sources.source),
    Page("alerts", "/alerts", alerting.alerts),
    Page("runs", "/runs", passes.runs, ("json", "csv")),
)
