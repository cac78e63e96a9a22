"""Writes the reference pages that follow from the code: commands, settings, outcomes, verdicts on feeds, tables.

`make docs` runs it; a test fails while a page is not what it would write.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from monitors.alerts.channels import answers
from monitors.alerts.facts import Facts
from monitors.archive import runs
from monitors.archive.connection import open_archive
from monitors.archive.described import datasette_metadata, describe
from monitors.cli import app
from monitors.definition import channels as defined
from monitors.definition import model
from monitors.definition.kinds import STATUSES
from monitors.feeds.health import AGREEING, VERDICTS
from monitors.feeds.outcomes import OUTCOMES, SCORES

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
WRITTEN_BY = "<!-- Written by `make docs` from the code; change it there. -->\n"


def pages() -> dict[Path, str]:
    """Every generated page, by its path."""
    return {
        REFERENCE / "commands.md": commands(),
        REFERENCE / "settings.md": settings(),
        REFERENCE / "poll-outcomes.md": poll_outcomes(),
        REFERENCE / "feed-health.md": feed_health(),
        REFERENCE / "run-outcomes.md": run_outcomes(),
        REFERENCE / "channels.md": channels(),
        **tables(),
    }


def commands() -> str:
    """The command line, as Typer knows it."""
    group: Any = typer.main.get_command(app)  # Any: the click that Typer builds on is its own in newer versions
    every = dict(named(group))
    out = [
        "# Commands",
        WRITTEN_BY,
        f"{group.help}\n",
        "Exit status: 0 done, 1 something failed (named on stderr), 2 wrong use or bad input. Listings take `--json` "
        "and then print JSON Lines on stdout and nothing else; messages go to stderr.\n",
        "| command | does |",
        "|---|---|",
        *(
            f"| [`{name}`](#wirewatch-{name.replace(' ', '-')}) | {cell(command.get_short_help_str(120))} |"
            for name, command in every.items()
        ),
    ]
    for name, command in every.items():
        context = command.make_context(f"wirewatch {name}", [], resilient_parsing=True)
        usage = " ".join(["[OPTIONS]", *(argument(p) for p in command.params if p.param_type_name == "argument")])
        out += [f"\n## wirewatch {name}\n", f"    wirewatch {name} {usage}\n", inspect.cleandoc(command.help or "")]
        records = [record for parameter in command.get_params(context) if (record := described(parameter, context))]
        out += ["", "| option | does |", "|---|---|", *(f"| `{cell(a)}` | {cell(b)} |" for a, b in records)]
    return "\n".join(out) + "\n"


def named(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its name, those inside another one after it."""
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if hasattr(command, "commands"):
            yield from named(command, f"{before}{name} ")


def argument(parameter: Any) -> str:
    """An argument as the usage line shows it: in brackets when it may be left out."""
    name: str = parameter.metavar or parameter.name.upper() + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def described(parameter: Any, context: Any) -> tuple[str, str] | None:
    """What a parameter is called and does."""
    if parameter.param_type_name == "argument":
        return argument(parameter), parameter.help or ""
    record: tuple[str, str] | None = parameter.get_help_record(context)
    return (re.sub(r"<(?:float|integer|int)[^>]*>", "NUMBER", record[0]), record[1]) if record else None


def settings() -> str:
    """The keys of a monitor file, from its pydantic models, those that contain before those that are contained."""
    seen: list[type[BaseModel]] = []
    collect(model.Monitor, seen)
    out = [
        "# The monitor file",
        WRITTEN_BY,
        "A monitor file is YAML. A key that is not listed here is refused. `wirewatch check FILE` names the line of "
        "every fault, and `wirewatch schema` writes the same as JSON Schema for editors.\n",
        "The statuses of each kind of situation:\n",
        "| kind | statuses |",
        "|---|---|",
        *(f"| `{kind}` | {', '.join(f'`{status}`' for status in statuses)} |" for kind, statuses in STATUSES.items()),
    ]
    for part in seen:
        out += [f"\n## {part.__name__}\n", *([f"{inspect.getdoc(part)}\n"] if part.__doc__ else [])]
        out += ["| key | value | default | means |", "|---|---|---|---|"]
        out += [
            f"| `{name}` | {cell(kind_of(key.annotation))} | {cell(default_of(key))} | {cell(key.description or '')} |"
            for name, key in part.model_fields.items()
        ]
    return "\n".join(out) + "\n"


def collect(part: type[BaseModel], seen: list[type[BaseModel]]) -> None:
    """`part` and the models its fields speak of, each once."""
    if part in seen:
        return
    seen.append(part)
    for field in part.model_fields.values():
        for inner in models_in(field.annotation):
            collect(inner, seen)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def kind_of(annotation: Any) -> str:
    """An annotation in words."""
    if annotation is type(None):
        return "nothing"
    if isinstance(annotation, type) and not get_args(annotation):
        if issubclass(annotation, BaseModel):
            return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
        return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(
            annotation, annotation.__name__
        )
    arguments = get_args(annotation)
    origin = getattr(annotation, "__origin__", None)
    if all(isinstance(argument, str | int) for argument in arguments):
        return ", ".join(f"`{argument}`" for argument in arguments)
    if origin is tuple:
        return f"list of {kind_of(arguments[0])}"
    if origin is dict:
        return f"{kind_of(arguments[0])} → {kind_of(arguments[1])}"
    if hasattr(annotation, "__metadata__"):
        return kind_of(arguments[0])
    return " or ".join(kind_of(argument) for argument in arguments if argument is not type(None))


def default_of(field: FieldInfo) -> str:
    """A field's default, as one would write it in the file."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined or default in ((), None, {}) or isinstance(default, BaseModel):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def poll_outcomes() -> str:
    """The closed set of ways a poll can end."""
    out = [
        "# How a poll can end",
        WRITTEN_BY,
        "Every poll of a feed ends under exactly one of these names; `wirewatch feeds` and the archive's `polls` table "
        "show it. What a poll adds to the feed's failure score decides how long it is left alone: a good poll sets the "
        "score back to 0, and a fault that is ours leaves it as it was.\n",
        "| outcome | means | adds to the score |",
        "|---|---|---|",
    ]
    for outcome in OUTCOMES.values():
        score = {"good": "sets it to 0", "ours": "nothing"}.get(outcome.severity, f"{SCORES[outcome.severity]:g}")
        out.append(f"| `{outcome.name}` | {cell(outcome.meaning)} | {score} |")
    return "\n".join(out) + "\n"


def tables() -> dict[Path, str]:
    """The archive's tables and views, as a page and as Datasette reads them."""
    with open_archive(":memory:") as archive:
        every = describe(archive)
        metadata = json.dumps(datasette_metadata(archive), indent=1, ensure_ascii=False) + "\n"
    out = [
        "# The archive's tables",
        WRITTEN_BY,
        "The archive is one SQLite file; any SQLite viewer reads it. Times are ISO 8601 in UTC. Open it read-only, and "
        "write to it only through Wirewatch: other tools do not keep the search index. The views are the place to "
        "start.\n",
        "With Datasette: `datasette wirewatch.db -m docs/reference/datasette.json --setting suggest_facets off`. "
        "With sqlite-utils: `sqlite-utils rows wirewatch.db developments_with_evidence -t`.\n",
        "`search_index` is a full-text index (FTS5) of titles and texts; `wirewatch search` asks it.\n",
        "| table or view | holds |",
        "|---|---|",
        *(
            f"| [`{one.name}`](#{one.name}) | {cell(one.holds)} |"
            for one in sorted(every, key=lambda o: o.kind != "view")
        ),
    ]
    for one in every:
        out += [
            f"\n## {one.name}\n",
            f"{one.kind.capitalize()}: {one.holds}.\n",
            "| column | type | holds |",
            "|---|---|---|",
        ]
        for name, (kind, text) in one.columns.items():
            refers = f" → [`{one.refers[name]}`](#{one.refers[name]})" if name in one.refers else ""
            out.append(f"| `{name}`{refers} | {kind.lower()} | {cell(text)} |")
    return {REFERENCE / "tables.md": "\n".join(out) + "\n", REFERENCE / "datasette.json": metadata}


def feed_health() -> str:
    """The verdicts on a feed."""
    out = [
        "# The health of a feed",
        WRITTEN_BY,
        "One poll proves little. What several polls in a row say of a feed is its verdict: `wirewatch feeds` shows it "
        "with its reason and since when, `wirewatch doctor` counts them, and the channels of `policy.health_channels` "
        f"are told once when a feed turns ill and once when it recovers. Fewer than {AGREEING} polls that agree leave "
        "a verdict as it was. Polls that say nothing of the feed change nothing: those whose fault is ours "
        "([`offline`, `host-paused`, `not-polled`](poll-outcomes.md)).\n",
        "| verdict | means | is raised when | recovers |",
        "|---|---|---|---|",
        *(
            f"| `{name}` | {cell(verdict.meaning)} | {cell(verdict.raised)} | {cell(verdict.recovers)} |"
            for name, verdict in VERDICTS.items()
        ),
    ]
    return "\n".join(out) + "\n"


def run_outcomes() -> str:
    """The closed set of ways a run can stand."""
    out = [
        "# How a run can end",
        WRITTEN_BY,
        "A run is one pass of a monitor. `wirewatch runs` and the archive's `runs` table show under which of these "
        "names each stands, with its counts. How the polls in it ended is [another list](poll-outcomes.md).\n",
        "| outcome | means |",
        "|---|---|",
        *(f"| `{name}` | {cell(meaning)} |" for name, meaning in runs.OUTCOMES.items()),
    ]
    return "\n".join(out) + "\n"


CHANNEL_LIMITS = {
    "terminal": "text without markup or controls",
    "file": "JSON; a repeat among the last lines is not written again",
    "email": "a text and an HTML part; HTML at most 100,000 bytes, then lines are counted; `Message-ID` from the key",
    "webhook": "JSON, signed by [Standard Webhooks](https://www.standardwebhooks.com); `webhook-id` is the key",
    "slack": "Block Kit, only literal elements; 150 characters of headline, 3,000 of text",
    "discord": "Markdown, every sign of the text escaped; 2,000 characters; nobody is mentioned",
    "telegram": "HTML, escaped; 4,096 characters; no preview, and no mention, tag or command out of a word",
    "ntfy": "JSON, plain text; 4,096 bytes; urgent alerts have priority 5",
    "apprise": "plain text, 2,000 characters; whether it worked is all that is known, so all failures are tried again",
}
"""How each type of channel writes, and its limits."""


def channels() -> str:
    """The channels, what each answer of a receiver means, and what templates are given."""
    every = get_args(get_args(defined.Channel)[0])
    out = [
        "# Channels",
        WRITTEN_BY,
        "The keys of each are in [the monitor file](settings.md); how to set them up: "
        "[mail](../howto/email-alerts.md), [chat and phone](../howto/chat-and-phone-alerts.md), "
        "[webhooks](../howto/webhook-alerts.md), [terminal and file](../howto/terminal-and-file-alerts.md).\n",
        "| type | is | writes |",
        "|---|---|---|",
    ]
    for one in every:
        (name,) = get_args(one.model_fields["type"].annotation)
        out.append(f"| `{name}` | {cell((inspect.getdoc(one) or '').rstrip('.'))} | {cell(CHANNEL_LIMITS[name])} |")
    out += [
        "\n## What an answer means\n",
        "The same for every channel over HTTP. Mail: 2xx of SMTP is sent, 4xx is tried again, 5xx never. What is tried "
        "again waits 30 seconds at first and at most an hour, or as long as the receiver asks by `Retry-After` "
        "(seconds or a date, at most a day), 48 times in all. A channel that asks to wait, or fails three times in a "
        "row, is left alone until the next round. What is given up shows as `dead` in `wirewatch alerts`.\n",
        "| answer | delivery | what to do |",
        "|---|---|---|",
        *(
            f"| {status} | {meaning.verdict} | {cell(meaning.advice)} |"
            for status, meaning in sorted(answers.STATUSES.items())
        ),
        *(
            f"| other {first}xx | {meaning.verdict} | {cell(meaning.advice)} |"
            for first, meaning in answers.CLASSES.items()
        ),
        '| 2xx with `"ok": false` in the body | never | see what the receiver says |',
        *(f"| no answer | {meaning.verdict} | {cell(meaning.advice)} |" for meaning in answers.OUTCOMES.values()),
        "\n## What templates are given\n",
        "Each template is one of `email.txt`, `email.html`, `slack.txt`, `discord.md`, `telegram.html`, `ntfy.txt`, "
        "`apprise.txt`, and `short.txt`, which the last five include. What is not known is empty. `lines` has `text`, "
        "`url` and `inner` (it belongs to the line above).\n",
        "| name | kind |",
        "|---|---|",
        *(f"| `{one.name}` | {template_kind(str(one.type))} |" for one in fields(Facts)),
    ]
    return "\n".join(out) + "\n"


def template_kind(annotation: str) -> str:
    """The type of a fact, in a word."""
    return {"str": "text", "bool": "true or false", "int": "number", "Link": "address"}.get(annotation, "list of lines")


def cell(text: str) -> str:
    """`text` for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
