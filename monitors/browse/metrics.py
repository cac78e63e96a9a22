"""The archive's figures for Prometheus, in its text format 0.0.4
(https://prometheus.io/docs/instrumenting/exposition_formats/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from monitors.archive import leases
from monitors.archive.connection import Archive
from monitors.browse.reading import opened
from monitors.browse.settings import Settings
from monitors.clock import from_iso
from monitors.ingest.standing import SCHEDULE
from monitors.ingest.turn import is_gone

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what it counts, and a value for each set of labels."""

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    values: tuple[tuple[Mapping[str, str], float], ...]


QUERIES: tuple[tuple[str, Literal["counter", "gauge"], str, str], ...] = (
    ("runs_total", "counter", "Runs of a monitor, by outcome.",
     "select monitor, outcome, count(*) from runs group by monitor, outcome"),
    ("last_run_duration_seconds", "gauge", "Time that the last good run took.",
     "select monitor, (julianday(finished) - julianday(started)) * 86400 from runs where id in "
     "(select max(id) from runs where outcome = 'ok' group by monitor)"),
    ("feeds", "gauge", "Feeds of a monitor, by the verdict on their health.",
     "select feeds.monitor, coalesce(verdict, 'healthy') as verdict, count(*) from feeds "
     "left join feed_health on feed_id = feeds.id group by feeds.monitor, verdict"),
    ("articles", "gauge", "Articles kept.", "select monitor, count(*) from articles group by monitor"),
    ("articles_unread", "gauge", "Articles that wait to be read.", "select count(*) from unread"),
    ("developments_total", "counter", "Developments raised, without what feeds held from the start.",
     "select monitor, count(*) from developments where baseline = 0 group by monitor"),
    ("alerts_total", "counter", "Decisions to tell people, or not to.",
     "select monitor, kind, decision, count(*) from alerts group by monitor, kind, decision"),
    ("deliveries", "gauge", "Deliveries in the outbox, by channel and state; sent ones count for good.",
     "select channel, state, count(*) from deliveries group by channel, state"),
)  # fmt: skip
"""Name, kind, meaning and query of what is counted. The last column is the value, the others are labels."""


def handler(settings: Settings) -> Callable[[Request], Response]:
    """What answers `/metrics`."""

    def handle(request: Request) -> Response:
        with opened(settings) as archive:
            found = [*measured(archive), *standing(archive, settings.clock()), size(settings.archive)]
        return Response(text(found), media_type=CONTENT_TYPE)

    return handle


def measured(archive: Archive) -> Iterator[Metric]:
    """The metrics of QUERIES. Raises ArchiveError."""
    for name, kind, about, query in QUERIES:
        rows = [list(row.items()) for row in archive.rows(query)]
        yield Metric(
            name,
            kind,
            about,
            tuple(({label: str(value) for label, value in labels}, float(last[1] or 0)) for *labels, last in rows),
        )


def standing(archive: Archive, now: datetime) -> Iterator[Metric]:
    """When each monitor last ended a good run, and whether its scheduler is alive. Raises ArchiveError."""
    good = archive.values("select monitor, max(finished) from runs where outcome = 'ok' group by monitor")
    yield Metric(
        "last_good_run_timestamp_seconds",
        "gauge",
        "When a good run last ended, in seconds since 1970.",
        tuple(({"monitor": monitor}, from_iso(moment).timestamp()) for monitor, moment in good if moment),
    )
    schedulers = [lease for lease in leases.listing(archive) if lease.name.startswith(SCHEDULE)]
    yield Metric(
        "scheduler_up",
        "gauge",
        "1 while the scheduler of a monitor is alive, 0 once it ended without a word; none after it was ended.",
        tuple(
            ({"monitor": one.name.removeprefix(SCHEDULE)}, float(one.until > now and not is_gone(one.owner)))
            for one in schedulers
        ),
    )


def size(path: Path) -> Metric:
    """How large the archive is on the disk, its log included."""
    files = [path, Path(f"{path}-wal")]
    total = sum(file.stat().st_size for file in files if file.exists())
    return Metric("archive_bytes", "gauge", "Size of the archive's files.", (({}, float(total)),))


def text(metrics: Iterable[Metric]) -> str:
    """The metrics in the text format; every name begins with `wirewatch_`."""
    lines = []
    for metric in metrics:
        name = f"wirewatch_{metric.name}"
        lines += [f"# HELP {name} {metric.about}", f"# TYPE {name} {metric.kind}"]
        for labels, value in metric.values:
            within = ",".join(f'{label}="{_escaped(said)}"' for label, said in labels.items())
            lines.append(f"{name}{{{within}}} {value:.17g}" if within else f"{name} {value:.17g}")
    return "\n".join(lines) + "\n"


def _escaped(said: str) -> str:
    return said.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
