"""Language packs: the words of a language, as data (languages/*.toml), loaded into compiled patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from typing import Any

from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.event_dates import DateWords
from monitors.developments.lifecycles import CUE_CLASSES
from monitors.developments.patterns import PatternError, compile_patterns, traces_of
from monitors.developments.phrases import Phrases
from monitors.developments.regression import Model, read_model
from monitors.developments.vocabulary import NUMBER, Places, Vocabulary, folded
from monitors.errors import WirewatchError

TENSES = ("plan", "now", "past", "doing")
BACKGROUND = ("history", "hypothesis", "question", "opinion")
_Compile = Callable[..., Phrases | None]


class LanguagePackError(WirewatchError):
    """A language pack cannot be used; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a language speaks of one kind of situation. `cues` maps a status (or "none", "back_on") to its pattern.

    `traces` has the bare words of the same cues, without what must stand around them; `nouns` what is an event and no
    verb, though an act begins in it.
    """

    things: Phrases | None
    acts: Mapping[str, Phrases]
    cues: Mapping[str, Phrases]
    traces: Mapping[str, Phrases]
    nouns: Phrases | None


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """Everything the tagger needs to know of a language.

    `subordinate` opens clauses that give something as known, `fresh` those of them that tell news all the same;
    `breaks` opens other clauses, unless it stands in `joins`, which go on with what was said before.
    `leaders` are words by which a meeting is one of leaders, so that a government named beside it stands for its own.
    `model` estimates what sentences say in which no cue fits.
    """

    language: str
    version: int
    spaced: bool
    space_parts: bool
    abbreviations: frozenset[str]
    dates: DateWords
    background_titles: Phrases | None
    background_starts: Phrases | None
    background: Mapping[str, Phrases]
    attribution: Phrases | None
    addressing: Phrases | None
    anonymous: Phrases | None
    pairs: Phrases | None
    pronouns: Phrases | None
    possessives: Phrases | None
    determiners: Phrases | None
    possessed: Phrases | None
    subordinate: Phrases | None
    breaks: Phrases | None
    conditions: Phrases | None
    joins: Phrases | None
    fresh: Phrases | None
    leaders: Phrases | None
    dateline: re.Pattern[str] | None
    deadlines: Phrases | None
    stops: frozenset[str]
    negations: frozenset[str]
    kinds: Mapping[Kind, KindWords]
    model: Model | None = None


@cache
def load_pack(language: str) -> LanguagePack | None:
    """The pack of `language`, or None where none is shipped.

    Raises LanguagePackError when the file breaks the format.
    """
    folder = resources.files(__package__).joinpath("languages")
    source, weights = folder.joinpath(f"{language}.toml"), folder.joinpath(f"{language}.model.json")
    if not source.is_file():
        return None
    pack = read_pack(source.read_text("utf-8"), f"{language}.toml")
    return replace(pack, model=read_model(weights.read_text("utf-8"))) if weights.is_file() else pack


def read_pack(text: str, name: str) -> LanguagePack:
    """Read a pack from TOML text. `name` is the file's, for messages.

    Raises LanguagePackError.
    """
    try:
        data = _both_spellings(tomllib.loads(text))
        spaced = bool(data["spaced"])
        stops = frozenset(data["clauses"].get("stops", ()))
        vocabulary = Vocabulary()
        compiled = partial(compile_patterns, spaced=spaced, vocabulary=vocabulary)
        return LanguagePack(
            language=data["language"],
            version=data["version"],
            spaced=spaced,
            space_parts=bool(data.get("sentence", {}).get("space_parts", False)),
            abbreviations=frozenset(data.get("sentence", {}).get("abbreviations", ())),
            dates=_date_words(data["dates"], vocabulary),
            background_titles=compiled(data["article"]["background_titles"]),
            background_starts=compiled(data["article"]["background_starts"]),
            background=_each(data["sentence_background"], BACKGROUND, compiled),
            attribution=compiled(data["attribution"]["cues"]),
            addressing=compiled(data["attribution"].get("addressing", ())),
            anonymous=compiled(data["attribution"]["anonymous"]),
            pairs=compiled(data["attribution"]["pairs"]),
            pronouns=compiled(data["attribution"].get("pronouns", ())),
            possessives=compiled(data["attribution"].get("possessives", ())),
            determiners=compiled(data["attribution"].get("determiners", ())),
            possessed=compiled(data["attribution"]["possessed"]),
            subordinate=compiled(data["clauses"]["subordinate"]),
            breaks=compiled(data["clauses"]["breaks"]),
            conditions=compiled(data["clauses"].get("conditions", ())),
            joins=compiled(data["clauses"].get("joins", ())),
            fresh=compiled(data["clauses"].get("fresh", ())),
            leaders=compiled(data["meeting"].get("leaders", ())),
            dateline=re.compile(data["sentence"]["dateline"]) if "dateline" in data["sentence"] else None,
            deadlines=compiled(data["dates"].get("deadlines", ())),
            stops=stops,
            negations=frozenset(data["clauses"].get("negations", ())),
            kinds={
                kind: _kind_words(
                    data[kind],
                    kind,
                    compiled,
                    spaced=spaced,
                    stops=stops,
                    act_stops=stops | set(data["clauses"].get("act_stops", ())),
                )
                for kind in STATUSES
            },
        )
    except (tomllib.TOMLDecodeError, PatternError, re.error) as error:
        raise LanguagePackError(f"language pack {name}: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise LanguagePackError(f"language pack {name}: missing or wrong section: {error}") from None


def _both_spellings(data: dict[str, Any]) -> dict[str, Any]:
    """The pack with each phrase in both scripts, where it has a table `traditional` of pairs of characters.

    Character by character, which does for a list of cues; a phrase that needs more is written out in the pack.
    """
    pairs = data.get("traditional", "")
    if len(pairs) % 2:
        raise PatternError("traditional: characters come in pairs")
    table = {ord(simple): other for simple, other in zip(pairs[::2], pairs[1::2], strict=True)}

    def spelled(value: Any) -> Any:
        if isinstance(value, list):
            return list(dict.fromkeys([*value, *(phrase.translate(table) for phrase in value)]))
        if isinstance(value, dict):
            own = {key: spelled(inner) for key, inner in value.items()}
            return own | {key.translate(table): inner for key, inner in own.items()}
        return value

    return spelled(data) if table else data


def _kind_words(
    data: Mapping[str, Any],
    kind: Kind,
    compiled: _Compile,
    *,
    spaced: bool,
    stops: frozenset[str],
    act_stops: frozenset[str],
) -> KindWords:
    allowed = {*STATUSES[kind], *CUE_CLASSES[kind], "none"}
    unknown = set(data["cues"]) - allowed
    if unknown:
        raise PatternError(f"{kind}.cues.{min(unknown)}: not a status of kind {kind}")
    return KindWords(
        things=compiled(data["things"]),
        acts=_each(data["acts"], TENSES, partial(compiled, stops=act_stops)),
        nouns=compiled(data.get("nouns", ())),
        cues=_each(data["cues"], tuple(data["cues"]), partial(compiled, stops=stops)),
        traces=_each(
            {
                name: [trace for cue in cues for trace in traces_of(cue, spaced=spaced)]
                for name, cues in data["cues"].items()
            },
            tuple(data["cues"]) if kind == "meeting" else (),
            compiled,
        ),
    )


def _each(data: Mapping[str, Any], keys: tuple[str, ...], compiled: _Compile) -> dict[str, Phrases]:
    phrases = {key: compiled(data.get(key, ())) for key in keys}
    return {key: own for key, own in phrases.items() if own is not None}


def _date_words(data: Mapping[str, Any], vocabulary: Vocabulary) -> DateWords:
    months: dict[str, int] = data.get("months", {})
    weekdays: dict[str, int] = data.get("weekdays", {})
    relative: dict[str, str] = data.get("relative", {})
    if "pattern" in data:
        fields = {"relative": _any_of(relative), "weekday": _any_of(weekdays)}
        source = re.sub(r"\{(relative|weekday)\}", lambda match: fields[match[1]], data["pattern"])
        return DateWords(months, weekdays, relative, re.compile(source))
    month = _any_of(months)
    other = compile_patterns(data.get("not_months", ()), spaced=True)
    unlike = f"(?!{other.pattern.pattern})" if other is not None else ""
    source = (
        rf"\b(?P<month>{month})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:-|to|and)\s*(?P<until>\d{{1,2}})\b)?"
        rf"(?!\d)(?:,?\s+(?P<year>20\d\d|19\d\d))?"
        rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>{month})\b(?:\s+(?P<year2>20\d\d|19\d\d))?"
        rf"|(?<=[a-z,] ){unlike}(?P<month3>(?-i:{_any_of({word.capitalize(): 0 for word in months})}))\b(?!-[A-Za-z])"
        rf"(?:,?\s+(?P<year4>20\d\d|19\d\d))?"
        rf"|\b(?P<year3>20\d\d|19\d\d)\b"
        rf"|\b(?P<weekday>{_any_of(weekdays)})\b"
        rf"|\b(?P<relative>{_any_of(relative)})\b"
    )
    first = {NUMBER, *(folded(words.split()[0]) for words in (*months, *weekdays, *relative))}
    return DateWords(months, weekdays, relative, re.compile(source, re.IGNORECASE), Places(vocabulary, first))


def _any_of(words: Mapping[str, Any]) -> str:
    if not words:
        return "(?!)"
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
