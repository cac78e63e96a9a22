"""The channels of a monitor, ready to send."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from monitors.alerts.channels import discord, ntfy, slack, telegram
from monitors.alerts.channels.escaping import for_discord, for_html, for_telegram
from monitors.alerts.channels.file import JsonLinesFile
from monitors.alerts.channels.hiding import hide, hide_address
from monitors.alerts.channels.http import Chat, Receiver, Request
from monitors.alerts.channels.letter import Envelope, writing
from monitors.alerts.channels.mail import PORTS, Mail, Server
from monitors.alerts.channels.terminal import Terminal
from monitors.alerts.channels.through_apprise import ThroughApprise
from monitors.alerts.channels.webhook import Webhook
from monitors.alerts.facts import Facts, facts_of
from monitors.alerts.message import Message
from monitors.alerts.rendering import Templates
from monitors.clock import Clock, utc_now
from monitors.definition import channels as defined
from monitors.definition.model import Monitor
from monitors.definition.secret_references import MissingSecret, is_reference, read_secret
from monitors.errors import ChannelError
from monitors.feeds.post import Poster


class Channel(Protocol):
    """Takes one message at a time. A channel does not retry by itself: the outbox does."""

    def send(self, key: str, message: Message) -> str | None:
        """Send `message`; `key` stays the same over retries. What is worth keeping of it, or None.

        Raises ChannelError.
        """


def open_channels(
    monitor: Monitor,
    archive_path: Path | str,
    stream: TextIO,
    *,
    clock: Clock = utc_now,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Channel]:
    """Every channel of `monitor` by its id. Terminal channels write to `stream`.

    A relative path of a file channel lies in the folder of the archive (in the working folder for ":memory:"). Nothing
    is connected and no secret is read before the first message.
    """
    opening = _Opening(
        monitor=monitor,
        folder=Path(archive_path).parent,
        stream=stream,
        clock=clock,
        environment=os.environ if environment is None else environment,
    )
    return {channel.id: opening.open(channel) for channel in monitor.channels}


@dataclass(frozen=True, slots=True)
class _Opening:
    monitor: Monitor
    folder: Path
    stream: TextIO
    clock: Clock
    environment: Mapping[str, str] = field(repr=False)

    def open(self, channel: defined.Channel) -> Channel:
        match channel:
            case defined.TerminalChannel():
                return Terminal(channel.id, self.stream, self._zone)
            case defined.FileChannel():
                return JsonLinesFile(channel.id, self.folder / channel.path)
            case defined.EmailChannel():
                return self._mail(channel)
            case defined.WebhookChannel():
                return Webhook(
                    self._receiver(channel),
                    self._secret(channel, channel.url, hide_address),
                    lambda: [self._secret(channel, one)() for one in channel.secrets],
                )
            case defined.AppriseChannel():
                address = self._secret(channel, channel.url, hide_address)
                return ThroughApprise(channel.id, address, Templates(str, folder=_templates(channel)), self._facts)
            case _:
                return Chat(self._receiver(channel), self._facts, self._request(channel))

    def _request(self, channel: defined.ChatChannel) -> Callable[[Facts], Request]:
        folder = _templates(channel)
        match channel:
            case defined.SlackChannel():
                address, own = self._secret(channel, channel.url, hide_address), Templates(str, folder=folder)
                return lambda facts: Request(address(), slack.content(own, facts))
            case defined.DiscordChannel():
                address, own = self._secret(channel, channel.url, hide_address), Templates(for_discord, folder=folder)
                return lambda facts: Request(address(), discord.content(own, facts))
            case defined.TelegramChannel():
                return self._telegram(channel, Templates(for_telegram, for_html, folder))
            case defined.NtfyChannel():
                return self._ntfy(channel, Templates(str, folder=folder))

    def _telegram(self, channel: defined.TelegramChannel, own: Templates) -> Callable[[Facts], Request]:
        api = self._secret(channel, channel.api, hide_address)
        token, chat = self._secret(channel, channel.token), self._secret(channel, channel.chat)

        def request(facts: Facts) -> Request:
            address = f"{api().rstrip('/')}/bot{token()}/sendMessage"
            return Request(address, {"chat_id": chat(), **telegram.content(own, facts)})

        return request

    def _ntfy(self, channel: defined.NtfyChannel, own: Templates) -> Callable[[Facts], Request]:
        server, topic = self._secret(channel, channel.server, hide_address), self._secret(channel, channel.topic)
        token = None if channel.token is None else self._secret(channel, channel.token)

        def request(facts: Facts) -> Request:
            headers = {} if token is None else {"Authorization": f"Bearer {token()}"}
            return Request(server(), {"topic": topic(), **ntfy.content(own, facts)}, headers)

        return request

    def _mail(self, channel: defined.EmailChannel) -> Mail:
        username, password = channel.username, channel.password
        login: Callable[[], tuple[str, str]] | None = None
        if username is not None and password is not None:
            name, word = self._secret(channel, username), self._secret(channel, password)
            login = _both(name, word)
        server = Server(
            host=channel.host,
            port=channel.port or PORTS[channel.security],
            security=channel.security,
            seconds=channel.timeout,
            login=login,
            trusted=self._trusts(channel, channel.host),
            ca_file=channel.ca_file,
        )
        envelope = Envelope(
            defined.mailbox(channel.sender), [defined.mailbox(one) for one in channel.to], channel.unsubscribe
        )
        return Mail(channel.id, server, envelope, writing(_templates(channel)), self._facts, self.clock)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.monitor.policy.timezone)

    def _facts(self, message: Message) -> Facts:
        return facts_of(message, self._zone)

    def _trusts(self, channel: defined.SendingChannel, host: str) -> bool:
        return channel.allow_private or host.lower() in {one.lower() for one in self.monitor.polling.allow_private}

    def _receiver(self, channel: defined.SendingChannel) -> Receiver:
        polling = self.monitor.polling
        proxy = polling.proxy
        poster = Poster(
            seconds=channel.timeout,
            trusted_hosts=frozenset(host.strip("[]").rstrip(".").lower() for host in polling.allow_private),
            any_host=channel.allow_private,
            proxy=None if proxy is None else self._secret(channel, proxy, hide_address),
        )
        return Receiver(channel.id, poster, self.clock)

    def _secret(
        self, channel: defined.SendingChannel, value: str, keep_out: Callable[[str], str] = hide
    ) -> Callable[[], str]:
        """What `value` stands for, read anew at each call, so that a new secret counts at once; kept out of logs."""

        def read() -> str:
            try:
                found = read_secret(value, self.environment)
            except MissingSecret as error:
                raise ChannelError(channel.id, f"{error}; it will be tried again", retry=True) from None
            return keep_out(found) if is_reference(value) else found

        return read


def _templates(channel: defined.SendingChannel) -> Path | None:
    return None if channel.templates is None else Path(channel.templates)


def _both(first: Callable[[], str], second: Callable[[], str]) -> Callable[[], tuple[str, str]]:
    return lambda: (first(), second())
