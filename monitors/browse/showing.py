"""How values look on a page: times, days, statuses, links, and words of any language. All of it escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from monitors.alerts.message import in_words, safe_link
from monitors.clock import from_iso, iso
from monitors.developments.lifecycles import PHASES
from monitors.exports.text import plain

SHAPES = {"prospect": "○", "planned": "◑", "occurred": "●", "in_force": "■", "off": "✕"}
"""The shape of each phase of a lifecycle: it says without colour what the word says in full."""

STATES = {
    "sent": "●", "pending": "◑", "held": "◑", "dead": "✕", "muted": "○", "merged": "○", "alert": "●", "wait": "◑",
    "mute": "○", "ok": "●", "running": "◑", "offline": "▲", "failed": "✕", "skipped": "○", "interrupted": "✕",
    "healthy": "●", "failing": "✕", "ended": "✕", "not-a-feed": "✕", "challenge": "✕", "empty": "▲", "undated": "▲",
    "silent": "▲", "holds": "◑", "over": "○",
    "wrong": "✕", "right": "●",
}  # fmt: skip
"""The shape of what became of a delivery, a run, a feed, or of what people say of a development."""

LANGUAGES = {"en": "English", "ja": "Japanese", "ko": "Korean", "zh": "Chinese"}
_KEPT = 4096
"""Pieces of each kind that are kept ready: the same statuses and times stand on every page."""
_TONES = {"●": "good", "◑": "open", "✕": "bad", "○": "quiet", "▲": "warn"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_DAY = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown(value: Any) -> Any:
    """What the templates pass everything through: no controls, nothing that turns the direction of writing."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return plain(value)


@lru_cache(_KEPT)
def status(word: str | None) -> Markup:
    """A status as its word and a shape."""
    phase = PHASES.get(word or "", "")
    return Markup('<span class="status {}"><span class="shape" aria-hidden="true">{}</span> {}</span>').format(
        phase.replace("_", "-") or "unknown", SHAPES.get(phase, "·"), plain(in_words(word)) if word else "not known"
    )


@lru_cache(_KEPT)
def state(word: str | None) -> Markup:
    """The same for what became of a delivery, a run or a feed."""
    shape = STATES.get(word or "", "·")
    return Markup('<span class="state {}"><span class="shape" aria-hidden="true">{}</span> {}</span>').format(
        _TONES.get(shape, "quiet"), shape, plain(in_words(word or "not known yet"))
    )


@lru_cache(_KEPT)
def moment(text: str | None, zone: ZoneInfo, *, with_day: bool = True) -> Markup:
    """A time of the archive in the reader's zone, with the time in UTC on hover; a day as a day."""
    if not text:
        return Markup("")
    if "T" not in text:
        return event(text)
    try:
        when = from_iso(text)
    except ValueError:
        return escape(plain(text))
    local = when.astimezone(zone)
    clock = f"{local:%H:%M}"
    words = f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {clock}" if with_day else clock
    # Digits and names of months: nothing in it needs escaping, and a page has hundreds.
    return Markup(f'<time datetime="{iso(when)}" title="{when:%Y-%m-%d %H:%M} UTC">{words}</time>')


def day_of(text: str, zone: ZoneInfo) -> str:
    """The reader's day of a time."""
    return from_iso(text).astimezone(zone).date().isoformat()


def event(text: str | None) -> Markup:
    """A day, month, year or range of days, as precise as its source: 12 Jun 2018, Jun 2018, 2018."""
    if not text:
        return Markup("")
    return Markup(" to ").join(_day(one) for one in text.split("/"))


def _day(text: str) -> Markup:
    if not _DAY.fullmatch(text):
        return escape(plain(text))
    year, *rest = text.split("-")
    words = [str(int(rest[1]))] if len(rest) > 1 else []
    words += [_MONTHS[int(rest[0]) - 1]] if rest else []
    return Markup(f'<time datetime="{text}">{" ".join([*words, year])}</time>')


def foreign(text: str | None, language: str | None) -> Markup:
    """Words of a source, kept apart from ours, in the language they are in."""
    said = plain(text or "") or "(without a title)"
    if language and _LANGUAGE.fullmatch(language):
        return Markup('<bdi lang="{}">{}</bdi>').format(language, said)
    return Markup("<bdi>{}</bdi>").format(said)


def out(url: str | None, words: str | None = None) -> Markup:
    """A link to elsewhere; an address that is not plain http or https is shown and leads nowhere."""
    target = safe_link(url)
    if target is None:
        return Markup('<span class="refused" title="not followed: no plain web address">{}</span>').format(
            plain(words or url or "no address")
        )
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(target, plain(words or target))


def marked(text: str | None, words: Iterable[str]) -> Markup:
    """A text with the words of a search marked in it."""
    said = plain(text or "")
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return escape(said)
    pieces = re.split(f"({'|'.join(re.escape(word) for word in wanted)})", said, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(one) if at % 2 else one for at, one in enumerate(pieces))


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 family, 2 families."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def tally(name: str, number: int) -> str:
    """A count by its name in the archive, in words: "3 feeds polled" of `feeds_polled`, "1 copy" of `copies`."""
    noun, *rest = in_words(name).split(" ")
    if number == 1:
        noun = f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")
    return " ".join([f"{number:,}", noun, *rest])


_WHY = {
    "no cue": "nothing in it tells of a change",
    "history": "it looks back",
    "hypothesis": "it supposes",
    "question": "it asks",
    "opinion": "it is an opinion",
    "title": "all of the article is background by its headline",
    "subordinate": "given as known",
    "nothing new": "plans, doubts or preparations",
    "adjudicator": "the adjudicator made less of it:",
    "estimate": "estimated, for no fixed words fit; probability",
}


def why_read_so(cue: str) -> Markup:
    """Why a sentence was read as it was: the words that decided, or what it is instead of news."""
    name, _, phrase = cue.partition(": ")
    if name not in _WHY:
        return Markup("by the words “{}”").format(foreign(cue, None))
    return Markup("{} {}").format(_WHY[name], foreign(phrase, None)) if phrase else escape(_WHY[name])


def language_name(code: str) -> str:
    """A language in English; its code where we have no name for it."""
    return LANGUAGES.get(code, code)


def certainty(factuality: str) -> str:
    """FactBank's scale in words: certain, probable or possible, that it is so or that it is not."""
    degree, sign = factuality.rstrip("+-"), factuality[-1:]
    return f"{degree} that not" if sign == "-" else degree if sign == "+" else "certainty not known"


def length(since: str | None, now: datetime) -> str:
    """How long ago, in the largest unit that says it."""
    if not since:
        return ""
    hours = int((now - from_iso(since if "T" in since else f"{since}T00:00:00Z")).total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    return counted(hours, "hour") if hours < 48 else counted(hours // 24, "day")
