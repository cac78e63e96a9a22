"""The channels of a monitor file: where alerts go."""

from __future__ import annotations

import re
from email.headerregistry import Address
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitors.definition.part import Identifier, Part
from monitors.definition.secret_references import sound_address, sound_reference

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_NAMED_MAILBOX = re.compile(r"(?P<name>[^<>\"\\\x00-\x1f\x7f-\x9f]{0,100}?)\s*<(?P<box>[^<>]*)>")


def mailbox(text: str) -> Address:
    """The address in `you@example.org` or `Name <you@example.org>`. Raises ValueError for anything else."""
    named = _NAMED_MAILBOX.fullmatch(text)
    name, box = (named["name"], named["box"]) if named else ("", text)
    if not _MAILBOX.fullmatch(box) or not name.isprintable() or "=?" in text:
        raise ValueError("expected you@example.org or Name <you@example.org>")
    return Address(display_name=name, addr_spec=box)


def _sound_mailbox(text: str) -> str:
    mailbox(text)
    return text


def _sound_unsubscribe(text: str) -> str:
    if not re.fullmatch(r"(?:mailto:|https?://)[!-;=?-~]{3,500}", text) or "=?" in text:
        raise ValueError("expected mailto:… or https://…")
    return text


def _without_breaks(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a control character")
    return text


Secret = Annotated[str, AfterValidator(sound_reference)]
WebAddress = Annotated[str, AfterValidator(sound_address)]
Mailbox = Annotated[str, AfterValidator(_sound_mailbox)]
Words = Annotated[str, AfterValidator(_without_breaks), Field(min_length=1, max_length=255)]


class TerminalChannel(Part):
    """Lines on the standard output of whoever runs the pass."""

    id: Identifier
    type: Literal["terminal"]

    def target(self) -> str:
        """Where it leads, as the key of a delivery names it: no secret, and the same while its readers are."""
        return self.type


class FileChannel(Part):
    """One JSON object a line."""

    id: Identifier
    type: Literal["file"]
    path: str = Field(description="JSON Lines file; a relative path lies beside the archive")

    def target(self) -> str:
        """Where it leads."""
        return self.path


class SendingChannel(Part):
    """What channels over the network have in common."""

    id: Identifier
    templates: str | None = Field(
        default=None, description="folder beside the monitor file whose templates replace the shipped ones"
    )
    allow_private: bool = Field(default=False, description="its host may lie at a private address or this machine")
    timeout: float = Field(default=15.0, gt=0, le=30, description="seconds for one message")


class EmailChannel(SendingChannel):
    """Mail by SMTP."""

    type: Literal["email"]
    host: Words = Field(description="mail server")
    port: int | None = Field(default=None, ge=1, le=65535, description="left out: 587, for tls 465, for none 25")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the connection is encrypted; starttls never goes on without"
    )
    username: Words | None = Field(default=None, description="may be env:NAME or file:/path")
    password: Secret | None = Field(default=None, description="env:NAME or file:/path")
    sender: Mailbox = Field(description="as you@example.org or Name <you@example.org>")
    to: tuple[Mailbox, ...] = Field(min_length=1, max_length=50, description="who gets it; each sees the others")
    unsubscribe: Annotated[str, AfterValidator(_sound_unsubscribe)] | None = Field(
        default=None, description="for List-Unsubscribe, mailto: or https:; left out: a mail to the sender"
    )
    ca_file: str | None = Field(default=None, description="certificates to trust instead of the usual ones (PEM)")

    def target(self) -> str:
        """Where it leads."""
        return ",".join(mailbox(one).addr_spec.lower() for one in self.to)


class WebhookChannel(SendingChannel):
    """Signed JSON for a program, after Standard Webhooks."""

    type: Literal["webhook"]
    url: WebAddress = Field(description="where it is posted; may be env:NAME or file:/path")
    secrets: tuple[Secret, ...] = Field(
        min_length=1, max_length=5, description="signing secrets, whsec_… each; two while one replaces the other"
    )

    def target(self) -> str:
        """Where it leads: the name of its address, which may hold a token."""
        return self.type


class SlackChannel(SendingChannel):
    """An incoming webhook of Slack."""

    type: Literal["slack"]
    url: Secret = Field(description="the webhook's address, as env:NAME or file:/path")

    def target(self) -> str:
        """Where it leads."""
        return self.type


class DiscordChannel(SendingChannel):
    """A webhook of Discord."""

    type: Literal["discord"]
    url: Secret = Field(description="the webhook's address, as env:NAME or file:/path")

    def target(self) -> str:
        """Where it leads."""
        return self.type


class TelegramChannel(SendingChannel):
    """A bot of Telegram."""

    type: Literal["telegram"]
    token: Secret = Field(description="of the bot, as env:NAME or file:/path")
    chat: Words = Field(description="number of the chat, @name of a channel, env:NAME or file:/path")
    api: WebAddress = Field(default="https://api.telegram.org", description="address of the Bot API")

    def target(self) -> str:
        """Where it leads."""
        return f"{self.type}:{self.chat}"


class NtfyChannel(SendingChannel):
    """A topic of ntfy."""

    type: Literal["ntfy"]
    server: WebAddress = Field(default="https://ntfy.sh", description="its address; may be env:NAME or file:/path")
    topic: Words = Field(description="its name; env:NAME or file:/path where it serves as a password")
    token: Secret | None = Field(default=None, description="access token, as env:NAME or file:/path")

    def target(self) -> str:
        """Where it leads."""
        return f"{self.type}:{self.topic}"


class AppriseChannel(SendingChannel):
    """Any service that Apprise knows. `allow_private` means nothing here: Apprise connects by itself."""

    type: Literal["apprise"]
    url: Secret = Field(description="Apprise's address of the service, as env:NAME or file:/path")

    def target(self) -> str:
        """Where it leads."""
        return self.type


ChatChannel = SlackChannel | DiscordChannel | TelegramChannel | NtfyChannel
"""Channels that take a message as one request."""

Channel = Annotated[
    TerminalChannel
    | FileChannel
    | EmailChannel
    | WebhookChannel
    | SlackChannel
    | DiscordChannel
    | TelegramChannel
    | NtfyChannel
    | AppriseChannel,
    Field(discriminator="type"),
]


def references(channel: Part) -> list[str]:
    """Every text of a channel, as any may say where a secret lies."""
    values: list[str] = []
    for key in type(channel).model_fields:
        value = getattr(channel, key)
        values += value if isinstance(value, tuple) else [value] if isinstance(value, str) else []
    return values
