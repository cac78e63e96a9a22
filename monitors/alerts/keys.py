"""The keys of deliveries: what is the same over retries, and never the same for two messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence


def key_of(parts: Sequence[object]) -> str:
    """A key made of what identifies a delivery: the same parts give the same key."""
    return hashlib.sha256(json.dumps(list(parts), ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
