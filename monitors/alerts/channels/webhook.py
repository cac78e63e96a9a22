"""The webhook channel: signed JSON, after Standard Webhooks (https://www.standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from monitors.alerts.channels.http import Receiver, as_json
from monitors.alerts.message import AlertMessage, BulletinMessage, HealthMessage, Message, to_object
from monitors.clock import iso
from monitors.errors import ChannelError

PREFIX = "whsec_"
LEAST, MOST = 24, 64
"""Bytes of a signing secret."""


class Webhook:
    """Posts each message as JSON. `address` and `secrets` are asked for at each send, so that a new secret counts."""

    def __init__(self, receiver: Receiver, address: Callable[[], str], secrets: Callable[[], Sequence[str]]) -> None:
        self.channel = receiver.channel
        self._receiver = receiver
        self._address = address
        self._secrets = secrets

    def send(self, key: str, message: Message) -> None:
        """Post `message`. `webhook-id` is the delivery's key: by it a receiver drops repeats. Raises ChannelError."""
        try:
            keys = [signing_key(secret) for secret in self._secrets()]
        except ValueError as error:
            raise ChannelError(self.channel, f"a signing secret {error}", retry=False) from None
        body = as_json(content(message))
        moment = int(self._receiver.clock().timestamp())
        signatures = " ".join(f"v1,{signature(one, key, moment, body)}" for one in keys)
        headers = {"webhook-id": key, "webhook-timestamp": str(moment), "webhook-signature": signatures}
        self._receiver.post(self._address(), body, headers)


def content(message: Message) -> dict[str, object]:
    """The body: `type`, `timestamp` (of what it tells, if that has one) and `data`, as the file channel writes it."""
    data = to_object(message)
    found: dict[str, object] = {"type": f"alert.{data['kind']}", "data": data}
    if isinstance(message, BulletinMessage) and message.event == "test":
        found["type"] = "alert.test"
    if isinstance(message, AlertMessage):
        found["timestamp"] = iso(message.published)
    elif isinstance(message, HealthMessage):
        found["timestamp"] = iso(message.until or message.since)
    return found


def signing_key(secret: str) -> bytes:
    """The bytes that a secret whsec_… stands for. Raises ValueError, which says how it should look."""
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        found = b""
    if not LEAST <= len(found) <= MOST:
        raise ValueError(f"is not {PREFIX} and the Base64 of {LEAST} to {MOST} bytes")
    return found


def signature(secret: bytes, message_id: str, moment: int, body: bytes) -> str:
    """The Base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = hmac.new(secret, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    return base64.b64encode(signed.digest()).decode("ascii")
