"""The schema of a monitor file as pydantic models. Unknown keys are refused; values are frozen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from monitors.definition.adjudicator import Adjudicator
from monitors.definition.channels import Channel
from monitors.definition.kinds import ALL_STATUSES, STATUSES, Kind
from monitors.definition.part import Identifier, Part
from monitors.definition.problems import PartError, Problem, not_one_of
from monitors.definition.published import Browse, Publish
from monitors.definition.references import defined_twice, undefined, unread_languages
from monitors.definition.secret_references import sound_address
from monitors.definition.secrets import sound_headers, sound_proxy

Language = Literal["en", "ko", "ja", "zh"]
Phrase = Annotated[str, Field(min_length=1)]
Phrases = dict[Language, tuple[Phrase, ...]]


def known_zone(name: str) -> str:
    """`name`, when it is an IANA time zone; ValueError when not."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"expected an IANA time zone such as Asia/Tokyo (got {name!r})") from None
    return name


Zone = Annotated[str, AfterValidator(known_zone)]
Tier = Literal["reported", "corroborated", "confirmed"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[mhd]$", description="a number and m, h or d")]
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def duration(text: str) -> timedelta:
    """What a text such as 30m, 2h or 1d says."""
    return int(text[:-1]) * _UNITS[text[-1]]


def as_time_of_day(value: object) -> str:
    """`value` as a time of day such as 07:30; ValueError for anything else.

    YAML 1.1 reads an unquoted 22:00 as 1320, a number to the base 60; that becomes the text again.
    """
    is_number = isinstance(value, int) and not isinstance(value, bool)
    text = f"{value // 60}:{value % 60:02}" if is_number and isinstance(value, int) else str(value)
    if not re.fullmatch(TIME_OF_DAY, text):
        raise ValueError(f"expected a time of day such as 07:30 (got {text!r})")
    return text.zfill(5)


TIME_OF_DAY = r"([01]?[0-9]|2[0-3]):[0-5][0-9]"
TimeOfDay = Annotated[
    str,
    BeforeValidator(as_time_of_day),
    WithJsonSchema({"type": "string", "pattern": f"^{TIME_OF_DAY}$", "examples": ["07:30"]}),
]


class Feed(Part):
    """One URL that is polled."""

    url: str = Field(pattern=r"^https?://", max_length=2048, description="address of the feed")
    publisher: str = Field(min_length=1, description="who publishes, as shown to readers")
    family: Identifier = Field(description="owner or agency; corroboration counts families")
    language: Language = Field(description="language of its entries")
    timezone: Zone = Field(default="UTC", description="IANA zone of dates that carry none")
    role: Literal[
        "agency", "newspaper", "broadcaster", "magazine", "specialist", "think-tank", "state-media", "official",
        "aggregator",
    ] = Field(default="newspaper", description="what kind of publisher")  # fmt: skip
    scope: Literal["general", "specialist", "search"] = Field(
        default="general", description="how much of it is off topic"
    )
    full_text: bool = Field(default=True, description="fetch the article page of on-topic entries")
    expect: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,3}[hd]$",
        description="longest time without anything new, as 6h or 2d; then it counts as silent. Left out: its rhythm",
    )
    headers: Annotated[dict[str, str], AfterValidator(sound_headers)] = Field(
        default_factory=dict,
        description="headers sent with its requests, to its own host only; a value may be env:NAME or file:/path",
    )

    def longest_silence(self) -> timedelta | None:
        """What `expect` says, None when it says nothing."""
        if self.expect is None:
            return None
        number = int(self.expect[:-1])
        return timedelta(hours=number) if self.expect.endswith("h") else timedelta(days=number)


class Polling(Part):
    """How feeds are fetched. Times in seconds, sizes in bytes (decoded)."""

    contact: str | None = Field(
        default=None, min_length=1, description="your URL or mail address, shown to publishers in the User-Agent"
    )
    deadline: float = Field(default=20.0, gt=0, le=300, description="seconds for one whole fetch, redirects included")
    run_deadline: float = Field(default=300.0, gt=0, le=86400, description="seconds for all fetches of a run")
    max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, description="decoded bytes of one body")
    max_entries: int = Field(default=2000, ge=1, description="entries read of one feed")
    max_pages: int = Field(default=60, ge=0, description="article pages read in one run; 0 reads none")
    workers: int = Field(default=16, ge=1, le=128, description="feeds fetched at the same time")
    per_host_delay: float = Field(default=1.0, ge=0, le=3600, description="seconds between two requests to one host")
    allow_private: tuple[str, ...] = Field(default=(), description="hosts that may resolve to private addresses")
    proxy: Annotated[str, AfterValidator(sound_proxy)] | None = Field(
        default=None,
        description="proxy for every request, as http://host:port or env:NAME; those of the environment are not used",
    )


class Retention(Part):
    """How long raw text is kept. `wirewatch maintain` removes what is older; findings and their proof always stay."""

    text_days: int | None = Field(
        default=None,
        ge=1,
        le=36500,
        description="days after which the text of an article goes, unless a development rests on it. Left out: never",
    )


class Term(Part):
    """A span of days, both ends included; an end left out is open."""

    since: date | None = Field(default=None, description="first day, as YYYY-MM-DD; left out: always before")
    until: date | None = Field(default=None, description="last day, as YYYY-MM-DD; left out: still")

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until {self.until} lies before since {self.since}")
        return self

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Office(Term):
    """When a person holds the office that `roles` names; roles count only then. The latest term, then earlier ones."""

    earlier_terms: tuple[Term, ...] = ()

    def held_on(self, day: date) -> bool:
        return any(term.covers(day) for term in (self, *self.earlier_terms))


class Entity(Part):
    """An actor and its names. `names` count anywhere, `short` only beside a name or role in the same article."""

    id: Identifier
    name: str = Field(min_length=1, description="as shown to readers")
    kind: Literal["person", "government", "organisation", "place"]
    acts_for: Identifier | None = Field(default=None, description="the government or organisation this one speaks for")
    names: Phrases = Field(description="what it is called, in each language; counts wherever it stands")
    short: Phrases = Field(
        default_factory=dict, description="counts only in an article that has a name or role of the entity too"
    )
    roles: Phrases = Field(default_factory=dict, description="titles; count while the office is held")
    office: Office = Office()
    unlike: Phrases = Field(default_factory=dict, description="longer names that contain one of ours but mean others")

    @model_validator(mode="after")
    def has_a_name(self) -> Self:
        if not any(self.names.values()):
            raise PartError([Problem(("names",), "expected at least one name in one language")])
        return self


class Situation(Part):
    """Something watched that has a state."""

    id: Identifier
    kind: Kind = Field(description="gives the statuses it can have")
    title: str = Field(min_length=1, description="as shown to readers")
    parties: tuple[tuple[Identifier, ...], ...] = Field(
        default=(),
        description="sides; each is a list of entities, any of which stands for it. A mention needs every side",
    )
    names: Phrases = Field(default_factory=dict, description="phrases that name the situation by themselves")
    words: Phrases = Field(default_factory=dict, description="phrases that name it beside its parties")
    never: Phrases = Field(
        default_factory=dict, description="phrases that mean something else; a sentence with one is passed over"
    )
    cues: dict[Language, dict[str, tuple[Phrase, ...]]] = Field(
        default_factory=dict,
        description="status -> phrases, added to those of the language: words, .. for a gap, (a|b), word*, (word)?",
    )
    acts: dict[Language, dict[str, tuple[Phrase, ...]]] = Field(
        default_factory=dict,
        description="status -> verbs that name the event and give it that status in one, beside the parties",
    )

    @model_validator(mode="after")
    def statuses_belong_to_kind(self) -> Self:
        problems = [
            Problem((key, language, status), not_one_of(status, STATUSES[self.kind], f"a status of kind {self.kind}"))
            for key, phrases in (("cues", self.cues), ("acts", self.acts))
            for language, by_status in phrases.items()
            for status in by_status
            if status not in STATUSES[self.kind]
        ]
        if not (self.parties or self.names):
            problems.append(Problem((), "needs parties or names, or nothing could ever mention it"))
        if problems:
            raise PartError(problems)
        return self


class Topic(Part):
    """What is kept: an article that names every entity of at least one of the sets."""

    any_of: tuple[tuple[Identifier, ...], ...] = Field(min_length=1, description="sets of entities")


class Rule(Part):
    """Which developments go to which channels. The first rule that fits decides."""

    situations: tuple[Identifier, ...] = Field(default=(), description="empty: all")
    statuses: tuple[str, ...] = Field(default=(), description="empty: all")
    channels: tuple[Identifier, ...] = Field(description="empty: alert nobody")
    priority: Literal["normal", "urgent"] = Field(default="normal", description="urgent ones pass the quiet hours")
    tier: Tier | None = Field(
        default=None, description="how well it must be supported; with wait: what is waited for. Left out: anyhow"
    )
    wait: Duration | None = Field(
        default=None,
        description="longest wait for the tier (corroborated, if none is given), as 30m or 2h; then it is sent anyhow",
    )

    def awaits(self) -> Tier | None:
        """The tier that an alert of this rule waits for, None when it waits for nothing."""
        return None if self.wait is None else self.tier or "corroborated"

    def longest_wait(self) -> timedelta:
        """What `wait` says; nothing when it says nothing."""
        return timedelta() if self.wait is None else duration(self.wait)

    @model_validator(mode="after")
    def statuses_exist(self) -> Self:
        problems = [
            Problem(("statuses", number), not_one_of(status, ALL_STATUSES, "a status"))
            for number, status in enumerate(self.statuses)
            if status not in ALL_STATUSES
        ]
        if problems:
            raise PartError(problems)
        return self


class QuietHours(Part):
    """When only urgent alerts are sent, by the policy's timezone. What was held comes as one message at the end."""

    start: TimeOfDay = Field(description="as 22:00")
    end: TimeOfDay = Field(description="as 07:00; before the start: on the next day")
    days: tuple[Weekday, ...] = Field(default=(), description="days on which they start; empty: every day")
    channels: tuple[Identifier, ...] = Field(default=(), description="channels that keep them; empty: all")


class Digest(Part):
    """A regular message that says what happened, what did not, and what lies ahead."""

    at: TimeOfDay = Field(description="time of day by the policy's timezone, as 07:30")
    channels: tuple[Identifier, ...] = Field(description="where it goes")
    daily: bool = Field(default=True, description="every day")
    weekly: Weekday | None = Field(default=None, description="day on which the digest of the week comes too")
    lines: int = Field(default=60, ge=10, le=500, description="lines at most; the rest is counted")


class Policy(Part):
    """Who is told of what, when. Rules choose the channels; the rest says when a message waits, and for what."""

    rules: tuple[Rule, ...] = Field(min_length=1)
    health_channels: tuple[Identifier, ...] | None = Field(
        default=None, description="channels told when a feed or channel fails or recovers; left out: all; empty: nobody"
    )
    timezone: Zone = Field(default="UTC", description="the reader's IANA zone")
    group_minutes: int = Field(
        default=0,
        ge=0,
        le=1440,
        description="wait so long for more of the same situation, and tell it in one message; urgent ones do not wait",
    )
    mute_overtaken: bool = Field(
        default=False, description="a plan whose outcome is known before its alert was sent is not sent any more"
    )
    corrections: bool = Field(
        default=False, description="a cancellation, denial or withdrawn report goes to all channels that were told"
    )
    quiet_hours: QuietHours | None = None
    hourly_cap: dict[Identifier, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="channel → alerts within an hour at most; what is over goes to the digest"
    )
    digest: Digest | None = None
    ping_url: Annotated[str, AfterValidator(sound_address)] | None = Field(
        default=None,
        description="requested after each good run, for a service that rings when it stops; env:NAME, or file:/path",
    )


class SeedArticle(Part):
    file: str = Field(description="text file with a small header, relative to the monitor file")


class Monitor(Part):
    """One watched topic: feeds, entities, situations, alert policy, channels."""

    version: Literal[1] = Field(description="of this file format")
    id: Identifier = Field(description="stays with the archive's rows; do not change it later")
    title: str = Field(min_length=1, description="as shown to readers")
    languages: tuple[Language, ...] = Field(min_length=1, description="languages that are read")
    seeds: tuple[SeedArticle, ...] = Field(default=(), description="articles read once, before the first poll")
    polling: Polling = Polling()
    retention: Retention = Retention()
    feeds: tuple[Feed, ...] = Field(min_length=1, description="what is polled")
    official_families: tuple[Identifier, ...] = Field(default=(), description="families whose word confirms")
    entities: tuple[Entity, ...] = Field(min_length=1)
    topic: Topic
    situations: tuple[Situation, ...] = Field(min_length=1)
    adjudicator: Adjudicator | None = Field(
        default=None, description="asked about doubtful sentences; left out: nobody"
    )
    policy: Policy
    channels: tuple[Channel, ...] = Field(min_length=1)
    publish: Publish = Publish()
    browse: Browse = Browse()

    @model_validator(mode="after")
    def references_exist(self) -> Self:
        problems = [*undefined(self), *defined_twice(self), *unread_languages(self)]
        if problems:
            raise PartError(problems)
        return self
