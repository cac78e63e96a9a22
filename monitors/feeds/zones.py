"""Time zones as feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS: dict[str, float] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
    "BST": 1, "CET": 1, "WEST": 1, "MEZ": 1, "WAT": 1,
    "CEST": 2, "MESZ": 2, "EET": 2, "CAT": 2, "SAST": 2,
    "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75,
    "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "MYT": 8, "AWST": 8, "WITA": 8,
    "KST": 9, "JST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
}  # fmt: skip
"""Hours east of Greenwich. Where a name is used in two places, the one that news feeds mean more often."""

_REGIONS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip

_LOCAL_MEANING = {"CST": "Asia/", "IST": "Asia/Jerusalem"}
"""Names that mean the feed's own zone, when that zone begins so."""

_OFFSET = re.compile(r"(?:GMT|UTC?|Z)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?(?:\s*\([^)]*\)|\s+[A-Z]{1,5})?")
_LONGEST = timedelta(hours=14)


def read_zone(text: str, default: tzinfo) -> tzinfo | None:
    """The zone that `text` names: an offset, a known abbreviation or an IANA name; None if it says nothing we know.

    `default` is the feed's own zone; it settles abbreviations that two countries use (CST in a Chinese feed).
    """
    text = text.strip()
    if text[:1] in {"(", "["}:
        text = text.strip("()[]").strip()
    numeric = _OFFSET.fullmatch(text.upper().replace("−", "-"))
    if numeric:
        sign, hours, minutes = numeric.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if offset > _LONGEST or int(minutes or 0) >= 60:
            return None
        return timezone(-offset if sign == "-" else offset)
    name = text.upper().rstrip(".")
    name = name.split()[0].rstrip(",") if name else ""
    local = getattr(default, "key", "")
    if name in _LOCAL_MEANING and local.startswith(_LOCAL_MEANING[name]):
        return default
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name])) if _HOURS[name] else UTC
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    if re.fullmatch(r"[A-Za-z]+/[A-Za-z_+-]+(?:/[A-Za-z_]+)?", text):
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
    return None
