"""Finding the monitor's entities in a text: longest alias first, roles by date, short forms only in company."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitors.definition.model import Entity, Language
from monitors.developments.phrases import Phrases

AliasKind = Literal["name", "short", "role", "unlike"]
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9]")
_NAME_BEFORE = re.compile(r"(?<![\w'-])([A-Z][a-z]+)\s+$")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")
TITLE_CASE = 0.7
"""A text in which a larger share of the longer words begins with a capital is a headline in title case."""

_WORD = re.compile(rf"{_LATIN.pattern}+")


@dataclass(frozen=True, slots=True)
class Tag:
    """An alias at [start, end) of a text. `entity` is None where the longer name means somebody we do not watch."""

    start: int
    end: int
    entity: str | None
    alias: AliasKind


@dataclass(frozen=True, slots=True)
class _Alias:
    text: str
    entity: str
    kind: AliasKind


@dataclass(frozen=True, slots=True)
class _Found:
    """A place where an alias stands, before the whole article has said which of its meanings it has."""

    start: int
    end: int
    aliases: list[_Alias]


class EntityFinder:
    """The aliases of one language (and those in Latin script of English) as one pattern."""

    def __init__(self, entities: Iterable[Entity], language: Language) -> None:
        self._entities = {entity.id: entity for entity in entities}
        self._aliases: dict[str, list[_Alias]] = defaultdict(list)
        for entity in self._entities.values():
            for alias in _aliases_of(entity, language):
                self._aliases[alias.text.lower()].append(alias)
        self._pattern = re.compile(_trie(self._aliases) or "(?!)", re.IGNORECASE)
        self._first_words = {word[0] for alias in self._aliases if (word := _WORD.match(alias))}
        others = _trie(alias for alias in self._aliases if not _WORD.match(alias))
        self._others = re.compile(f"(?={others})", re.IGNORECASE) if others else None

    def names_all(self, text: str, groups: Collection[frozenset[str]]) -> bool:
        """Whether all entities of one of the groups may be meant in `text`: quick and generous, for the first sieve."""
        named: set[str] = set()
        for found in self._find(text):
            new = {alias.entity for alias in found.aliases if alias.kind != "unlike"} - named
            if new:
                named |= new
                if any(named >= group for group in groups):
                    return True
        return False

    def _find(self, text: str) -> Iterator[_Found]:
        """Every alias in `text` with all that it may mean. Of two that overlap the longer one, else the first.

        So "the North Korean leader" names the leader, though "the North" begins before him.
        """
        pending: _Found | None = None
        for start in self._starts(text):
            overlaps = pending is not None and start < pending.end
            match = self._pattern.match(text, start)
            if match is None or (pending is not None and overlaps and match.end() <= pending.end):
                continue
            found = self._longest_of(text, start, match.end())
            if found is None:
                continue
            if pending is not None and overlaps:
                if found.end > pending.end and found.end - found.start > pending.end - pending.start:
                    pending = found
                continue
            if pending is not None:
                yield pending
            pending = found
        if pending is not None:
            yield pending

    def _longest_of(self, text: str, start: int, longest: int) -> _Found | None:
        for end in range(longest, start, -1):
            if aliases := self._fitting(text, start, end):
                return _Found(start, end, aliases)
        return None

    def _starts(self, text: str) -> Iterator[int]:
        """Where an alias may begin, in order: looking up words is many times faster than trying every character."""
        words = (word.start() for word in _WORD.finditer(text) if word[0].lower() in self._first_words)
        if self._others is None or text.isascii():
            return words
        return heapq.merge(words, (other.start() for other in self._others.finditer(text)))

    def _fitting(self, text: str, start: int, end: int) -> list[_Alias]:
        found = text[start:end]
        aliases = self._aliases.get(found.lower())
        if aliases is None:
            return []
        return [
            alias for alias in aliases if _case_fits(alias.text, found) and _stands_alone(alias.text, text, start, end)
        ]

    def resolve(
        self,
        texts: Iterable[str],
        day: date,
        companions: dict[str, frozenset[str]],
        leaders: Phrases | None = None,
    ) -> list[list[Tag]]:
        """Tags of each of `texts`, read together as one article published on `day`.

        `companions[entity]` are entities whose presence by name vouches for a short form of `entity`, unless another
        name stands right before it: "Tom Kim" is somebody else. In a text that matches `leaders` the short forms of two
        companions vouch for each other: "Moon, Kim hold summit".
        """
        texts = list(texts)
        lines = [[(found, _is_second_name(text, found.start)) for found in self._find(text)] for text in texts]
        everything = [alias for line in lines for found, _ in line for alias in found.aliases]
        seen = {
            alias.entity
            for alias in everything
            if alias.kind == "name" or (alias.kind == "role" and self._in_office(alias, day))
        }
        for text, line in zip(texts, lines, strict=True):
            if leaders is not None and leaders.search(text) is not None:
                seen |= self._pairs(line, day, companions)
        strangers = {alias.entity for alias in everything if alias.kind == "unlike"}
        return [
            [
                tag
                for found, second in line
                for tag in _tags_of(
                    found, self._choose(found.aliases, day, seen, strangers, {} if second else companions)
                )
            ]
            for line in lines
        ]

    def _pairs(self, line: list[tuple[_Found, bool]], day: date, companions: dict[str, frozenset[str]]) -> set[str]:
        """Entities of whom one line has short forms only, two and two companions of one another."""
        shorts = {
            alias.entity
            for found, second in line
            for alias in found.aliases
            if alias.kind == "short" and not second and self._in_office(alias, day)
        }  # fmt: skip
        return {one for one in shorts if companions.get(one, frozenset()) & shorts}

    def _choose(
        self,
        aliases: list[_Alias],
        day: date,
        seen: set[str],
        strangers: set[str],
        companions: dict[str, frozenset[str]],
    ) -> _Alias | None:
        for kind in ("unlike", "name"):
            for alias in aliases:
                if alias.kind == kind:
                    return alias
        for alias in aliases:
            if alias.kind == "role" and self._in_office(alias, day):
                return alias
        shorts = [alias for alias in aliases if alias.kind == "short"]
        for alias in shorts:
            if alias.entity in seen:
                return alias
        for alias in shorts:
            vouched = bool(companions.get(alias.entity, frozenset()) & seen)
            if vouched and alias.entity not in strangers and self._in_office(alias, day):
                return alias
        return None

    def _in_office(self, alias: _Alias, day: date) -> bool:
        return self._entities[alias.entity].office.held_on(day)


def _is_second_name(text: str, start: int) -> bool:
    """Whether a capitalised word, not the first, stands right before `start` in a text that is not in title case."""
    before = _NAME_BEFORE.search(text, 0, start)
    if before is None or not text[: before.start(1)].strip():
        return False
    words: list[str] = _LONG_WORD.findall(text)
    return sum(word[0].isupper() for word in words) <= len(words) * TITLE_CASE


def _tags_of(found: _Found, chosen: _Alias | None) -> list[Tag]:
    """The tags of one place. A name that two entities share ("both countries") names both: each gets a part of it."""
    start, end = found.start, found.end
    if chosen is None:
        return []
    if chosen.kind == "unlike":
        return [Tag(start, end, None, "unlike")]
    sharing = [alias.entity for alias in found.aliases if alias.kind == "name"] if chosen.kind == "name" else []
    if len(sharing) < 2 or len(sharing) > end - start:
        return [Tag(start, end, chosen.entity, chosen.kind)]
    cuts = [start + (end - start) * number // len(sharing) for number in range(len(sharing) + 1)]
    return [Tag(cuts[n], cuts[n + 1], entity, chosen.kind) for n, entity in enumerate(sharing)]


def _aliases_of(entity: Entity, language: Language) -> list[_Alias]:
    aliases: list[_Alias] = []
    kinds: tuple[tuple[AliasKind, dict[Language, tuple[str, ...]]], ...] = (
        ("name", entity.names),
        ("short", entity.short),
        ("role", entity.roles),
        ("unlike", entity.unlike),
    )
    for kind, phrases in kinds:
        own = phrases.get(language, ())
        latin = phrases.get("en", ()) if language != "en" else ()
        aliases += [_Alias(text, entity.id, kind) for text in dict.fromkeys((*own, *latin))]
    return aliases


def _case_fits(alias: str, found: str) -> bool:
    """Capitals of the alias must be capitals in the text; short acronyms must match exactly ("US" is not "us")."""
    if alias == found:
        return True
    if len(alias) <= 4 and alias.isupper():
        return False
    return all(not a.isupper() or f.isupper() for a, f in zip(alias, found, strict=True))


def _stands_alone(alias: str, text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if _LATIN.match(alias[0]) and _LATIN.match(before):
        return False
    if _LATIN.match(alias[-1]) and _LATIN.match(after):
        return False
    if len(alias) == 1 and _HANGUL.match(alias):
        return not (_HANGUL.match(before) or _HANGUL.match(after))
    return True


def _trie(words: Iterable[str]) -> str:
    """A regular expression for all `words` that shares their beginnings and prefers the longest."""
    by_first: dict[str, list[str]] = defaultdict(list)
    ends_here = False
    for word in sorted(set(words)):
        if word:
            by_first[word[0]].append(word[1:])
        else:
            ends_here = True
    if not by_first:
        return ""
    branches = [re.escape(first) + _trie(rests) for first, rests in by_first.items()]
    body = branches[0] if len(branches) == 1 and not ends_here else "(?:" + "|".join(branches) + ")"
    return body + "?" if ends_here else body
