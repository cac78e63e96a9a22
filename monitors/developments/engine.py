"""The reader of articles: a monitor's words compiled once, then `read` turns an article into mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from monitors.archive.records import Article, Mention
from monitors.definition.model import Language, Monitor, Situation
from monitors.developments.entities import EntityFinder, Tag
from monitors.developments.event_dates import DateTag, find_dates
from monitors.developments.languages import LanguagePack, load_pack
from monitors.developments.lifecycles import FACTUALITY
from monitors.developments.marking import MarkedSentence, Markers, mark_sentence
from monitors.developments.mentions import (
    Reading,
    Segment,
    background_class,
    place_in,
    segments,
    settle,
    status_of,
)
from monitors.developments.normal import NormalText, normalise
from monitors.developments.participants import fit_of
from monitors.developments.patterns import compile_patterns
from monitors.developments.sentences import Sentence, split_sentences

NAMED_WEIGHT = 4
"""How much a party named right at an event counts when situations compete for it, against all else."""

LEAD_SENTENCES = 8
"""How many sentences of the text are read; news stands at the top."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """One situation in one language."""

    situation: Situation
    markers: Markers
    never: re.Pattern[str] | None
    cues: Mapping[str, re.Pattern[str]]
    acts: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence with everything recognised in it."""

    sentence: Sentence
    text: str
    tags: list[Tag]
    dates: list[DateTag]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A situation that a sentence speaks of: the sentence marked for it, and its events with their fit."""

    watched: _Watched
    text: str
    marked: MarkedSentence
    events: dict[int, int]
    in_title: bool


class Engine:
    """Reads articles for one monitor. Holds no state between articles."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._finders: dict[Language, EntityFinder] = {}
        self._watched: dict[Language, list[_Watched]] = {}
        self._packs: dict[Language, LanguagePack | None] = {language: load_pack(language) for language in monitor.languages}
        for language, pack in self._packs.items():
            self._finders[language] = EntityFinder(monitor.entities, language)
            if pack is not None:
                self._watched[language] = [
                    _compile(situation, language, pack, monitor.situations) for situation in monitor.situations
                ]
        self._companions = _companions(monitor)
        self._persons = frozenset(entity.id for entity in monitor.entities if entity.kind == "person")
        self._zones = {feed.url: ZoneInfo(feed.timezone) for feed in monitor.feeds}

    def on_topic(self, title: str, text: str, language: str) -> bool:
        """Whether the article names every entity of one of the monitor's topic sets."""
        finder = self._finders.get(self._language(language))
        if finder is None:
            return False
        named = finder.names_any(normalise(f"{title}\n{text}").text)
        return any(named.issuperset(group) for group in self.monitor.topic.any_of)

    def read(self, article: Article) -> tuple[Mention, ...]:
        """The mentions in the title and the lead of `article`, in order. Empty where no pack reads its language."""
        language = self._language(article.language)
        pack = self._packs.get(language)
        if pack is None:
            return ()
        day = self._day(article)
        title, text = normalise(article.title), normalise(article.text)
        lines = self._lines(title, text, language, pack, day)
        amuses = _is_background_article(title.text, pack)
        mentions: list[Mention] = []
        for number, line in enumerate(lines):
            for candidate in self._candidates(language, lines, number, pack, day):
                reading = _read_sentence(candidate, pack, day)
                if amuses is not None:
                    reading = Reading("background", f"title: {amuses}")
                mentions.append(_mention(reading, candidate.watched.situation, line.sentence, title, text, pack, article))
        return tuple(mentions)

    def _candidates(
        self, language: Language, lines: list[_Line], number: int, pack: LanguagePack, day: date
    ) -> list[_Candidate]:
        """The situations that a sentence speaks of. An event two meetings could claim goes to the closer fit."""
        line = lines[number]
        present = {tag.entity for tag in line.tags}
        found: list[_Candidate] = []
        for watched in self._watched[language]:
            named = watched.markers.names is not None and watched.markers.names.search(line.text) is not None
            if not named and not any(present & side for side in watched.markers.sides) and watched.markers.words is None:
                continue
            if watched.never is not None and watched.never.search(line.text):
                continue
            marked = mark_sentence(line.text, watched.markers, line.tags, line.dates, pack, day)
            events = self._events(watched, marked, lines, number, pack)
            if events:
                found.append(_Candidate(watched, line.text, marked, events, number == 0))
        return _without_rivals(found)

    def _language(self, language: str) -> Language:
        base = language.split("-")[0].lower()
        return next((own for own in self.monitor.languages if own == base), self.monitor.languages[0])

    def _day(self, article: Article) -> date:
        zone = self._zones.get(article.feed_url or "")
        return (article.published.astimezone(zone) if zone else article.published).date()

    def _lines(
        self, title: NormalText, text: NormalText, language: Language, pack: LanguagePack, day: date
    ) -> list[_Line]:
        sentences = [Sentence(title.text, "title", 0, len(title.text), 0)] if title.text.strip() else []
        sentences += split_sentences(text.text, pack.abbreviations, LEAD_SENTENCES)
        finder = self._finders[language]
        tags = finder.resolve([sentence.text for sentence in sentences], day, self._companions)
        return [
            _Line(sentence, sentence.text, own, _dates(sentence.text, pack, day))
            for sentence, own in zip(sentences, tags, strict=True)
        ]

    def _events(
        self, watched: _Watched, marked: MarkedSentence, lines: list[_Line], number: int, pack: LanguagePack
    ) -> dict[int, int]:
        """The marks that speak of this situation's event, with how closely each fits (named parties, then persons)."""
        sides = watched.markers.sides
        if watched.situation.kind != "meeting":
            things = [index for index in marked.events() if marked.marks[index].slot == "thing"]
            if any(marked.marks[index].named for index in things) or not sides or _present(sides, lines, number):
                return dict.fromkeys(things, 0)
            return {}
        out: dict[int, int] = {}
        vouched = number > 0 and _vouched(watched, lines)
        personal = frozenset().union(*sides) <= self._persons
        for index in marked.events():
            fit = fit_of(marked, index, sides, self._persons, pack.attribution)
            if fit is None:
                continue
            complete = len(fit.covered) == len(sides) and (fit.named > 0 or number == 0 or vouched)
            if complete or (fit.covered and vouched):
                out[index] = NAMED_WEIGHT * fit.named + (2 if complete else 0) + (1 if personal else 0)
        return out


def _without_rivals(candidates: list[_Candidate]) -> list[_Candidate]:
    """Each event of a meeting only with the situation it fits best; on a tie, the one that stands first in the file."""
    best: dict[int, tuple[int, int]] = {}
    for order, candidate in enumerate(candidates):
        if candidate.watched.situation.kind == "meeting":
            for index, fit in candidate.events.items():
                start = candidate.marked.marks[index].start
                best[start] = max(best.get(start, (-1, 0)), (fit, -order))
    out = []
    for order, candidate in enumerate(candidates):
        if candidate.watched.situation.kind == "meeting":
            kept = {
                index: fit
                for index, fit in candidate.events.items()
                if (fit, -order) == best[candidate.marked.marks[index].start]
            }
            candidate = replace(candidate, events=kept)  # noqa: PLW2901  # the narrowed one takes its place
        if candidate.events:
            out.append(candidate)
    return out


def _read_sentence(candidate: _Candidate, pack: LanguagePack, day: date) -> Reading:
    """What the sentence says: the first event in it that a main clause gives a status."""
    background = background_class(candidate.marked.text, pack)
    known: Reading | None = None
    for event in candidate.events:
        marked = candidate.marked.with_event(candidate.text, event, keep_acts=candidate.watched.situation.kind != "meeting")
        position = next(
            position for mark, position in zip(marked.marks, marked.positions, strict=True)
            if mark.start == candidate.marked.marks[event].start
        )  # fmt: skip
        segment = next((s for s in segments(marked.text, pack) if s.start <= position < s.end), None)
        reading = _read_segment(candidate.watched, candidate.text, marked, segment, pack, day) if segment is not None else None
        if reading is None or segment is None:
            continue
        if reading.status == "occurred" and not _has_subject(candidate, event, marked, position, pack):
            continue
        if background is None and not segment.subordinate:
            return reading
        known = known or Reading("background", background or f"subordinate: {reading.cue}", reading.event_date)
    return known or Reading("background", background or "no cue")


def _has_subject(
    candidate: _Candidate, event: int, marked: MarkedSentence, position: int, pack: LanguagePack
) -> bool:
    """Whether a meeting that is said to have taken place names who met, or a pronoun in front of the verb does."""
    named = candidate.events[event] // NAMED_WEIGHT
    if candidate.watched.situation.kind != "meeting" or candidate.in_title or named >= 2 or pack.pronouns is None:
        return True
    before = marked.text[:position].split()[-4:]
    return named == 1 and pack.pronouns.search(" ".join(before)) is not None


def _read_segment(
    watched: _Watched, text: str, marked: MarkedSentence, segment: Segment, pack: LanguagePack, day: date
) -> Reading | None:
    kind = watched.situation.kind
    event = next((text[mark.start : mark.end] for mark in marked.marks if mark.slot == "thing"), "")
    found = status_of(kind, marked.text[segment.start : segment.end], watched.cues, pack)
    if event:
        own = next((status for status, pattern in watched.acts.items() if pattern.fullmatch(event)), None)
        found = (own, event) if own is not None and (found is None or found[0] != "none") else found
    if found is None or found[0] == "none":
        return None
    place = place_in(segment, marked)
    status, event_date = settle(kind, found[0], segment, marked, place, day)
    side = next((mark.entity for mark in marked.marks if mark.slot in ("side", "side2")), None)
    return Reading(status, _unmark(found[1], marked), event_date, place, side)


def _unmark(cue: str, marked: MarkedSentence) -> str:
    """The cue for a reader's eyes: slots by their names."""
    names = {"\ue000": "EVENT", "\ue001": "EVENT", "\ue002": "EVENT", "\ue003": "EVENT", "\ue004": "EVENT"}
    names |= {"\ue005": "PARTY", "\ue009": "PARTY", "\ue006": "OTHER", "\ue007": "DATE", "\ue008": "DATE"}
    return "".join(names.get(character, character) for character in cue)


def _dates(text: str, pack: LanguagePack, day: date) -> list[DateTag]:
    """The dates of a sentence that can be an event's: no dateline, no limit, not the day on which somebody spoke."""
    dateline = pack.dateline.match(text) if pack.dateline is not None else None
    start = dateline.end() if dateline is not None else 0
    out = []
    for tag in find_dates(text, pack.dates, day):
        before = text[max(0, tag.start - 24) : tag.start].rstrip()
        bare = before.removesuffix(" on").rstrip()
        words = (before.rsplit(None, 1) or [""])[-1], (bare.rsplit(None, 1) or [""])[-1]
        either = words[0] == "or" or text[tag.end :].lstrip().startswith("or ")
        limit = either or pack.deadlines is not None and pack.deadlines.fullmatch(words[0])
        spoken = pack.attribution is not None and pack.attribution.fullmatch(words[1])
        if tag.start >= start and not limit and not spoken:
            out.append(tag)
    return out


def _present(sides: tuple[frozenset[str], ...], lines: list[_Line], number: int) -> bool:
    """Whether every side is named in the sentence, or in title and first sentence taken together with it."""
    named = {tag.entity for line in (lines[number], *lines[:2]) for tag in line.tags}
    return all(named & side for side in sides)


def _vouched(watched: _Watched, lines: list[_Line]) -> bool:
    """Whether title and first sentence together name every side, so that later sentences may leave one out."""
    named = {tag.entity for line in lines[:2] for tag in line.tags}
    return all(named & side for side in watched.markers.sides)


def _compile(
    situation: Situation, language: Language, pack: LanguagePack, situations: tuple[Situation, ...]
) -> _Watched:
    def both(phrases: Mapping[Language, tuple[str, ...]]) -> re.Pattern[str] | None:
        own = phrases.get(language, ())
        return compile_patterns(own, spaced=pack.spaced, stops=pack.stops)

    own_acts = situation.acts.get(language, {})
    markers = Markers(
        names=both(situation.names),
        foreign=compile_patterns(
            [
                phrase
                for other in situations
                if other.id != situation.id
                for phrase in other.names.get(language, ())
                if phrase not in situation.names.get(language, ())
            ],
            spaced=pack.spaced,
            stops=pack.stops,
        ),
        words=compile_patterns(
            [*situation.words.get(language, ()), *(act for acts in own_acts.values() for act in acts)], spaced=pack.spaced, stops=pack.stops
        ),
        kind=pack.kinds[situation.kind],
        sides=tuple(frozenset(side) for side in situation.parties),
    )
    cues = {
        status: pattern
        for status, phrases in situation.cues.get(language, {}).items()
        if (pattern := compile_patterns(_beside_event(phrases), spaced=pack.spaced, stops=pack.stops)) is not None
    }
    acts = {
        status: pattern
        for status, phrases in own_acts.items()
        if (pattern := compile_patterns(phrases, spaced=pack.spaced, stops=pack.stops)) is not None
    }
    return _Watched(situation, markers, both(situation.never), cues, acts)


def _beside_event(phrases: tuple[str, ...]) -> list[str]:
    """Cues of a monitor file that do not say where the event stands mean: beside it."""
    out: list[str] = []
    for phrase in phrases:
        out += [phrase] if "<" in phrase else [f"{phrase} .. <event>", f"<event> .. {phrase}"]
    return out


def _companions(monitor: Monitor) -> dict[str, frozenset[str]]:
    """For each entity, those whose presence by name vouches for its short forms: its government, its counterparts."""
    out: dict[str, set[str]] = {entity.id: set() for entity in monitor.entities}
    for entity in monitor.entities:
        if entity.acts_for is not None:
            out[entity.id].add(entity.acts_for)
    for situation in monitor.situations:
        for number, side in enumerate(situation.parties):
            for member in side:
                for other in situation.parties[:number] + situation.parties[number + 1 :]:
                    out[member].update(other)
    return {entity: frozenset(others - {entity}) for entity, others in out.items()}


def _is_background_article(title: str, pack: LanguagePack) -> str | None:
    """The phrase by which a title says that its article explains, comments, lists or amuses; None for news."""
    bare = re.sub(r"^[\[(【][^\])】]*[\])】]\s*", "", title)
    if pack.background_starts is not None and (match := pack.background_starts.match(bare)):
        return match[0]
    if pack.background_titles is not None and (match := pack.background_titles.search(title)):
        return match[0]
    return None


def _mention(
    reading: Reading,
    situation: Situation,
    sentence: Sentence,
    title: NormalText,
    text: NormalText,
    pack: LanguagePack,
    article: Article,
) -> Mention:
    source = title if sentence.field == "title" else text
    start, end = source.span(sentence.start, sentence.end)
    anonymous = pack.anonymous.search(sentence.text) if pack.anonymous is not None else None
    return Mention(
        situation=situation.id,
        status=reading.status,
        factuality=FACTUALITY[reading.status],
        sentence=source.original[start:end],
        field=sentence.field,
        start=start,
        end=end,
        event_date=reading.event_date,
        place=reading.place,
        attribution=anonymous[0] if anonymous is not None else None,
        official=article.official and anonymous is None,
        cue=reading.cue,
        side=reading.side,
    )
