"""Which of the sentences that the rules read are put before an adjudicator, and what may become of them. Pure.

An adjudicator, a language model, reads text that anybody may have written for it. So it is given as little as possible
to say: it is asked only of doubtful sentences that would be news, and may let a reading stand, choose a weaker one, or
say that it is none. It adds nothing, raises nothing, and changes no date, place or party.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitors.archive.records import Article, Mention
from monitors.definition.kinds import STATUSES, Kind
from monitors.developments.candidates import Candidate
from monitors.developments.decider import Intent, decide
from monitors.developments.engine import Engine
from monitors.developments.estimate import NOTHING, likeliest
from monitors.developments.languages import LanguagePack
from monitors.developments.ledger import Ledger
from monitors.developments.lifecycles import FACTUALITY, PHASES, RANK
from monitors.developments.mentions import BACKWARD

BACKGROUND = "background"
ADJUDICATED = "adjudicator"
"""How the cue of a mention begins that an adjudicator has lowered."""
ESTIMATED = "estimate: "
QUOTED = 80
"""Characters of a quotation that a cue repeats."""
_CERTAINTY = {"unknown": 0, "possible": 1, "probable": 2, "certain": 3}


@dataclass(frozen=True, slots=True)
class Question:
    """What does `sentence` say of a situation? `choices` are in the order of its lifecycle, "background" last."""

    situation: str
    title: str
    headline: str
    sentence: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer that counts: one of the choices, and the words of the sentence that it rests on."""

    choice: str
    quotation: str


Ask = Callable[[Question], Decision | None]
"""Puts a question; None where no answer came that counts."""


def is_weaker(status: str, than: str) -> bool:
    """Whether one status says less than another of its kind: not as far along, or not as certain a no."""
    if than in (BACKGROUND, status) or status not in FACTUALITY:
        return False
    if status == BACKGROUND:
        return True
    sure, sign = _certainty(status)
    surer, other_sign = _certainty(than)
    if sign != other_sign or sure > surer:
        return False
    return RANK[status] < RANK[than] if status in RANK and than in RANK else sure < surer


def choices(kind: Kind, mention: Mention) -> tuple[str, ...]:
    """What a mention may be said to be: what the rules say, what is weaker, "background".

    A date is read backwards of what has happened and forwards of a plan. So what has happened on a day becomes no plan:
    the day would be wrong.
    """
    if mention.status == BACKGROUND:
        return ()
    dated = mention.status in BACKWARD and mention.event_date is not None
    weaker = () if dated else [status for status in STATUSES[kind] if is_weaker(status, mention.status)]
    return (*(status for status in STATUSES[kind] if status in weaker or status == mention.status), BACKGROUND)


def lowered(mention: Mention, decision: Decision) -> Mention:
    """The mention as decided, with a cue that says so and what the rules had said; itself where that is the same."""
    if not is_weaker(decision.choice, mention.status):
        return mention
    words = decision.quotation
    words = words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"
    cue = f"{ADJUDICATED}: {decision.choice}, by “{words}”{_as_the_rules_said(mention)}"
    return replace(mention, status=decision.choice, factuality=FACTUALITY[decision.choice], cue=cue)


def is_adjudicated(mention: Mention) -> bool:
    """Whether an adjudicator has lowered it."""
    return mention.cue.startswith(f"{ADJUDICATED}: ")


def as_decided_before(mentions: Iterable[Mention], stored: Iterable[Mention]) -> tuple[Mention, ...]:
    """The mentions with what was decided of them when the article was read before, as far as they are still the same.

    `stored` are those that the archive keeps of the article.
    """
    before = {(one.situation, one.field, one.sentence): one for one in stored if is_adjudicated(one)}
    return tuple(_decided(one, before.get((one.situation, one.field, one.sentence))) for one in mentions)


def _decided(mention: Mention, before: Mention | None) -> Mention:
    if before is None or not before.cue.endswith(_as_the_rules_said(mention)):
        return mention
    if not is_weaker(before.status, mention.status):
        return mention
    return replace(mention, status=before.status, factuality=FACTUALITY[before.status], cue=before.cue)


def _as_the_rules_said(mention: Mention) -> str:
    return f"; rules: {mention.status}, {mention.cue}"


def adjudicate(
    engine: Engine,
    article: Article,
    mentions: Sequence[Mention],
    ledgers: Mapping[str, Ledger],
    lead_end: int,
    ask: Ask,
) -> tuple[Mention, ...]:
    """The mentions of `article`, with those lowered of which the answers to `ask` say so.

    A question is put while something would be news that rests on doubtful sentences alone. `lead_end` as for `decide`.
    """
    now = list(mentions)
    kinds = {situation.id: situation.kind for situation in engine.monitor.situations}
    titles = {situation.id: situation.title for situation in engine.monitor.situations}
    asked: set[int] = set()
    doubtful: list[bool] | None = None
    while intents := [one for one in decide(ledgers, now, article, lead_end) if one.entry is not None]:
        doubtful = doubtful if doubtful is not None else _doubtful(engine, article, mentions)
        open_doubts = [number for number, doubt in enumerate(doubtful) if doubt and number not in asked]
        number = next(
            (found for one in intents if (found := _next(one, now, open_doubts, ledgers, article, lead_end)) >= 0), -1
        )
        if number < 0:
            break
        asked.add(number)
        mention = now[number]
        question = Question(
            situation=mention.situation,
            title=titles[mention.situation],
            headline=article.title,
            sentence=mention.sentence,
            choices=choices(kinds[mention.situation], mention),
        )
        decision = ask(question)
        if decision is not None and decision.choice in question.choices:
            now[number] = lowered(mention, decision)
    return tuple(now)


def _next(
    intent: Intent,
    mentions: Sequence[Mention],
    doubts: Sequence[int],
    ledgers: Mapping[str, Ledger],
    article: Article,
    lead_end: int,
) -> int:
    """The number of the first doubtful mention that `intent` needs in order to be news; -1 where it rests on others."""
    status = intent.mention.status
    own = [n for n in doubts if (mentions[n].situation, mentions[n].status) == (intent.situation, status)]
    if not own:
        return -1
    rest = [mention for number, mention in enumerate(mentions) if number not in own]
    for other in decide(ledgers, rest, article, lead_end):
        if other.entry is not None and (other.situation, other.entry.status) == (intent.situation, status):
            return -1
    return own[0]


def _doubtful(engine: Engine, article: Article, mentions: Sequence[Mention]) -> list[bool]:
    """For each mention whether it is in doubt."""
    pack = engine.pack_for(article)
    if pack is None:
        return [False] * len(mentions)
    seen = [candidate for line in engine.look(article) for candidate in line.candidates]
    return [is_doubtful(mention, candidate, mentions, pack) for mention, candidate in zip(mentions, seen, strict=True)]


def is_doubtful(mention: Mention, candidate: Candidate, all_of_it: Iterable[Mention], pack: LanguagePack) -> bool:
    """Whether the reading is the model's own, or the model leans to another phase, or other sentences have another.

    Half of what is raised wrongly lies where rules and model part, however unsure the model is (on a labelled stream of
    355 documents 11 of 22 by 25 questions; one by 15, were only those counted where the model is sure).
    """
    if mention.status == BACKGROUND or is_adjudicated(mention):
        return False
    if mention.cue.startswith(ESTIMATED):
        return True
    phase = PHASES[mention.status]
    others = (one for one in all_of_it if one.situation == mention.situation and one.status != BACKGROUND)
    if any(PHASES[one.status] != phase for one in others):
        return True
    guess = likeliest(candidate, pack)
    return guess is not None and (guess[0] == NOTHING or PHASES[guess[0]] != phase)


def _certainty(status: str) -> tuple[int, str]:
    factuality = FACTUALITY[status]
    return (_CERTAINTY[factuality.rstrip("+-")], factuality[-1] if factuality[-1] in "+-" else "")
