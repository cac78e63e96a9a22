"""What a run leaves in Prefect: an artifact with its summary and an event for each development."""

from __future__ import annotations

from typing import Any

from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event

from monitors.alerts.message import one_line
from monitors.ingest.summary import PassSummary

DEVELOPMENT_EVENT = "wirewatch.development"
EVENT_FIELDS = (
    "situation",
    "status",
    "previous_status",
    "title",
    "publisher",
    "url",
    "published",
    "event_date",
    "place",
    "tier",
    "families",
    "novelty",
    "reason",
)
"""The payload of an event. Automations match on these names, so they stay (docs/reference/events.md)."""


def leave_artifact(summary: PassSummary) -> None:
    """The summary as a Markdown artifact, under one key for each monitor so that Prefect keeps its history."""
    create_markdown_artifact(
        markdown(summary), key=f"wirewatch-{summary.monitor}", description=f"Last pass of {summary.monitor}"
    )


def emit_developments(summary: PassSummary) -> None:
    """One custom event a development that is news; a baseline is none."""
    for row in summary.developments:
        if not row["baseline"]:
            emit_event(
                event=DEVELOPMENT_EVENT,
                resource={
                    "prefect.resource.id": f"wirewatch.situation.{summary.monitor}.{row['situation']}",
                    "prefect.resource.name": row["situation"],
                },
                payload=event_payload(row),
            )


def event_payload(row: dict[str, Any]) -> dict[str, Any]:
    """What an event says of a development: EVENT_FIELDS of its row."""
    return {name: row[name] for name in EVENT_FIELDS}


def markdown(summary: PassSummary) -> str:
    """The summary as Markdown. Text from feeds is made harmless: one line, markup escaped."""
    lines = [
        f"## {summary.monitor}, {summary.started:%Y-%m-%d %H:%M} UTC",
        "",
        "| what | count |",
        "|---|---|",
        *(f"| {name.replace('_', ' ')} | {count} |" for name, count in summary.counts().items()),
    ]
    if summary.offline:
        lines += ["", "No feed could be reached: this machine seems to be offline."]
    elif summary.feeds_failed:
        lines += ["", "| feed that failed | why |", "|---|---|"]
        lines += [f"| {_plain(publisher)} | {outcome} |" for _, publisher, outcome, _ in summary.feeds_failed]
    if summary.developments:
        lines += ["", "| situation | status | report | publisher |", "|---|---|---|---|"]
        lines += [
            f"| {row['situation']} | {row['status']}{' (baseline)' if row['baseline'] else ''} "
            f"| {_plain(row['title'])} | {_plain(row['publisher'])} |"
            for row in summary.developments
        ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    escaped = one_line(text, 160)
    for character in "\\`*_{}[]<>()#+!|&~:.":
        escaped = escaped.replace(character, "\\" + character)
    return escaped
