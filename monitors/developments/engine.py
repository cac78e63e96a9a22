"""The reader of articles: a monitor's words compiled once, then `read` turns an article into mentions. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from monitors.archive.records import Article, Mention
from monitors.definition.model import Language, Monitor, Situation
from monitors.developments.candidates import Candidate, candidates
from monitors.developments.entities import EntityFinder
from monitors.developments.languages import LanguagePack, load_pack
from monitors.developments.lifecycles import FACTUALITY
from monitors.developments.lines import Line, background_phrase, day_told_before, lines_of
from monitors.developments.mentions import Reading
from monitors.developments.normal import NormalText, normalise
from monitors.developments.reading import read_sentence
from monitors.developments.sentences import Sentence
from monitors.developments.vocabulary import Vocabulary
from monitors.developments.watched import Watched, companions, watch


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of an article, and what it says: `mentions[i]` is the reading of `candidates[i]`."""

    line: Line
    candidates: tuple[Candidate, ...]
    mentions: tuple[Mention, ...]


class Engine:
    """Reads articles for one monitor. Holds no state between articles."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._finders: dict[Language, EntityFinder] = {}
        self._watched: dict[Language, list[Watched]] = {}
        self._packs: dict[Language, LanguagePack | None] = {
            language: load_pack(language) for language in monitor.languages
        }
        for language, pack in self._packs.items():
            self._finders[language] = EntityFinder(monitor.entities, language)
            if pack is not None:
                vocabulary = Vocabulary()
                self._watched[language] = [
                    watch(situation, language, pack, monitor.situations, vocabulary) for situation in monitor.situations
                ]
        self._topic = [frozenset(group) for group in monitor.topic.any_of]
        self._companions = companions(monitor)
        self._persons = frozenset(entity.id for entity in monitor.entities if entity.kind == "person")
        self._acts_for = {one.id: one.acts_for for one in monitor.entities if one.acts_for is not None}
        self._zones = {feed.url: ZoneInfo(feed.timezone) for feed in monitor.feeds}

    def on_topic(self, title: str, text: str, language: str) -> bool:
        """Whether the article names every entity of one of the monitor's topic sets."""
        finder = self._finders[self._language(language)]
        return finder.names_all(normalise(f"{title}\n{text}").text, self._topic)

    def read(self, article: Article) -> tuple[Mention, ...]:
        """The mentions in the title and the lead of `article`, in order. Empty where no pack reads its language."""
        return tuple(mention for seen in self.look(article) for mention in seen.mentions)

    def look(self, article: Article) -> tuple[Seen, ...]:
        """Every line that is read of `article`, with what was recognised in it. Empty as for `read`."""
        pack = self.pack_for(article)
        if pack is None:
            return ()
        language = self._language(article.language)
        day = self.day_of(article)
        title, text = normalise(article.title), normalise(article.text)
        lines = lines_of(title, text, self._finders[language], pack, day, self._companions)
        phrase = background_phrase(title.text, pack)
        seen: list[Seen] = []
        for number, line in enumerate(lines):
            own = candidates(self._watched[language], lines, number, pack, self._persons, self._acts_for, day)
            mentions: list[Mention] = []
            for candidate in own:
                reading = read_sentence(candidate, pack, day)
                if phrase is not None:
                    reading = Reading("background", f"title: {phrase}")
                if reading.status == "occurred" and reading.event_date is None:
                    members = candidate.watched.markers.members
                    reading = replace(reading, event_date=day_told_before(lines, number, members, day))
                situation = candidate.watched.situation
                mentions.append(_mention(reading, situation, line.sentence, title, text, pack, article))
            seen.append(Seen(line, tuple(own), tuple(mentions)))
        return tuple(seen)

    def pack_for(self, article: Article) -> LanguagePack | None:
        """The words that `article` is read with; None where its language has no pack."""
        return self._packs.get(self._language(article.language))

    def _language(self, language: str) -> Language:
        base = language.split("-", maxsplit=1)[0].lower()
        return next((own for own in self.monitor.languages if own == base), self.monitor.languages[0])

    def day_of(self, article: Article) -> date:
        """The day on which `article` was published, where its publisher is."""
        zone = self._zones.get(article.feed_url or "")
        return (article.published.astimezone(zone) if zone else article.published).date()


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
        attribution=sentence.text[slice(*anonymous)] if anonymous is not None else None,
        official=article.official and anonymous is None,
        cue=reading.cue,
        side=reading.side,
    )
