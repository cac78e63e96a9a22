"""The schema of a monitor file as pydantic models. Unknown keys are refused; values are frozen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from monitors.definition.kinds import STATUSES, Kind

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case words joined by -")]
Language = Literal["en", "ko", "ja", "zh"]
Phrases = dict[Language, tuple[str, ...]]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Feed(Part):
    """One URL that is polled."""

    url: str = Field(pattern=r"^https?://", max_length=2048, description="address of the feed")
    publisher: str = Field(min_length=1, description="who publishes, as shown to readers")
    family: Identifier = Field(description="owner or agency; corroboration counts families")
    language: Language
    timezone: str = Field("UTC", description="IANA zone of dates that carry none")
    role: Literal[
        "agency", "newspaper", "broadcaster", "magazine", "specialist", "think-tank", "state-media", "official",
        "aggregator",
    ] = "newspaper"  # fmt: skip
    scope: Literal["general", "specialist", "search"] = "general"
    full_text: bool = Field(True, description="fetch the article page of on-topic entries")

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no such IANA time zone: {name}") from None
        return name


class Polling(Part):
    """How feeds are fetched. Times in seconds, sizes in bytes (decoded)."""

    contact: str = Field("https://pypi.org/project/wirewatch/", description="URL or mail address in the User-Agent")
    deadline: float = Field(20.0, gt=0, le=300, description="seconds for one whole fetch, redirects included")
    run_deadline: float = Field(300.0, gt=0, description="seconds for all fetches of a run")
    max_bytes: int = Field(10 * 1024 * 1024, ge=1024, description="decoded bytes of one body")
    max_entries: int = Field(2000, ge=1)
    workers: int = Field(16, ge=1, le=128)
    per_host_delay: float = Field(1.0, ge=0, description="seconds between two requests to one host")
    allow_private: tuple[str, ...] = Field((), description="hosts that may resolve to private addresses")
    proxy: str | None = Field(None, pattern=r"^https?://", description="proxy for every request")


class Office(Part):
    """When a person holds the office that `roles` names; roles count only then."""

    since: date | None = None
    until: date | None = None

    def held_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Entity(Part):
    """An actor and its names. `names` count anywhere, `short` only beside a name or role in the same article."""

    id: Identifier
    name: str
    kind: Literal["person", "government", "organisation", "place"]
    acts_for: Identifier | None = Field(None, description="the government or organisation this one speaks for")
    names: Phrases
    short: Phrases = Field(default_factory=dict)
    roles: Phrases = Field(default_factory=dict)
    office: Office = Office()
    unlike: Phrases = Field(default_factory=dict, description="longer names that contain one of ours but mean others")


class Situation(Part):
    """Something watched that has a state."""

    id: Identifier
    kind: Kind
    title: str
    parties: tuple[tuple[Identifier, ...], ...] = Field(
        (), description="sides; each is a list of entities, any of which stands for it. A mention needs every side"
    )
    names: Phrases = Field(default_factory=dict, description="phrases that name the situation by themselves")
    words: Phrases = Field(default_factory=dict, description="phrases that name it beside its parties")
    never: Phrases = Field(default_factory=dict, description="phrases that mean something else")
    cues: dict[Language, dict[str, tuple[str, ...]]] = Field(
        default_factory=dict, description="status -> phrases, added to those of the language pack"
    )

    @model_validator(mode="after")
    def statuses_belong_to_kind(self) -> Situation:
        for language, by_status in self.cues.items():
            for status in by_status:
                if status not in STATUSES[self.kind]:
                    allowed = ", ".join(STATUSES[self.kind])
                    raise ValueError(f"cues.{language}.{status}: not a status of kind {self.kind} ({allowed})")
        if not (self.parties or self.names):
            raise ValueError("needs parties or names, or nothing could ever mention it")
        return self


class Topic(Part):
    """What is kept: an article that names every entity of at least one of the sets."""

    any_of: tuple[tuple[Identifier, ...], ...] = Field(min_length=1)


class Rule(Part):
    """Which developments go to which channels. The first rule that fits decides."""

    situations: tuple[Identifier, ...] = Field((), description="empty: all")
    statuses: tuple[str, ...] = Field((), description="empty: all")
    channels: tuple[Identifier, ...] = Field(description="empty: alert nobody")
    priority: Literal["normal", "urgent"] = "normal"


class Policy(Part):
    rules: tuple[Rule, ...] = Field(min_length=1)
    timezone: str = Field("UTC", description="the reader's IANA zone")


class TerminalChannel(Part):
    id: Identifier
    type: Literal["terminal"]


class FileChannel(Part):
    id: Identifier
    type: Literal["file"]
    path: str = Field(description="JSON Lines file; a relative path lies beside the archive")


Channel = Annotated[TerminalChannel | FileChannel, Field(discriminator="type")]


class SeedArticle(Part):
    file: str = Field(description="text file with a small header, relative to the monitor file")


class Monitor(Part):
    """One watched topic: feeds, entities, situations, alert policy, channels."""

    version: Literal[1]
    id: Identifier
    title: str
    languages: tuple[Language, ...] = Field(min_length=1)
    seeds: tuple[SeedArticle, ...] = ()
    polling: Polling = Polling()
    feeds: tuple[Feed, ...] = Field(min_length=1)
    official_families: tuple[Identifier, ...] = Field((), description="families whose word confirms")
    entities: tuple[Entity, ...] = Field(min_length=1)
    topic: Topic
    situations: tuple[Situation, ...] = Field(min_length=1)
    policy: Policy
    channels: tuple[Channel, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def references_exist(self) -> Monitor:
        entities = {entity.id for entity in self.entities}
        situations = {situation.id for situation in self.situations}
        channels = {channel.id for channel in self.channels}
        problems = [
            f"topic.any_of names entity {name!r}, which is not defined"
            for group in self.topic.any_of for name in group if name not in entities
        ]  # fmt: skip
        for situation in self.situations:
            problems += [
                f"situation {situation.id}: party {name!r} is not an entity"
                for side in situation.parties for name in side if name not in entities
            ]  # fmt: skip
        problems += [
            f"entity {entity.id}: acts_for names {entity.acts_for!r}, which is not an entity"
            for entity in self.entities if entity.acts_for is not None and entity.acts_for not in entities
        ]  # fmt: skip
        for number, rule in enumerate(self.policy.rules, 1):
            problems += [f"policy rule {number}: no situation {x!r}" for x in rule.situations if x not in situations]
            problems += [f"policy rule {number}: no channel {x!r}" for x in rule.channels if x not in channels]
        for what, ids in (
            ("entity", [e.id for e in self.entities]),
            ("situation", [s.id for s in self.situations]),
            ("channel", [c.id for c in self.channels]),
            ("feed", [f.url for f in self.feeds]),
        ):
            problems += [f"{what} {name!r} is defined twice" for name in sorted({x for x in ids if ids.count(x) > 1})]
        if problems:
            raise ValueError("; ".join(problems))
        return self
