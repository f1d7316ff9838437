# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PyPI package aiosmtpd as a relay on loopback: it puts off, and refuses late, as a test says."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.relays.authority import Authority, Identity

USERNAME = "ada@example.org"
PASSWORD = "correct horse"
SIZE = 100_000
"""Bytes that a mail may have."""

_ACCEPTED = "250 2.0.0 Ok"
_PATIENCE = 10.0


@dataclass
class Policy:
    """What the relay says, and what it has taken.

    ``at_data`` maps a sender's domain to the reply to the end of DATA, ``put_off`` a recipient to the
    number of times that it is still to be answered with 451. ``anonymous`` says whether it takes mail
    without a login.
    """

    at_data: dict[str, str] = field(default_factory=dict)
    put_off: dict[str, int] = field(default_factory=dict)
    messages: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)
    anonymous: bool = False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not (session.authenticated or self.anonymous):
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return _ACCEPTED

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.put_off.get(address, 0) > 0:
            self.put_off[address] -= 1
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return _ACCEPTED

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        domain = (envelope.mail_from or "").rpartition("@")[2]
        if domain in self.at_data:
            return self.at_data[domain]
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        self.messages.append((list(envelope.rcpt_tos), message))
        return _ACCEPTED

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Log in (aiosmtpd calls this)."""
        assert isinstance(data, LoginPassword)
        given = (data.login.decode("utf-8"), data.password.decode("utf-8"))
        self.logins.append(given == (USERNAME, PASSWORD))
        # The server sends the refusal.
        return AuthResult(success=self.logins[-1], handled=False)


@dataclass(frozen=True)
class AiosmtpdRelay:
    """A running relay: a port for STARTTLS and one for implicit TLS."""

    starttls: int
    tls: int
    ca_pem: str
    policy: Policy


@contextmanager
def aiosmtpd_relay(policy: Policy) -> Iterator[AiosmtpdRelay]:
    """Run the relay; it ends with the block."""
    authority = Authority()
    context = _context(authority.issue(["127.0.0.1"]))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def serve(*, implicit: bool) -> asyncio.Server:
        def connected() -> SMTP:
            return SMTP(
                policy,
                hostname="aiosmtpd.example.org",
                data_size_limit=SIZE,
                enable_SMTPUTF8=True,
                tls_context=None if implicit else context,
                require_starttls=not implicit,
                # It does not notice that it was given a connection with TLS.
                auth_require_tls=not implicit,
                authenticator=policy.authenticate,
                loop=loop,
            )

        return await loop.create_server(
            connected, host="127.0.0.1", port=0, ssl=context if implicit else None
        )

    servers = [
        asyncio.run_coroutine_threadsafe(serve(implicit=implicit), loop).result(_PATIENCE)
        for implicit in (False, True)
    ]
    starttls, tls = (server.sockets[0].getsockname()[1] for server in servers)
    try:
        yield AiosmtpdRelay(starttls, tls, authority.certificate, policy)
    finally:
        asyncio.run_coroutine_threadsafe(_close(servers), loop).result(_PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)
        loop.close()


async def _close(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    own = asyncio.current_task()
    for task in asyncio.all_tasks():
        if task is not own:
            task.cancel()


def _context(identity: Identity) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as chain:
        chain.write(identity.certificate + identity.key)
        chain.flush()
        context.load_cert_chain(chain.name)
    return context
