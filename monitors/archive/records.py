"""What the archive keeps, as frozen values. The rooms above build them, the modules beside this one store them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedState:
    """What must be remembered of a feed between polls."""

    monitor: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_polled: datetime | None = None
    last_good: datetime | None = None
    next_poll: datetime | None = None
    failure_score: float = 0.0
    baseline_done: bool = False
    """True once a poll has been stored; before that, entries are a baseline and alert nobody."""
    moved_to: str | None = None
    """Where the feed is read since its redirects were believed; `url` stays what the monitor file names."""
    guids_distrusted: str = ""
    """Why the feed's guids are no keys; empty while they behave."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt at one feed."""

    monitor: str
    feed_url: str
    started: datetime
    outcome: str
    http_status: int | None = None
    bytes: int = 0
    seconds: float = 0.0
    entries_seen: int = 0
    entries_new: int = 0
    entries_revised: int = 0
    entries_known: int = 0
    detail: str = ""
    possible_gap: bool = False
    """It shared no entry with the poll before it, so that some may have come and gone in between."""


@dataclass(frozen=True, slots=True)
class Article:
    """One text at one canonical URL. `id` is 0 until stored."""

    monitor: str
    url: str
    canonical_url: str
    title: str
    text: str
    language: str
    publisher: str
    family: str
    published: datetime
    discovered: datetime
    date_confidence: str = "stated"
    feed_url: str | None = None
    official: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence that says something of a situation.

    `field` is "title" or "text"; `start` and `end` are character offsets of the sentence in it. `status` is a status of
    the situation's kind, or "background" (history, hypothesis, question, opinion), which is never news. `event_date`
    keeps its granularity: `2018-06-12`, `2018-06`, `2018`, or `2018-06-12/2018-06-14`. `cue` says why, for a reader.
    """

    situation: str
    status: str
    factuality: str
    sentence: str
    field: str
    start: int
    end: int
    event_date: str | None = None
    place: str | None = None
    attribution: str | None = None
    official: bool = False
    cue: str = ""
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span of an article that supports a development."""

    article_id: int
    sentence: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Development:
    """A change in a situation that was not known before. `id` is 0 until stored."""

    monitor: str
    situation: str
    status: str
    previous_status: str | None
    article_id: int
    published: datetime
    raised: datetime
    novelty: str
    reason: str
    event_date: str | None = None
    place: str | None = None
    tier: str = "reported"
    families: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    baseline: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What the polls of a feed say of it. The verdict is one of `feeds.health.VERDICTS`, the rest is what it rests on.

    `active` are the times, in minutes since 1970 and oldest first, at which the feed brought or dated something, the
    latest of each hour. `content` is "", "empty" or "undated": what is wrong with the document itself.
    """

    monitor: str
    feed_url: str
    verdict: str = "healthy"
    since: datetime | None = None
    detail: str = ""
    told: bool = False
    """People were told that it is ill, and not yet that it recovered."""
    good: int = 0
    """Good polls, counted up to those that a verdict needs."""
    failed: int = 0
    """Failed polls in a row, up to now."""
    failed_since: datetime | None = None
    content: str = ""
    content_polls: int = 0
    """Good polls in a row that found `content`."""
    content_since: datetime | None = None
    had_entries: bool = False
    active: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """The decision to tell people of something, or not to, with its reason. `id` is 0 until stored.

    `kind` is "development", with a `development_id`, or "health" without one: then `subject` is the feed's URL, or
    "network" for the whole monitor.
    """

    monitor: str
    development_id: int | None
    decided: datetime
    decision: str
    reason: str
    priority: str = "normal"
    kind: str = "development"
    subject: str = ""
    tier: str = ""
    """How well the development was supported when this was decided."""
    awaits: str = ""
    """The tier that it waits for, until `wait_until`; empty: none."""
    wait_until: datetime | None = None
    corrects: int | None = None
    """The development that a correction takes back."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way through one channel. `payload` is JSON, frozen once it may be sent.

    `state` is pending, sent or dead; or held, while the policy keeps it back; or muted, when it will not be sent, or
    merged, when the message of another delivery tells it. `detail` says why.
    """

    alert_id: int
    channel: str
    key: str
    payload: str
    state: str = "pending"
    attempts: int = 0
    not_before: datetime | None = None
    detail: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is told of `subject` until `ends`: a situation, a feed's address, "network" or "all".

    `ended` is set when somebody ended it before its time. `id` is 0 until stored.
    """

    monitor: str
    subject: str
    author: str
    comment: str
    created: datetime
    ends: datetime
    ended: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person says of a development: `verdict` is one of `marks.VERDICTS`.

    `merged_into` names the development that a merged one belongs to. `id` is 0 until stored.
    """

    development_id: int
    verdict: str
    author: str
    comment: str
    created: datetime
    merged_into: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One pass of a flow, with its counts. `id` is 0 until stored."""

    monitor: str
    started: datetime
    finished: datetime | None = None
    outcome: str = "running"
    counts: dict[str, int] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier title and text of an article; `replaced` is when we saw the new one."""

    article_id: int
    title: str
    text: str
    replaced: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that a search found. `copies` counts the other hits of its copy group that are folded into it;
    `update_of` is the earlier article of its publisher that it tells again with something changed or added.
    """

    article_id: int
    title: str
    publisher: str
    language: str
    url: str
    published: datetime
    discovered: datetime
    snippet: str
    copies: int = 0
    update_of: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """Sampled shingles of a text as the archive keeps them; `length` is the number of shingles before sampling."""

    version: int
    length: int
    head: tuple[int, ...]
    body: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be a copy of another."""

    article_id: int
    family: str
    published: datetime
    signature: SignatureRow


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two articles whose texts overlap. `share` is how much of the first is in the other (0 to 1), `other_share` how
    much of the other is in the first. `by_title`: one of them has no text, their headlines are the same.
    """

    article_id: int
    other_id: int
    share: float
    other_share: float
    by_title: bool = False
