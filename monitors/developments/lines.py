"""An article as lines: title and lead sentences with the entities and dates recognised in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from monitors.developments.entities import EntityFinder, Tag
from monitors.developments.event_dates import DateTag, find_dates, is_fresh
from monitors.developments.languages import LanguagePack
from monitors.developments.normal import NormalText
from monitors.developments.sentences import Sentence, split_sentences

LEAD_SENTENCES = 8
"""How many sentences of the text are read; news stands at the top."""

_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u9fff]"
_SPACE_BETWEEN_IDEOGRAPHS = re.compile(rf"(?<={_IDEOGRAPH}) (?={_IDEOGRAPH})")
LINES_BACK = 3
"""From so many sentences before it an event takes its day."""

_BRACKETED = re.compile(r"^[\[(【][^\])】]*[\])】]\s*")


_QUOTE = re.compile(r"(?<!\w)['\"]|['\"](?!\w)")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with everything recognised in it.

    `plain` is its text with quotation marks as spaces, `entities` are those of its tags.
    """

    sentence: Sentence
    plain: str
    tags: list[Tag]
    dates: list[DateTag]
    entities: frozenset[str | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entities", frozenset(tag.entity for tag in self.tags))

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def is_title(self) -> bool:
        return self.sentence.field == "title"


def lines_of(
    title: NormalText,
    text: NormalText,
    finder: EntityFinder,
    pack: LanguagePack,
    day: date,
    companions: dict[str, frozenset[str]],
) -> list[Line]:
    """The lines of an article published on `day`. The title, if there is one, comes first."""
    sentences = [Sentence(_parted(title.text, pack), "title", 0, len(title.text), 0)] if title.text.strip() else []
    sentences += split_sentences(text.text, pack.abbreviations, LEAD_SENTENCES)
    tags = finder.resolve([sentence.text for sentence in sentences], day, companions, pack.leaders)
    return [
        Line(sentence, unquoted(sentence.text), own, _dates(sentence.text, pack, day))
        for sentence, own in zip(sentences, tags, strict=True)
    ]


def unquoted(text: str) -> str:
    """`text` with quotation marks as spaces, lengths kept: a phrase in quotes is read like one without."""
    return _QUOTE.sub(" ", text)


def named_in_lead(lines: list[Line]) -> frozenset[str | None]:
    """The entities in the title and the first sentence."""
    return lines[0].entities.union(*(line.entities for line in lines[1:2]))


def day_told_before(lines: list[Line], number: int, members: frozenset[str], day: date) -> str | None:
    """The day just past that a sentence shortly before line `number` names, if it is about one of `members` too.

    A story is told in the order of its events, so that what has no date of its own happened on the day told last
    (the principle of Dowty 1986, "The effects of aspectual class on the temporal structure of discourse").
    """
    for line in reversed(lines[max(0, number - LINES_BACK) : number]):
        days = [tag.behind for tag in line.dates if is_fresh(tag.behind, day)]
        if days:
            return days[-1] if not line.is_title and not line.entities.isdisjoint(members) else None
    return None


def background_phrase(title: str, pack: LanguagePack) -> str | None:
    """The phrase by which a title says that its article explains, comments, lists or amuses; None for news."""
    bare = _BRACKETED.sub("", title)
    if pack.background_starts is not None and (found := pack.background_starts.at(bare, 0)) is not None:
        return bare[slice(*found)]
    if pack.background_titles is not None and (found := pack.background_titles.search(title)) is not None:
        return title[slice(*found)]
    return None


def _parted(title: str, pack: LanguagePack) -> str:
    """A title with commas for the spaces by which languages that write without them set its parts apart."""
    return _SPACE_BETWEEN_IDEOGRAPHS.sub(",", title) if pack.space_parts else title


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
        limit = either or (pack.deadlines is not None and pack.deadlines.fit(words[0]))
        spoken = pack.attribution is not None and pack.attribution.fit(words[1])
        if not pack.spaced and pack.attribution is not None:
            spoken = spoken or pack.attribution.at(text[tag.end :].lstrip(), 0) is not None
        if tag.start >= start and not limit and not spoken:
            out.append(tag)
    return out
