"""Detection on the archive: what an article changes, written beside it in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable

from monitors.archive.records import Mention


def lead_end(text):
    import re
    ends=[m.end() for m in re.finditer(r"[.!?。](?=\s|$)|다\.",text)]
    return ends[1] if len(ends)>1 else len(text)
