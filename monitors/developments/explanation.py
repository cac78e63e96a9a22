"""Why an article was news or was not: what was seen in each sentence, what was known, what was decided. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from monitors.archive.records import Article, Mention
from monitors.definition.model import Situation
from monitors.developments.adjudication import ADJUDICATED, as_decided_before, is_adjudicated
from monitors.developments.candidates import Candidate
from monitors.developments.decider import Intent, decide
from monitors.developments.detect import lead_end, reason_of
from monitors.developments.engine import Engine, Seen
from monitors.developments.entities import Tag
from monitors.developments.languages import LanguagePack
from monitors.developments.ledger import Known, Ledger
from monitors.developments.lines import Line
from monitors.developments.normal import normalise
from monitors.developments.patterns import SLOTS

BY_STATUS = "status"
"""The class of a cue that gives a status; other classes say why a sentence is background."""
ESTIMATED = "estimate"
"""The class where no cue fits and the model says what is meant."""
_CLASSES_WITH_PHRASE = ("title", "subordinate", "nothing new")


@dataclass(frozen=True, slots=True)
class SeenEntity:
    """An entity of the monitor that a sentence names by `phrase`; `alias` is name, short or role, or unlike.

    `entity` is None where the phrase means somebody else ("unlike").
    """

    entity: str | None
    phrase: str
    alias: str


@dataclass(frozen=True, slots=True)
class SeenDate:
    """A date in a sentence: what it means if the event lies ahead, and if it lies behind. Values as `event_date`."""

    phrase: str
    ahead: str | None
    behind: str | None


@dataclass(frozen=True, slots=True)
class Saying:
    """What a sentence says of a situation. `cue` is the words that decided, in the sentence with its slots, `marked`.

    `cue_class` is "status", "estimate" or "adjudicator", or why it is background: history, hypothesis, question,
    opinion, title (which makes all of the article background), subordinate (given as known), nothing new (plans,
    doubts, preparations), none. Of an estimate, `cue` is the probability; of an adjudicator, what it decided by and
    what the rules had said.
    """

    situation: str
    status: str
    factuality: str
    cue_class: str
    cue: str
    marked: str
    event_date: str | None
    place: str | None
    side: str | None
    attribution: str | None
    official: bool


@dataclass(frozen=True, slots=True)
class ExplainedSentence:
    """A sentence at [start, end) of `field`, "title" or "text", and what was seen in it."""

    field: str
    start: int
    end: int
    text: str
    entities: tuple[SeenEntity, ...]
    dates: tuple[SeenDate, ...]
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided about one situation: `news`, and why or why not.

    `known` is what its ledger held before. `status`, `event_date`, `place` and `sentence` are what the article as a
    whole says, None where all that it says is background. `repeats` is the entry that is said again.
    """

    situation: str
    title: str
    known: tuple[Known, ...]
    news: bool
    reason: str
    status: str | None = None
    event_date: str | None = None
    place: str | None = None
    sentence: str | None = None
    novelty: str | None = None
    repeats: Known | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole way of one article. `day` is that of publication, where its publisher is.

    `reads` is False where no language pack reads its language; `on_topic` False where it would not have been kept.
    """

    article_id: int
    title: str
    publisher: str
    url: str
    language: str
    published: datetime
    day: date
    on_topic: bool
    reads: bool
    sentences: tuple[ExplainedSentence, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def news(self) -> bool:
        """Whether anything in it was news."""
        return any(outcome.news for outcome in self.outcomes)


def explain(
    engine: Engine, article: Article, ledgers: Mapping[str, Ledger], stored: Sequence[Mention] = ()
) -> Explanation:
    """Read `article` as a pass does and say why. `ledgers` are what was known before; one left out knew nothing.

    `stored` are the mentions that the archive keeps of it, for what an adjudicator decided. Nobody is asked again.
    """
    pack = engine.pack_for(article)
    seen = [replace(one, mentions=as_decided_before(one.mentions, stored)) for one in engine.look(article)]
    mentions = tuple(mention for one in seen for mention in one.mentions)
    return Explanation(
        article_id=article.id,
        title=article.title,
        publisher=article.publisher,
        url=article.url,
        language=article.language,
        published=article.published,
        day=engine.day_of(article),
        on_topic=engine.on_topic(article.title, article.text, article.language),
        reads=pack is not None,
        sentences=tuple(_sentence(one, article, pack) for one in seen) if pack is not None else (),
        outcomes=_outcomes(engine.monitor.situations, mentions, article, ledgers),
    )


def _sentence(seen: Seen, article: Article, pack: LanguagePack) -> ExplainedSentence:
    sentence, text = seen.line.sentence, seen.line.text
    source = normalise(article.title if sentence.field == "title" else article.text)
    start, end = source.span(sentence.start, sentence.end)
    return ExplainedSentence(
        field=sentence.field,
        start=start,
        end=end,
        text=source.original[start:end],
        entities=_entities(seen.line),
        dates=tuple(SeenDate(text[tag.start : tag.end], tag.ahead, tag.behind) for tag in seen.line.dates),
        sayings=tuple(
            _saying(mention, candidate, pack) for mention, candidate in zip(seen.mentions, seen.candidates, strict=True)
        ),
    )


def _entities(line: Line) -> tuple[SeenEntity, ...]:
    """The entities of a line. Of a name that several share each has a part: all of them are shown with the whole."""
    runs: list[list[Tag]] = []
    for tag in line.tags:
        if runs and runs[-1][-1].end == tag.start:
            runs[-1].append(tag)
        else:
            runs.append([tag])
    return tuple(
        SeenEntity(tag.entity, line.text[run[0].start : run[-1].end], tag.alias) for run in runs for tag in run
    )


def _saying(mention: Mention, candidate: Candidate, pack: LanguagePack) -> Saying:
    marked = candidate.marked.text
    cue_class, cue = _class_of(mention, marked, pack)
    return Saying(
        situation=mention.situation,
        status=mention.status,
        factuality=mention.factuality,
        cue_class=cue_class,
        cue=_with_slots(cue),
        marked=_with_slots(marked),
        event_date=mention.event_date,
        place=mention.place,
        side=mention.side,
        attribution=mention.attribution,
        official=mention.official,
    )


def _class_of(mention: Mention, marked: str, pack: LanguagePack) -> tuple[str, str]:
    """(class, words) of the cue that decided."""
    name, _, phrase = mention.cue.partition(": ")
    if is_adjudicated(mention):
        return ADJUDICATED, phrase
    if mention.status != "background":
        return (ESTIMATED, phrase) if name == ESTIMATED else (BY_STATUS, mention.cue)
    if name in _CLASSES_WITH_PHRASE:
        return name, phrase
    if name in pack.background:
        found = pack.background[name].search(marked)
        return name, marked[slice(*found)] if found is not None else ""
    return (name, "") if name == "question" else ("none", "")


def _with_slots(text: str) -> str:
    """A marked text for a reader: slots by the names that patterns have for them."""
    for name, slot in SLOTS.items():
        text = text.replace(slot, f"<{name}>")
    return text


def _outcomes(
    situations: Iterable[Situation], mentions: tuple[Mention, ...], article: Article, ledgers: Mapping[str, Ledger]
) -> tuple[Outcome, ...]:
    said = dict.fromkeys(mention.situation for mention in mentions)
    watched = {situation.id: situation for situation in situations if situation.id in said}
    known = {
        situation.id: ledgers.get(situation.id, Ledger(situation.id, situation.kind)) for situation in watched.values()
    }
    intents = {
        intent.situation: intent
        for intent in decide(known, mentions, article, lead_end(article.text, article.language))
    }
    return tuple(_outcome(watched[name], known[name], intents.get(name), mentions) for name in said)


def _outcome(situation: Situation, ledger: Ledger, intent: Intent | None, mentions: tuple[Mention, ...]) -> Outcome:
    if intent is None:
        return Outcome(situation.id, situation.title, ledger.known, False, _why_background(situation.id, mentions))
    mention, verdict, entry = intent.mention, intent.verdict, intent.entry
    return Outcome(
        situation=situation.id,
        title=situation.title,
        known=ledger.known,
        news=entry is not None,
        reason=reason_of(verdict, mention) if entry is not None else verdict.reason,
        status=mention.status,
        event_date=entry.event_date if entry is not None else mention.event_date,
        place=entry.place if entry is not None else mention.place,
        sentence=mention.sentence,
        novelty=verdict.novelty,
        repeats=verdict.repeats,
    )


def _why_background(situation: str, mentions: tuple[Mention, ...]) -> str:
    counts = Counter(mention.cue.partition(": ")[0] for mention in mentions if mention.situation == situation)
    return "only background: " + ", ".join(f"{cue} ({number})" for cue, number in counts.items())
