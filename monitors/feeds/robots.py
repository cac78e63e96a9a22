"""robots.txt (RFC 9309): which paths of a host a robot may ask for, and the Crawl-delay that many add to it. Pure.

The standard library's parser knows no `*` and `$`, takes the first rule that fits instead of the longest, and drops
what follows an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

MOST_LINES = 20_000
LONGEST_RULE = 2000
"""Characters; a longer rule is passed over."""
_PERCENT_SLASH = re.compile(r"(%2f)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to one robot. `crawl_delay` is in seconds, None where it says none.

    `_rules` has the length of each rule, whether it allows, and what it fits, the longest first.
    """

    crawl_delay: float | None = None
    _rules: tuple[tuple[int, bool, re.Pattern[str]], ...] = ()

    def allow(self, url: str) -> bool:
        """Whether `url` may be asked for: the longest rule that fits decides, Allow where two are as long."""
        parts = urlsplit(url)
        path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        return next((allows for _, allows, fits in self._rules if fits.match(path)), True)


def read_robots(text: str, robot: str) -> Rules:
    """The rules for `robot`: of the groups that name it, else of those for `*`."""
    own: list[tuple[str, str]] = []
    everyone: list[tuple[str, str]] = []
    named = False
    for agents, lines in _groups(text):
        if robot.lower() in agents:
            named = True
            own += lines
        if "*" in agents:
            everyone += lines
    lines = own if named else everyone
    rules = [
        (len(value), key == "allow", _pattern(value))
        for key, value in lines
        if key in {"allow", "disallow"} and 0 < len(value) <= LONGEST_RULE
    ]
    rules.sort(key=lambda rule: (-rule[0], not rule[1]))
    delays = [
        float(value) for key, value in lines if key == "crawl-delay" and re.fullmatch(r"[0-9]{1,6}(\.[0-9]*)?", value)
    ]
    return Rules(max(delays, default=None), tuple(rules))


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    """The robots named above each group of rules, and its rules, as they stand in the file."""
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    for line in text.removeprefix("\ufeff").splitlines()[:MOST_LINES]:
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if lines:
                yield agents, lines
                agents, lines = set(), []
            agents.add(value.split("/")[0].strip().lower())
        elif agents and key in {"allow", "disallow", "crawl-delay"}:
            lines.append((key, value))
    yield agents, lines


def _pattern(rule: str) -> re.Pattern[str]:
    """What a rule fits, from the start of the path; `*` is anything, `$` at its end the end.

    Runs of `*` are one, and each is taken once and for all as short as it can be: nothing then can take long.
    """
    anchored = rule.endswith("$")
    first, *rest = [re.escape(_plain(part)) for part in re.split(r"\*+", rule.removesuffix("$"))]
    if not rest:
        return re.compile(first + (r"\Z" if anchored else ""), re.DOTALL)
    *middle, last = rest
    between = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"{first}{between}.*{last}" + (r"\Z" if anchored else ""), re.DOTALL)


def _plain(path: str) -> str:
    """A path as it is compared: escapes undone, but for that of the slash."""
    parts = _PERCENT_SLASH.split(path)
    return "".join(part.upper() if number % 2 else _unescaped(part) for number, part in enumerate(parts))


def _unescaped(part: str) -> str:
    return unquote_to_bytes(part).decode("utf-8", "surrogateescape")
