"""Invented stories as many newspapers print them, with other stories on the same subject between them.

Every article is known to belong to one story, or to none (a round-up), so that the pairs found can be counted.

    python tests/articles/syndication.py 20000 11 12    # so many articles, for each of these seeds
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitors.archive.connection import open_archive
from monitors.archive.records import Article
from monitors.articles.keep import keep_all

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUSES = 40
FEED = 40
"""Articles that are kept together."""

MINUTES_BETWEEN_STORIES = 12
STORIES_OF_A_SUBJECT = 12
PART = 4
"""Sentences that a round-up takes from each of three stories."""

SYLLABLES = (
    "ka", "lo", "mi", "ter", "ran", "do", "vi", "sen", "pol", "ga", "ric", "ton", "mar", "be", "lu", "sha", "nor",
)  # fmt: skip

Sentence = list[str]


@dataclass(frozen=True, slots=True)
class Printed:
    """An article, the edit that made it, and the number of its story; None for a round-up."""

    article: Article
    edit: str
    story: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What all stories on one subject have in common: names, stock phrases, and quotations that are repeated."""

    names: list[Sentence]
    phrases: list[Sentence]
    quotes: list[Sentence]


class Language:
    """A vocabulary whose words are used after Zipf: that of rank r in proportion to 1 / (r + 5)."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._words = list(dict.fromkeys("".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(9000)))
        self._weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(self._words))))

    def words(self, count: int) -> Sentence:
        return self._dice.choices(self._words, cum_weights=self._weights, k=count)


def printed(count: int, seed: int = 5) -> Iterator[Printed]:
    """So many articles in the order in which they arrive; the same for the same seed."""
    dice = random.Random(seed)
    language = Language(dice)
    wraps = [(language.words(dice.randint(8, 25)), language.words(dice.randint(20, 45))) for _ in range(HOUSES // 2)]
    edits = _edits(dice, language)
    found: list[tuple[datetime, str, int | None, list[Sentence], int]] = []
    subject, recent = _subject(dice, language), []
    for story in itertools.count():
        if len(found) >= count:
            break
        if story % STORIES_OF_A_SUBJECT == 0:
            subject = _subject(dice, language)
        told = _story(dice, language, subject)
        at = START + timedelta(minutes=MINUTES_BETWEEN_STORIES * story)
        recent = [*recent[-5:], told]
        for _ in range(dice.choice((1, 1, 2, 3, 5, 8, 20))):
            name = dice.choice(list(edits))
            house = dice.randrange(HOUSES)
            text = _wrapped(edits[name](told), wraps[house // 2]) if name == "wrapped" else edits[name](told)
            found.append((at + timedelta(minutes=dice.randint(0, 600)), name, story, text, house))
        if story % 8 == 7:
            parts = dice.sample(recent, 3)
            text = [sentence for part in parts for sentence in part[:PART]]
            found.append((at + timedelta(minutes=700), "round-up", None, text, dice.randrange(HOUSES)))
    found.sort(key=lambda one: one[0])
    for number, (at, edit, belongs, text, house) in enumerate(found[:count]):
        yield Printed(_article(number, at, " ".join(language.words(9)), text, house), edit, belongs)


def _subject(dice: random.Random, language: Language) -> Subject:
    return Subject(
        names=[language.words(dice.randint(2, 3)) for _ in range(4)],
        phrases=[language.words(dice.randint(5, 9)) for _ in range(12)],
        quotes=[language.words(dice.randint(12, 22)) for _ in range(6)],
    )


def _story(dice: random.Random, language: Language, subject: Subject) -> list[Sentence]:
    """Five to 22 sentences: every third has a stock phrase, every second a name; one or two are known quotations."""
    sentences = []
    for _ in range(dice.randint(5, 22)):
        sentence = language.words(dice.randint(10, 24))
        if dice.random() < 0.35:
            sentence[3:3] = dice.choice(subject.phrases)
        if dice.random() < 0.5:
            sentence[:0] = dice.choice(subject.names)
        sentences.append(sentence)
    for quote in dice.sample(subject.quotes, 1 + (len(sentences) > 8)):
        sentences.insert(dice.randint(2, len(sentences)), quote)
    return sentences


def _edits(dice: random.Random, language: Language) -> dict[str, Callable[[list[Sentence]], list[Sentence]]]:
    """What newsrooms do to a story."""

    def corrected(story: list[Sentence]) -> list[Sentence]:
        return [[language.words(1)[0] if dice.random() < 0.05 else word for word in sentence] for sentence in story]

    return {
        "whole": lambda story: story,
        "half": lambda story: story[: max(2, len(story) // 2)],
        "quarter": lambda story: story[: max(2, len(story) // 4)],
        "two sentences": lambda story: story[:2],
        "byline": lambda story: [language.words(5), *story],
        "wrapped": lambda story: story,
        "extended": lambda story: [*story, language.words(20), language.words(15), language.words(18)],
        "corrected": corrected,
    }


def _wrapped(story: list[Sentence], wrap: tuple[Sentence, Sentence]) -> list[Sentence]:
    """With what the house, and the other one of its chain, put before and after every article."""
    before, after = wrap
    return [before, *story, after]


def _article(number: int, at: datetime, title: str, text: list[Sentence], house: int) -> Article:
    url = f"https://house{house}.example/{number}"
    return Article(
        monitor="harbour",
        url=url,
        canonical_url=url,
        title=title.capitalize(),
        text=" ".join(f"{' '.join(sentence).capitalize()}." for sentence in text),
        language="en",
        publisher=f"House {house}",
        family=f"house{house}",
        published=at,
        discovered=at,
    )


def pairs(groups: dict[int, int]) -> set[tuple[int, int]]:
    """All pairs of articles of one group: article -> group."""
    members: dict[int, list[int]] = {}
    for article, group in sorted(groups.items()):
        members.setdefault(group, []).append(article)
    return {pair for ids in members.values() for pair in itertools.combinations(ids, 2)}


def measured(count: int, seed: int) -> tuple[float, float]:
    """(precision, recall) of the pairs that are found when so many articles are kept as feeds bring them."""
    known = list(printed(count, seed))
    with open_archive(":memory:") as archive:
        ids = [
            kept.article.id
            for start in range(0, count, FEED)
            for kept in keep_all(archive, [one.article for one in known[start : start + FEED]])
        ]
        ours = pairs(dict(archive.values("select id, group_id from articles")))
    stories = {id_: -id_ if one.story is None else one.story for id_, one in zip(ids, known, strict=True)}
    true = pairs(stories)
    right = len(ours & true)
    return right / len(ours), right / len(true)


if __name__ == "__main__":
    for number in sys.argv[2:]:
        precision, recall = measured(int(sys.argv[1]), int(number))
        print(f"seed {number}, {sys.argv[1]} articles: precision {precision:.4f}, recall {recall:.4f}", flush=True)
