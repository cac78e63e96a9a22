"""What runs leave on Prefect's page: summaries for people, tables for programs."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from monitors.alerts.deliver import DeliverySummary
from monitors.alerts.message import BulletinMessage, one_line
from monitors.ingest.summary import PassSummary


def leave_artifacts(summary: PassSummary) -> None:
    """The summary of a pass as Markdown and its counts as a table, each under one key for each monitor, so that Prefect
    keeps their history.
    """
    create_markdown_artifact(
        markdown(summary), key=f"wirewatch-{summary.monitor}", description=f"Last pass of {summary.monitor}"
    )
    create_table_artifact(
        [{"what": name.replace("_", " "), "count": count} for name, count in summary.counts().items()],
        key=f"wirewatch-counts-{summary.monitor}",
        description=f"Counts of the last pass of {summary.monitor}",
    )


def leave_deliveries(monitor: str, sent: DeliverySummary) -> None:
    """What a round of delivery did, as a table; nothing when there was nothing to send."""
    if sent.sent or sent.retrying or sent.dead:
        create_table_artifact(
            [
                {"what": "sent", "count": sent.sent},
                {"what": "to be tried again", "count": sent.retrying},
                {"what": "given up", "count": sent.dead},
            ],
            key=f"wirewatch-deliveries-{monitor}",
            description=f"Last round of delivery of {monitor} that had anything to send",
        )


def bulletin(message: BulletinMessage) -> str:
    """A digest as Markdown. Text from feeds is made harmless: one line each, markup escaped."""
    lines = [f"## {_plain(message.title)}", ""]
    lines += [f"{'  - ' if line.startswith(' ') else '- '}{_plain(line.strip())}" for line in message.lines if line]
    return "\n".join(lines) + "\n"


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
