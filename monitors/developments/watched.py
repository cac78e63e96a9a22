"""The situations of a monitor in one language: their phrases compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitors.definition.model import Language, Monitor, Situation
from monitors.developments.languages import LanguagePack
from monitors.developments.marking import Markers
from monitors.developments.patterns import PatternError, compile_patterns
from monitors.developments.phrases import Phrases
from monitors.developments.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Watched:
    """One situation in one language. `cues` and `acts` map a status to the monitor file's own phrases for it."""

    situation: Situation
    markers: Markers
    never: Phrases | None
    cues: Mapping[str, Phrases]
    acts: Mapping[str, Phrases]

    @property
    def is_meeting(self) -> bool:
        return self.situation.kind == "meeting"


def watch(
    situation: Situation,
    language: Language,
    pack: LanguagePack,
    situations: tuple[Situation, ...],
    vocabulary: Vocabulary | None = None,
) -> Watched:
    """Compile the phrases of `situation`; `situations` are all of the monitor, whose names are not taken for this one.

    Situations that are looked for in the same texts share a `vocabulary`.

    Raises PatternError, naming the situation and the key.
    """

    def compiled(key: str, phrases: list[str] | tuple[str, ...]) -> Phrases | None:
        try:
            return compile_patterns(phrases, spaced=pack.spaced, stops=pack.stops, vocabulary=vocabulary)
        except PatternError as error:
            raise PatternError(f"situation {situation.id}: {key}.{language}: {error}") from None

    def by_status(key: str, phrases: Mapping[str, list[str]]) -> dict[str, Phrases]:
        patterns = {status: compiled(f"{key}.{status}", own) for status, own in phrases.items()}
        return {status: pattern for status, pattern in patterns.items() if pattern is not None}

    acts = {status: list(phrases) for status, phrases in situation.acts.get(language, {}).items()}
    cues = {status: _beside_event(phrases) for status, phrases in situation.cues.get(language, {}).items()}
    own_names = situation.names.get(language, ())
    own_acts = by_status("acts", acts)  # before the words, which have them too, so that a fault names the right key
    markers = Markers(
        names=compiled("names", own_names),
        foreign=compiled("names", _foreign_names(situation, language, situations)),
        words=compiled("words", [*situation.words.get(language, ()), *(act for own in acts.values() for act in own)]),
        kind=pack.kinds[situation.kind],
        sides=tuple(frozenset(side) for side in situation.parties),
        members=frozenset(member for side in situation.parties for member in side),
    )
    never = compiled("never", situation.never.get(language, ()))
    return Watched(situation, markers, never, by_status("cues", cues), own_acts)


def _foreign_names(situation: Situation, language: Language, situations: tuple[Situation, ...]) -> list[str]:
    own = situation.names.get(language, ())
    others = (other for other in situations if other.id != situation.id)
    return [phrase for other in others for phrase in other.names.get(language, ()) if phrase not in own]


def _beside_event(phrases: tuple[str, ...]) -> list[str]:
    """Cues of a monitor file that do not say where the event stands mean: beside it."""
    out: list[str] = []
    for phrase in phrases:
        out += [phrase] if "<" in phrase else [f"{phrase} .. <event>", f"<event> .. {phrase}"]
    return out


def companions(monitor: Monitor) -> dict[str, frozenset[str]]:
    """For each entity, those whose presence by name vouches for its short forms.

    Those are its government, its counterparts, and the governments of those it meets.
    """
    out: dict[str, set[str]] = {entity.id: set() for entity in monitor.entities}
    governments = {entity.id: entity.acts_for for entity in monitor.entities if entity.acts_for is not None}
    for entity in monitor.entities:
        if entity.acts_for is not None:
            out[entity.id].add(entity.acts_for)
    for situation in monitor.situations:
        for number, side in enumerate(situation.parties):
            for member in side:
                for other in situation.parties[:number] + situation.parties[number + 1 :]:
                    out[member].update(other)
                    if situation.kind == "meeting":
                        away = {governments[one] for one in other if one in governments}
                        out[member] |= away
                        if member in governments:
                            out[governments[member]] |= away
    return {entity: frozenset(others - {entity}) for entity, others in out.items()}
