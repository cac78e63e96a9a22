"""The JSON Schema of the monitor file, for editors that complete and check as one types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from monitors.definition.model import Monitor


def monitor_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a monitor file."""
    schema = Monitor.model_json_schema()
    schema.pop("title", None)
    schema.pop("description", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wirewatch monitor file",
        "description": "One watched topic: feeds, entities, situations, alert policy and channels.",
        **schema,
    }


def schema_text() -> str:
    """The schema as it stands in seeds/monitor.schema.json."""
    return json.dumps(monitor_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(path: Path) -> None:
    """Write the schema to `path`. Raises OSError when that cannot be done."""
    path.write_text(schema_text(), encoding="utf-8")
