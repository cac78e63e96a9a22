"""A mail server on the loopback: answers by script and keeps what it was sent.

As a program it prints its port and runs until its standard input ends: `python mail_sink.py`.
"""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class MailSink:
    """`rcpt` answers for single recipients, `data` for the mail as a whole; `drop` ends the connection after DATA."""

    rcpt: Mapping[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    drop: bool = False
    password: str = ""
    mails: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def recipient(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def mail(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data.startswith("2"):
            self.mails.append(envelope.original_content)
            self.recipients.append(list(envelope.rcpt_tos))
        if self.drop:
            server.transport.close()
        return self.data

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == self.password, handled=False)


# The names by which aiosmtpd looks for them.
for _name, _method in (("handle_RCPT", MailSink.recipient), ("handle_DATA", MailSink.mail)):
    setattr(MailSink, _name, _method)


@contextmanager
def mail_sink(sink: MailSink | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[MailSink]:
    sink = sink or MailSink()
    wants_login = bool(sink.password)
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        authenticator=sink.authenticate if wants_login else None,
        auth_required=wants_login,
        auth_require_tls=tls is not None,
    )
    controller.port = _free_port()
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    with mail_sink() as running:
        print(running.port, flush=True)
        sys.stdin.read()
        print(len(running.mails), flush=True)
