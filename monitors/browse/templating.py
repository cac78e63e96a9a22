"""The templates, with the names that they use. Everything is escaped, whatever a template is called."""

from __future__ import annotations

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitors.alerts.message import in_words
from monitors.browse import charts, showing
from monitors.browse.asked import address
from monitors.browse.reading_articles import spans
from monitors.browse.settings import Settings

SECTIONS = (
    ("now", "/now", "Now"),
    ("developments", "/developments", "Developments"),
    ("search", "/search", "Search"),
    ("calendar", "/calendar", "Calendar"),
    ("sources", "/sources", "Sources"),
    ("alerts", "/alerts", "Alerts"),
    ("runs", "/runs", "Runs"),
)


def templates(settings: Settings) -> Environment:
    """The environment of the templates for one set of settings."""
    zone = ZoneInfo(settings.zone)
    environment = Environment(
        loader=PackageLoader("monitors.browse"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=showing.shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def moment(text: str | None, *, with_day: bool = True) -> Any:
        return showing.moment(text, zone, with_day=with_day)

    def day_of(text: str) -> str:
        return showing.day_of(text, zone)

    def since_when(day: str | None, began: str | None) -> Any:
        return showing.event(day_of(began) if began else day)

    environment.globals.update(
        address=address,
        badge=showing.status,
        certainty=showing.certainty,
        counted=showing.counted,
        day_of=day_of,
        event=showing.event,
        foreign=showing.foreign,
        histogram=charts.histogram,
        language_name=showing.language_name,
        length=showing.length,
        marked=showing.marked,
        moment=moment,
        monitor_title=settings.title,
        out=showing.out,
        own_monitor=settings.names.monitor,
        sections=SECTIONS,
        situation_title=settings.names.title,
        spans=spans,
        sparkline=charts.sparkline,
        state=showing.state,
        tally=showing.tally,
        timeline=partial(charts.timeline, zone=zone),
        since_when=since_when,
        why_read_so=showing.why_read_so,
        zone=settings.zone,
        actions=settings.actions,
    )
    environment.filters["words"] = in_words
    return environment
