"""JSON Lines: every field of every record, nothing left out, nothing cut."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# JSON leaves these alone; a terminal would obey the controls and hide the rest.
_INVISIBLE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def json_line(row: Mapping[str, Any]) -> str:
    """One row as one line of JSON, with invisible characters escaped."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(row, ensure_ascii=False))


def json_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Records as JSON Lines."""
    for record in records:
        yield f"{json_line(record)}\n"
