"""The mail channel: SMTP, encrypted unless the monitor file says otherwise.

Delivery is at least once. A repeat carries the same Message-ID, by which many mailboxes drop it, but not all do.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from monitors.alerts.channels.answers import SAID_CHARACTERS, meaning_of_outcome
from monitors.alerts.channels.hiding import hidden
from monitors.alerts.channels.letter import Envelope, Writing, letter
from monitors.alerts.facts import Facts
from monitors.alerts.message import Message, one_line
from monitors.clock import Clock, utc_now
from monitors.errors import ChannelError
from monitors.feeds.connection import open_socket
from monitors.feeds.failure import FetchError
from monitors.feeds.watchdog import Watchdog

PORTS = {"starttls": 587, "tls": 465, "none": 25}

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `seconds` bounds the sending of one mail, from the look-up of its name to the end.

    `login` gives user name and password, and is asked at each send. `trusted`: it may lie at a private address.
    """

    host: str
    port: int
    security: Security
    seconds: float
    login: Callable[[], tuple[str, str]] | None = None
    trusted: bool = False
    ca_file: str | None = None


class Mail:
    """Sends each message as one mail to all recipients."""

    def __init__(
        self,
        channel: str,
        server: Server,
        envelope: Envelope,
        templates: Writing,
        facts: Callable[[Message], Facts],
        clock: Clock = utc_now,
    ) -> None:
        self.channel = channel
        self._server = server
        self._envelope = envelope
        self._templates = templates
        self._facts = facts
        self._clock = clock

    def send(self, key: str, message: Message) -> str | None:
        """Send `message`; which recipients were refused, if only some were. Raises ChannelError."""
        mail = letter(key, message, self._facts(message), self._envelope, self._templates, self._clock())
        host = self._server.host.lower()
        trusted = frozenset({host}) if self._server.trusted else frozenset()
        with Watchdog(self._server.seconds, trusted_hosts=trusted) as guard:
            try:
                return self._hand_over(mail, guard)
            except FetchError as error:
                late = _late(guard) and error.outcome != "refused-address"
                meaning = meaning_of_outcome("deadline" if late else error.outcome)
                raise self._failed(meaning.advice, retry=meaning.verdict == "retry") from None
            except smtplib.SMTPException as error:
                raise self._explained(error, guard) from None
            except (ssl.SSLError, OSError, ValueError) as error:
                raise self._broken(error, guard) from None

    def _hand_over(self, mail: EmailMessage, guard: Watchdog) -> str | None:
        server = self._server
        if server.ca_file and not Path(server.ca_file).is_file():
            raise self._failed(f"ca_file: there is no file {server.ca_file}", retry=True)
        make = _EncryptedConnection if server.security == "tls" else _Connection
        client = make(server, guard)
        try:
            client.connect(server.host, server.port)
            if server.security == "starttls":
                client.starttls(context=tls_context(server.ca_file))
            if server.login is not None:
                client.login(*server.login())
            refused = client.send_message(mail)
        except (smtplib.SMTPException, OSError, ChannelError):
            client.close()
            raise
        _leave(client)
        return _some_refused(refused)

    def _explained(self, error: smtplib.SMTPException, guard: Watchdog) -> ChannelError:
        if isinstance(error, smtplib.SMTPServerDisconnected) or _late(guard):
            return self._broken(error, guard)
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            answers = list(error.recipients.values())
            retry = any(400 <= code < 500 for code, _ in answers)
            return self._failed(f"every recipient was refused: {_heard(*answers[0])}", retry=retry)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            what = "encryption (STARTTLS)" if self._server.security == "starttls" else "what the mail needs"
            return self._failed(f"the mail server does not offer {what}; see to security and port", retry=False)
        if isinstance(error, smtplib.SMTPResponseException):
            retry = not 500 <= error.smtp_code < 600
            doing = "the sign-in" if isinstance(error, smtplib.SMTPAuthenticationError) else "the mail"
            then = "it will be tried again" if retry else "see to it in the monitor file or at the server"
            return self._failed(f"the mail server refused {doing}: {_heard(error.smtp_code, error.smtp_error)}; {then}",
                                retry=retry)  # fmt: skip
        return self._failed(f"the mail server could not be used ({type(error).__name__})", retry=True)

    def _broken(self, error: Exception, guard: Watchdog) -> ChannelError:
        if _late(guard) or isinstance(error, TimeoutError):
            outcome = "deadline"
        elif isinstance(error, ssl.SSLError):
            outcome = "tls-failed"
        elif isinstance(error, smtplib.SMTPServerDisconnected | OSError):
            outcome = "connection-broken"
        else:
            return self._failed(f"the mail cannot be written ({type(error).__name__})", retry=False)
        meaning = meaning_of_outcome(outcome)
        return self._failed(meaning.advice, retry=meaning.verdict == "retry")

    def _failed(self, text: str, *, retry: bool) -> ChannelError:
        return ChannelError(self.channel, text, retry=retry)


class _Connection(smtplib.SMTP):
    """Connects by our own policy of addresses, and hands its socket to the watchdog."""

    def __init__(self, server: Server, guard: Watchdog) -> None:
        self._guard = guard
        self._ca_file = server.ca_file
        super().__init__(timeout=server.seconds, local_hostname=_own_name())
        self._host = server.host  # whom starttls expects in the certificate

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = open_socket(host, port, self._guard)
        sock.settimeout(self._guard.remaining())
        return sock


class _EncryptedConnection(_Connection):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = super()._get_socket(host, port, timeout)
        return tls_context(self._ca_file).wrap_socket(sock, server_hostname=host)


def _late(guard: Watchdog) -> bool:
    """Whether the time is over: the socket's own limit may end a little before the watchdog's."""
    return guard.expired or guard.remaining() < 0.05


def _own_name() -> str:
    """What we say in EHLO. smtplib would ask the name server, with no limit of time."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Whom we trust: the usual certificates, or those in a file. Raises OSError when it cannot be read."""
    return ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)


def _leave(client: smtplib.SMTP) -> None:
    """The server has taken the mail; how the connection ends changes nothing."""
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()


def _some_refused(refused: dict[str, tuple[int, bytes]]) -> str | None:
    if not refused:
        return None
    each = "; ".join(f"{recipient}: {_heard(*answer)}" for recipient, answer in refused.items())
    return f"sent, but not to all: {each}"


def _heard(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"status {code} (“{hidden(one_line(words, SAID_CHARACTERS))}”)"
