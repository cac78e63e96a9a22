"""Asks the adjudicator of a monitor, within the bounds of one pass. What goes wrong is counted, and stops nothing."""

from __future__ import annotations

import logging
import math
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from monitors.alerts.channels.hiding import hide, hide_address
from monitors.definition.adjudicator import Adjudicator
from monitors.definition.model import Monitor
from monitors.definition.secret_references import MissingSecret, is_reference, read_secret
from monitors.definition.secrets import fits_a_header
from monitors.developments.adjudication import Decision, Question
from monitors.developments.questioning import NoVerdict, is_askable, request, verdict
from monitors.feeds.addresses import is_private_by_name
from monitors.feeds.failure import FetchError
from monitors.feeds.post import Poster
from monitors.log import tell

ENDPOINT = "/chat/completions"
MAX_ANSWER = 65536
"""Bytes read of an answer. Models that think aloud need some; a longer one does not count."""
GIVE_UP_AFTER = 2
"""After so many requests in a row that got no answer, nobody is asked until the next pass."""
SHORTEST_WAIT = 0.5
"""Seconds. With less left of a pass's time no question is begun."""


@dataclass(frozen=True, slots=True)
class Adjudged:
    """Questions of a pass: how many were put, how many readings were lowered, what kept the others from an answer.

    `unusable` has (reason, how often); `unasked` counts the questions for which no time or number was left.
    """

    asked: int = 0
    lowered: int = 0
    unusable: tuple[tuple[str, int], ...] = ()
    unasked: int = 0

    def __add__(self, other: Adjudged) -> Adjudged:
        reasons = Counter(dict(self.unusable)) + Counter(dict(other.unusable))
        return Adjudged(
            self.asked + other.asked,
            self.lowered + other.lowered,
            tuple(reasons.most_common()),
            self.unasked + other.unasked,
        )

    def counts(self) -> dict[str, int]:
        """The plain counts, as the archive keeps them with a run; none where nothing was to be asked."""
        if not self.asked + self.unasked:
            return {}
        return {
            "adjudicator_asked": self.asked,
            "adjudicator_lowered": self.lowered,
            "adjudicator_failed": self.failed,
            "adjudicator_unasked": self.unasked,
        }

    @property
    def failed(self) -> int:
        """How many questions got no answer that counts."""
        return sum(number for _, number in self.unusable)


class _NoAnswer(Exception):
    """The server gave no answer at all, or one that is none. The message says why, without anything that it sent."""


@dataclass
class Asking:
    """The questions of one pass. `ask` never raises; the same question is put once."""

    monitor: Monitor
    settings: Adjudicator
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    _adjudged: Adjudged = field(default_factory=Adjudged)
    _put: int = 0
    _seconds: float = 0.0
    _failures: int = 0
    _known: dict[Question, Decision | None] = field(default_factory=dict)

    def ask(self, question: Question) -> Decision | None:
        """The answer, if there is one that counts."""
        if not is_askable(question):
            return None
        if question not in self._known:
            if not self._may_ask():
                self._adjudged += Adjudged(unasked=1)
                return None
            self._known[question] = self._answered(question)
        return self._known[question]

    def count_lowered(self, number: int) -> None:
        """So many readings were lowered."""
        self._adjudged += Adjudged(lowered=number)

    def take_counts(self) -> Adjudged:
        """What was counted since this was last asked for."""
        counted, self._adjudged = self._adjudged, Adjudged()
        return counted

    def _may_ask(self) -> bool:
        return (
            self._put < self.settings.max_questions
            and self._failures < GIVE_UP_AFTER
            and self._left() >= min(SHORTEST_WAIT, self.settings.timeout_seconds, self.settings.max_seconds)
        )

    def _left(self) -> float:
        return self.settings.max_seconds - self._seconds

    def _answered(self, question: Question) -> Decision | None:
        self._put += 1
        self._adjudged += Adjudged(asked=1)
        began = time.monotonic()
        try:
            body = self._body(question, min(self.settings.timeout_seconds, self._left()))
            self._failures = 0
            decision = verdict(question, body)
        except _NoAnswer as error:
            self._failures += 1
            self._unusable(str(error))
        except NoVerdict as error:
            self._unusable(str(error))
        else:
            self._log(decision.choice, {"situation": question.situation, "model": self.settings.model})
            return decision
        finally:
            self._seconds += time.monotonic() - began
        return None

    def _unusable(self, reason: str) -> None:
        self._adjudged += Adjudged(unusable=((reason, 1),))
        self._log(reason, level=logging.WARNING)

    def _log(self, said: str, facts: Mapping[str, str] | None = None, *, level: int = logging.INFO) -> None:
        tell(f"adjudicator: {said}", {"monitor": self.monitor.id, **(facts or {})}, level=level)

    def _body(self, question: Question, seconds: float) -> bytes:
        """What the server answers. Raises _NoAnswer."""
        address = self._secret(self.settings.url)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.settings.key is not None:
            key = self._secret(self.settings.key)
            if not fits_a_header(key):
                raise _NoAnswer(f"{self.settings.key} holds what cannot be sent in a header")
            headers["Authorization"] = f"Bearer {key}"
        body = request(question, self._secret(self.settings.model), secrets.token_hex(8))
        began = time.monotonic()
        try:
            answer = self._poster(seconds).post(address.rstrip("/") + ENDPOINT, body, headers)
        except FetchError as error:
            raise _NoAnswer(_IN_WORDS.get(error.outcome, error.outcome)) from None
        if answer.status != 200:
            raise _NoAnswer(f"status {answer.status}")
        if time.monotonic() - began >= seconds:  # the status came in time, and the rest was cut off
            raise _NoAnswer(_IN_WORDS["deadline"])
        if len(answer.body) >= MAX_ANSWER:
            raise _NoAnswer(f"an answer of {MAX_ANSWER} bytes or more")
        return answer.body

    def _poster(self, seconds: float) -> Poster:
        polling = self.monitor.polling
        proxy = polling.proxy
        return Poster(
            seconds=seconds,
            trusted_hosts=frozenset(host.strip("[]").rstrip(".").lower() for host in polling.allow_private),
            any_host=self.settings.allow_private,
            proxy=None if proxy is None else lambda: self._secret(proxy),
            max_answer=MAX_ANSWER,
        )

    def _secret(self, value: str) -> str:
        try:
            found = read_secret(value, self.environment)
        except MissingSecret as error:
            raise _NoAnswer(str(error)) from None
        if not is_reference(value):
            return found
        return hide_address(found) if "://" in found else hide(found)


_IN_WORDS = {
    "deadline": "no answer in time",
    "refused-address": "its address is not public; adjudicator.allow_private allows it",
    "unreachable": "cannot be reached",
}


def asking(monitor: Monitor, *, unbounded: bool = False) -> Asking | None:
    """The questions of a pass that begins; None where the monitor names no adjudicator.

    `unbounded`: as many questions as there are, each with its own seconds alone, where no alert waits.
    """
    settings = monitor.adjudicator
    if settings is not None and unbounded:
        settings = settings.model_copy(update={"max_questions": sys.maxsize, "max_seconds": math.inf})
    return None if settings is None else Asking(monitor, settings)


def faults(monitor: Monitor, environment: Mapping[str, str]) -> Iterator[str]:
    """What will keep the adjudicator from answering, or should not be, as lines for a person."""
    settings = monitor.adjudicator
    if settings is None:
        return
    for value in filter(is_reference, (settings.url, settings.model, settings.key or "")):
        try:
            read_secret(value, environment)
        except MissingSecret as error:
            yield f"adjudicator: {error}; the rules will stand alone"
    try:
        parts = urlsplit(read_secret(settings.url, environment))
    except MissingSecret:
        return
    except ValueError:
        yield "adjudicator: url cannot be read; expected one such as http://127.0.0.1:8080/v1"
        return
    host = parts.hostname or ""
    if parts.path.rstrip("/").endswith(ENDPOINT):
        yield f"adjudicator: url is the base address, without {ENDPOINT}, which is added"
    private = is_private_by_name(host)
    if private and not settings.allow_private and host not in monitor.polling.allow_private:
        yield "adjudicator: its address is not public, and will be refused; allow_private: true allows it"
    if parts.scheme == "http" and settings.key is not None and not private:
        yield "adjudicator: the key would be sent for all on the way to read; give an https address"


def described(settings: Adjudicator) -> str:
    """The settings for a person, without an address that is a secret."""
    host = settings.url
    if not is_reference(settings.url):
        try:
            host = urlsplit(settings.url).hostname or "no host"
        except ValueError:
            host = "an address that cannot be read"
    bounds = f"at most {settings.max_questions} questions and {settings.max_seconds:g} s in a pass"
    return f"{settings.model} at {host}, {bounds}"
