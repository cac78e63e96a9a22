"""What the channels over HTTP share: posting, and what the answer means for the delivery."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from monitors.alerts.channels.answers import (
    Meaning,
    asked_to_wait,
    meaning_of_outcome,
    meaning_of_status,
    refused_in_body,
    said,
)
from monitors.alerts.channels.hiding import hidden
from monitors.alerts.facts import Facts
from monitors.alerts.message import Message
from monitors.clock import Clock, utc_now
from monitors.errors import ChannelError
from monitors.feeds.failure import FetchError
from monitors.feeds.post import Poster

JSON = "application/json; charset=utf-8"


class Receiver:
    """Posts for one channel."""

    def __init__(self, channel: str, poster: Poster, clock: Clock = utc_now) -> None:
        self.channel = channel
        self.clock = clock
        self._poster = poster

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post JSON. Raises ChannelError unless the receiver took it; no text of it holds the address."""
        try:
            answer = self._poster.post(url, body, {"Content-Type": JSON, **headers})
        except FetchError as error:
            raise self._failed(meaning_of_outcome(error.outcome)) from None
        meaning = meaning_of_status(answer.status)
        if meaning.verdict == "sent" and refused_in_body(answer.body):
            meaning = Meaning("never", "the receiver says in its answer that it did not take the message")
        if meaning.verdict == "sent":
            return
        wait = asked_to_wait(answer.headers, answer.body, self.clock()) if meaning.verdict == "retry" else None
        words = hidden(said(answer.body))
        heard = f"status {answer.status}" + (f" (“{words}”)" if words else "")
        raise self._failed(meaning, f"{heard}: ", wait)

    def _failed(self, meaning: Meaning, heard: str = "", wait: float | None = None) -> ChannelError:
        text = f"{heard}{meaning.advice}"
        return ChannelError(self.channel, text, retry=meaning.verdict == "retry", retry_after=wait)


@dataclass(frozen=True, slots=True)
class Request:
    """What one message is for a receiver."""

    url: str = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Chat:
    """A service that takes a message as one request, made by `request` at each send so that a new secret counts."""

    def __init__(
        self, receiver: Receiver, facts: Callable[[Message], Facts], request: Callable[[Facts], Request]
    ) -> None:
        self.channel = receiver.channel
        self._receiver = receiver
        self._facts = facts
        self._request = request

    def send(self, key: str, message: Message) -> None:
        """Post `message`. Raises ChannelError."""
        request = self._request(self._facts(message))
        self._receiver.post(request.url, as_json(request.content), request.headers)


def as_json(content: Mapping[str, Any]) -> bytes:
    """`content` as JSON in UTF-8, the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
