"""An alert as a mail message: headers that no text can break, a text part and an HTML part. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from monitors.alerts.channels.escaping import WORD_JOINER, for_html
from monitors.alerts.facts import Facts
from monitors.alerts.message import AlertMessage, BulletinMessage, Message, one_line
from monitors.alerts.rendering import Templates

HTML_BYTES = 100_000
"""Gmail cuts what is longer."""

TEXT_CHARACTERS = 100_000
SUBJECT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom. `unsubscribe` is a mailto: or http(s) address, or None for a mail to the sender."""

    sender: Address
    to: Sequence[Address]
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """The templates of both parts, each with the escaping of its format."""

    plain: Templates
    html: Templates


def writing(folder: Path | None = None) -> Writing:
    """The templates of mail; those in `folder` go before the shipped ones."""
    return Writing(Templates(str, folder=folder), Templates(for_html, for_html, folder))


def letter(
    key: str, message: Message, facts: Facts, envelope: Envelope, templates: Writing, now: datetime
) -> EmailMessage:
    """The mail that tells `message`. `key` is the delivery's: the Message-ID follows from it, so a repeat has the same.

    Mails of one situation form a thread: they all refer to one Message-ID that stands for the situation and was never
    sent, as some trackers do; a correction answers the mail it corrects, too.
    """
    mail = EmailMessage(policy=SMTP)
    domain = envelope.sender.domain
    mail["From"] = envelope.sender
    mail["To"] = list(envelope.to)
    mail["Subject"] = subject(facts.headline)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(key, domain)
    references = _references(message, domain)
    if references:
        mail["In-Reply-To"] = references[-1]
        mail["References"] = " ".join(references)
    mail["List-Id"] = f"<{_label(message.monitor)}.wirewatch.{domain}>"
    unsubscribe = envelope.unsubscribe or f"mailto:{envelope.sender.addr_spec}?subject=unsubscribe"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    if unsubscribe.startswith("https:"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if facts.urgent:
        mail["Importance"] = "high"
    mail.set_content(templates.plain.fitting("email.txt", facts, TEXT_CHARACTERS), cte="quoted-printable")
    html = templates.html.fitting("email.html", facts, HTML_BYTES, _bytes)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def subject(text: str) -> str:
    """`text` for a header.

    The email package decodes what looks like an encoded word (RFC 2047) in a value it is given, and a line break
    that was encoded in it then starts a header of its own. An invisible sign keeps it from looking like one.
    """
    return one_line(text, SUBJECT_CHARACTERS).replace("=?", f"={WORD_JOINER}?")


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the delivery with this key."""
    return f"<{_digest(key)}@{domain}>"


def _references(message: Message, domain: str) -> list[str]:
    """From the oldest to the nearest. Health of feeds forms no threads."""
    if not isinstance(message, AlertMessage | BulletinMessage) or not message.situation:
        return []
    root = f"<{_digest(f'situation {message.monitor} {message.situation}')}@{domain}>"
    answered = message.answers if isinstance(message, BulletinMessage) else ""
    return [root, message_id(answered, domain)] if answered else [root]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _label(monitor: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in monitor) or "monitor"


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
