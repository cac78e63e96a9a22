"""Which situations a sentence speaks of, and by which of its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitors.developments.languages import LanguagePack
from monitors.developments.lines import Line, named_in_lead
from monitors.developments.marking import MarkedSentence, Markers, mark_sentence
from monitors.developments.participants import Fit, fit_of
from monitors.developments.phrases import Phrases
from monitors.developments.watched import Watched

NAMED_WEIGHT = 4
"""How much a party named right at an event counts when situations compete for it, against all else."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A situation that a sentence speaks of: the sentence marked for it, and its events with their fit."""

    watched: Watched
    text: str
    marked: MarkedSentence
    events: dict[int, int]
    in_title: bool

    def named(self, event: int) -> int:
        """How many parties are named right at the event."""
        return self.events[event] // NAMED_WEIGHT


def candidates(
    situations: list[Watched],
    lines: list[Line],
    number: int,
    pack: LanguagePack,
    persons: frozenset[str],
    acts_for: Mapping[str, str],
    day: date,
) -> list[Candidate]:
    """The situations that line `number` speaks of. An event two meetings could claim goes to the closer fit.

    `persons` are the persons among the monitor's entities, `acts_for` tells the government of each that has one.
    """
    found = []
    of_leaders = _stands_in(pack.leaders, lines[number].text)
    lead = named_in_lead(lines)
    for watched in situations:
        line = lines[number]
        if of_leaders and watched.is_meeting:
            line = _with_leaders(watched, lines, number, persons, acts_for)
        about = line.entities | lead
        if not _may_speak_of(watched, line, about):
            continue
        marked = mark_sentence(line.plain, watched.markers, line.tags, line.dates, pack, day)
        events = (
            _meetings(watched, marked, lines, number, lead, pack, persons)
            if watched.is_meeting
            else _things(watched, marked, about)
        )
        if line is not lines[number] and not _names_a_leader(lines[number], watched, persons):
            events = {index: fit for index, fit in events.items() if _is_of_leaders(marked, index, line, pack)}
        if events:
            found.append(Candidate(watched, line.text, marked, events, line.is_title))
    return _without_rivals(found)


def _with_leaders(
    watched: Watched,
    lines: list[Line],
    number: int,
    persons: frozenset[str],
    acts_for: Mapping[str, str],
) -> Line:
    """A line on a meeting of leaders with governments for their leaders, unless other leaders are about.

    "The capital scraps the summit with Ada" is about the leader of that country. A leader must be named or the
    governments of all, and no other leader nor another government.
    """
    line = lines[number]
    sides = watched.markers.sides
    members = watched.markers.members
    named = line.entities
    if not all(side & persons for side in sides):
        return line
    if not _names_a_leader(line, watched, persons) and not all(_governments(side, acts_for) & named for side in sides):
        return line
    strangers = persons - members
    near = named_in_lead(lines) | named
    theirs = {acts_for[one] for one in strangers if one in acts_for}
    own = {acts_for[one] for one in members if one in acts_for}
    if near & strangers or named & (theirs - own):
        return line
    missing = [side for side in sides if not side & named]
    stands_for = {acts_for[one]: one for side in missing for one in sorted(side & persons) if one in acts_for}
    tags = [replace(tag, entity=stands_for.get(tag.entity or "", tag.entity)) for tag in line.tags]
    return replace(line, tags=tags) if stands_for else line


def _names_a_leader(line: Line, watched: Watched, persons: frozenset[str]) -> bool:
    return not line.entities.isdisjoint(watched.markers.members & persons)


def _is_of_leaders(marked: MarkedSentence, event: int, line: Line, pack: LanguagePack) -> bool:
    """Whether an event that names only governments is itself called one of leaders: "A and B hold a summit".

    A government must be the last thing marked in front of it, in the same clause.
    """
    mark, before = marked.marks[event], marked.marks[event - 1] if event else None
    if mark.named:
        return True
    if pack.leaders is None or before is None or before.entity is None:
        return False
    if ";" in line.text[before.end : mark.start]:
        return False
    return any(start < mark.end and mark.start < end for start, end in pack.leaders.spans(line.text))


def _governments(side: frozenset[str], acts_for: Mapping[str, str]) -> frozenset[str]:
    return frozenset(acts_for[one] for one in side if one in acts_for)


def _may_speak_of(watched: Watched, line: Line, about: frozenset[str | None]) -> bool:
    """A quick look that spares marking the sentence for situations it cannot speak of.

    `about` are the entities of the line and those of title and first sentence. What costs least is asked first.
    """
    markers = watched.markers
    if not (_parties_are_about(markers, about) or _stands_in(markers.names, line.plain)):
        return False
    if watched.is_meeting:
        named = not line.entities.isdisjoint(markers.members) or _stands_in(markers.names, line.text)
    else:
        named = _stands_in(markers.words, line.text) or _stands_in(markers.names, line.text)
    return named and markers.speak_of_event(line.plain) and not _stands_in(watched.never, line.text)


def _stands_in(phrases: Phrases | None, text: str) -> bool:
    return phrases is not None and phrases.search(text) is not None


def _parties_are_about(markers: Markers, about: frozenset[str | None]) -> bool:
    return all(not about.isdisjoint(side) for side in markers.sides)


def _things(watched: Watched, marked: MarkedSentence, about: frozenset[str | None]) -> dict[int, int]:
    """The things of the situation, if its parties are about: in the sentence, or in title and first sentence."""
    things = [index for index in marked.events() if marked.marks[index].slot == "thing"]
    if any(marked.marks[index].named for index in things) or _parties_are_about(watched.markers, about):
        return dict.fromkeys(things, 0)
    return {}


def _meetings(
    watched: Watched,
    marked: MarkedSentence,
    lines: list[Line],
    number: int,
    lead: frozenset[str | None],
    pack: LanguagePack,
    persons: frozenset[str],
) -> dict[int, int]:
    """The words for a meeting whose participants are the parties, with how closely each fits."""
    sides = watched.markers.sides
    in_title = lines[number].is_title
    vouched = not in_title and all(lead & side for side in sides)
    personal = watched.markers.members <= persons
    out: dict[int, int] = {}
    for index in marked.events():
        fit = fit_of(marked, index, sides, persons, pack.attribution, pack.addressing)
        if fit is None:
            continue
        complete = len(fit.covered) == len(sides) and (fit.named > 0 or in_title or vouched)
        vouched_for = vouched or (fit.named > 0 and _protagonist_is_missing(marked, index, fit, sides, lines, pack))
        if complete or (fit.covered and vouched_for):
            out[index] = NAMED_WEIGHT * fit.named + (2 if complete else 0) + (1 if personal else 0)
    return out


def _protagonist_is_missing(
    marked: MarkedSentence,
    event: int,
    fit: Fit,
    sides: tuple[frozenset[str], ...],
    lines: list[Line],
    pack: LanguagePack,
) -> bool:
    """Whether the sides that the sentence leaves out are named in the title, and a pronoun stands for them here."""
    if lines[0].is_title and pack.pronouns is not None:
        titled = lines[0].entities
        missing = [side for number, side in enumerate(sides) if number not in fit.covered]
        before = marked.text[: marked.positions[event]]
        return all(side & titled for side in missing) and pack.pronouns.search(before) is not None
    return False


def _without_rivals(candidates: list[Candidate]) -> list[Candidate]:
    """Each event of a meeting only with the situation it fits best; on a tie, the one that stands first in the file."""
    best: dict[int, tuple[int, int]] = {}
    for order, candidate in enumerate(candidates):
        if candidate.watched.is_meeting:
            for index, fit in candidate.events.items():
                start = candidate.marked.marks[index].start
                best[start] = max(best.get(start, (-1, 0)), (fit, -order))
    out = []
    for order, candidate in enumerate(candidates):
        if candidate.watched.is_meeting:
            kept = {
                index: fit
                for index, fit in candidate.events.items()
                if (fit, -order) == best[candidate.marked.marks[index].start]
            }
        else:
            kept = candidate.events
        if kept:
            out.append(replace(candidate, events=kept))
    return out
