"""Who takes part in a meeting that a sentence speaks of: decided from where the names stand around the event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitors.developments.marking import EVENT_SLOTS, MarkedSentence
from monitors.developments.patterns import SLOTS
from monitors.developments.phrases import Phrases

_WHO = ("side", "side2", "other")
_CLAUSE = re.compile(r"[,;:()\"]")
_AND = re.compile(r"(?:'s)?\s*(?:,|-|/|·|&|and|・|、|과|와|및)?\s*(?:and\s+)?")
_LINK = re.compile(r"\s*(?:talks\s+)?(?:with|between)\b")
_WITH = re.compile(r"\b(?:with|between)\b")
_STRANGER = re.compile(r"\s*(?:with|between)\s+(?:[a-z'-]+\s+){0,3}((?:[A-Z][\w.'-]+\s*)+)")
_OBJECT = re.compile(
    r"\s+(?!(?:in|at|on|for|during|after|before|with|between|by|near|and|or|to|as|but|again)\b)"
    r"(?:[a-z'-]+\s+){0,2}?((?:[A-Z][\w.'-]*\s*)+)"
)
"""The object of a verb when it begins with somebody's name."""

_AWAY = re.compile(r"\b(?:from|by|against|about|that|letter|message|call)\b")
"""Between a verb and a name: the name is not whom the verb is done to."""

_CHAIN = re.compile(
    r"(?:'s|')?\s*(?:(?!(?:as|while|when|before|after|and|but|with)\b)[a-z-]+\s+){0,2}(?:[A-Z][\w-]+\s+){0,3}"
)


@dataclass(frozen=True, slots=True)
class Fit:
    """Which sides take part, and how many parties are named right at the event."""

    covered: frozenset[int]
    named: int


def fit_of(
    marked: MarkedSentence,
    event: int,
    sides: tuple[frozenset[str], ...],
    leaders: frozenset[str],
    says: Phrases | None,
    addressing: Phrases | None = None,
) -> Fit | None:
    """Who takes part in the event of mark `event`; None when it is somebody else's.

    `leaders` are the persons among the monitor's entities: where all sides are persons, other names are passed over.
    `says` matches verbs of speech: a name before one of them is the speaker, not a party to what is spoken of; nor is
    a name behind one of `addressing`, who is told of it.
    """
    if marked.marks[event].named:
        return Fit(frozenset(range(len(sides))), len(sides))
    members = frozenset().union(*sides)
    personal = all(side & leaders for side in sides)
    partners = _after(marked, event)
    if partners is None:
        return None
    hosts = _before(marked, event, says, addressing)
    named = partners + hosts
    linked = marked.marks[event].slot == "thing" or _WITH.search(_between(marked, event, partners)) is not None
    for index in named:
        entity = marked.marks[index].entity
        passed_over = personal and entity not in leaders and not (linked and index in partners)
        if entity not in members and not passed_over:
            return None
    entities = [marked.marks[index].entity for index in named]
    covered = {number for number, side in enumerate(sides) if any(entity in side for entity in entities)}
    if len(covered) < len(sides):
        implied = _speaker(marked, covered, sides, leaders, says)
        if implied is None:
            return None
        covered |= implied
    return Fit(frozenset(covered), len([entity for entity in entities if entity in members]))


def _after(marked: MarkedSentence, event: int) -> list[int] | None:
    """Marks of those named as partners behind the event; None when a stranger is."""
    mark = marked.marks[event]
    position = marked.positions[event] + 1
    following = [i for i in range(event + 1, len(marked.marks)) if marked.marks[i].slot in _WHO]
    index = next(iter(following), None)
    gap = marked.text[position : marked.positions[index]] if index is not None else marked.text[position:]
    linked = mark.slot != "thing" or _LINK.match(gap) is not None
    stranger = _STRANGER.match(marked.text, position)
    if stranger is not None and (index is None or stranger.end(1) < marked.positions[index] - 1):
        return None
    if mark.slot != "thing" and _meets_a_stranger(marked, position, index):
        return None
    if index is None or not linked or len(gap) > 48 or _CLAUSE.search(gap) or _has_event(gap) or _AWAY.search(gap):
        return []
    index = _end_of_chain(marked, index)
    partners = [index]
    nxt = index + 1
    if nxt < len(marked.marks) and marked.marks[nxt].slot in _WHO:
        between = marked.text[marked.positions[index] + 1 : marked.positions[nxt]]
        if mark.slot == "thing" and re.fullmatch(r"(?:'s)?\s+and\s+(?:[A-Za-z'-]+\s+){0,3}", between):
            partners.append(_end_of_chain(marked, nxt))
    return partners


def _between(marked: MarkedSentence, event: int, partners: list[int]) -> str:
    """What stands between the event and the first of its partners."""
    return marked.text[marked.positions[event] + 1 : marked.positions[partners[0]]] if partners else ""


def _meets_a_stranger(marked: MarkedSentence, position: int, following: int | None) -> bool:
    """Whether the verb's object begins with a name that is not part of the next party's ("Chinese leader …")."""
    found = _OBJECT.match(marked.text, position)
    if found is None:
        return False
    if following is None:
        return True
    between = marked.text[found.end(1) : marked.positions[following]]
    return re.fullmatch(r"(?:[a-z-]+\s+){0,2}", between.lstrip()) is None


def _end_of_chain(marked: MarkedSentence, index: int) -> int:
    """ "North Korea's leader Kim": the name at the end is the one meant."""
    while index + 1 < len(marked.marks) and marked.marks[index + 1].slot in _WHO:
        between = marked.text[marked.positions[index] + 1 : marked.positions[index + 1]]
        possessive = between.startswith("'") or marked.marks[index].slot == "other"
        if not (possessive and _CHAIN.fullmatch(between)):
            break
        index += 1
    return index


def _before(marked: MarkedSentence, event: int, says: Phrases | None, addressing: Phrases | None) -> list[int]:
    """Marks of those named as parties in front of the event: its subject, or the first half of a compound."""
    earlier = [i for i in range(event) if marked.marks[i].slot in _WHO]
    if not earlier:
        return []
    index = earlier[-1]
    gap = marked.text[marked.positions[index] + 1 : marked.positions[event]]
    is_thing = marked.marks[event].slot == "thing"
    if is_thing and re.fullmatch(r"(?:'s)?[\s-]*(?:[a-z-]+\s+)?", gap) is None:
        return []
    if is_thing and not gap.startswith("'") and _is_addressed(marked, index, addressing):
        return []
    if len(gap) > 48 or _CLAUSE.search(gap) or _has_event(gap) or (says is not None and says.search(gap) is not None):
        return []
    found = [index]
    for other in reversed(earlier[:-1]):
        between = marked.text[marked.positions[other] + 1 : marked.positions[found[-1]]]
        if not _AND.fullmatch(between):
            break
        found.append(other)
    return found


def _is_addressed(marked: MarkedSentence, index: int, addressing: Phrases | None) -> bool:
    """Whether the name is whom something is told: in "A tells B second summit with C is near" B takes no part."""
    words = marked.text[: marked.positions[index]].split()
    return addressing is not None and bool(words) and addressing.fit(words[-1])


def _has_event(gap: str) -> bool:
    return any(SLOTS[slot] in gap for slot in EVENT_SLOTS)


def _speaker(
    marked: MarkedSentence,
    covered: set[int],
    sides: tuple[frozenset[str], ...],
    leaders: frozenset[str],
    says: Phrases | None,
) -> set[int] | None:
    """The sides of those who must be meant where the event names no partner: the subject of the sentence.

    That is whoever speaks in it, else the first person named. None when it is somebody else.
    """
    found: set[int] = set()
    for index, mark in enumerate(marked.marks):
        gap = marked.text[marked.positions[index] + 1 :][:16]
        speaks = says is not None and mark.slot in _WHO and says.at(gap.lstrip(), 0) is not None
        if covered and speaks and mark.entity in leaders:
            side = {number for number, side in enumerate(sides) if mark.entity in side}
            return side if side - covered else set() if side else None
    for mark in marked.marks:
        if mark.slot not in _WHO or mark.entity is None:
            continue
        side = {number for number, side in enumerate(sides) if mark.entity in side}
        if side:
            found |= side
            if covered:
                if side <= covered:
                    continue
                return side
        elif mark.entity in leaders:
            if covered or not found:
                return None
            break
    return found
