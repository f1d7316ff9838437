# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against bare smtplib, in one process: connect, STARTTLS, AUTH, MAIL, RCPT, QUIT.

`python -m tests.bench.probe` measures with aiosmtpd in a process of its own.
"""

from __future__ import annotations

import logging
import multiprocessing
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from aiosmtpd.smtp import SMTP, Envelope, Session

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from tests.bench.pairs import Pairs, Way, measure, spread
from tests.relays import aiosmtpd_relay

ROUNDS = 9
DIALOGUES = 40
"""In one round: a single one takes milliseconds."""

SENDER = "bench@example.org"
RECIPIENT = "ada@example.org"
NAME = "bench.example.org"
TIMEOUT = 10.0


class ProbeBenchError(Exception):
    """A dialogue did not do what was to be measured; the text is its report."""


@dataclass(frozen=True)
class Target:
    """A relay that offers STARTTLS and PLAIN."""

    host: str
    port: int
    username: str
    password: str
    ca_pem: str

    def request(self) -> ProbeRequest:
        """What the probe is asked for."""
        return ProbeRequest(
            host=self.host,
            port=self.port,
            security="starttls",
            auth="password",
            mechanism="PLAIN",
            username=self.username,
            password=Secret(self.password),
            from_address=SENDER,
            recipients=(RECIPIENT,),
            ehlo_name=NAME,
            ca_pem=self.ca_pem,
            timeout=TIMEOUT,
        )

    def context(self) -> ssl.SSLContext:
        """As a program makes one that verifies with this CA."""
        return ssl.create_default_context(cadata=self.ca_pem)

    def bare(self, context: ssl.SSLContext) -> None:
        """The same dialogue by smtplib."""
        with smtplib.SMTP(self.host, self.port, NAME, TIMEOUT) as client:
            client.starttls(context=context)
            client.ehlo()
            client.user, client.password = self.username, self.password
            client.auth("PLAIN", client.auth_plain)
            for code, text in (client.mail(SENDER), client.rcpt(RECIPIENT)):
                if code != 250:
                    raise ProbeBenchError(f"{code} {text!r}")

    def ours(self) -> None:
        """The dialogue by the probe."""
        result = probe(self.request())
        if not result.ok:
            raise ProbeBenchError(result.text())


def dialogues(target: Target, report: Callable[[str], None]) -> dict[str, Pairs]:
    """Measures the probe against smtplib with a TLS context of its own each time, and a shared one."""
    shared = target.context()

    def times(act: Callable[[], None]) -> Callable[[], None]:
        def repeat() -> None:
            for _ in range(DIALOGUES):
                act()

        return repeat

    ours = Way("probe", times(target.ours))
    return {
        name: measure(ours, Way(f"smtplib, {name}", times(act)), ROUNDS, report)
        for name, act in (
            ("own context", lambda: target.bare(target.context())),
            ("shared context", lambda: target.bare(shared)),
        )
    }


def rows(measured: dict[str, Pairs]) -> list[tuple[str, ...]]:
    """What was measured, and the aim beside it."""
    return [
        (
            "one full dialogue",
            f"{spread([seconds / DIALOGUES * 1000 for seconds in pairs.ours])} ms",
            f"smtplib, {name} {spread([seconds / DIALOGUES * 1000 for seconds in pairs.bare])} ms",
            f"{spread(pairs.ratios)} times",
            "at most 1.2 times",
        )
        for name, pairs in measured.items()
    ]


@contextmanager
def relay_of_its_own() -> Iterator[Target]:
    """aiosmtpd in another process, so that it takes no time of this one's."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        port, ca_pem = ours.recv()
        yield Target("127.0.0.1", port, aiosmtpd_relay.USERNAME, aiosmtpd_relay.PASSWORD, ca_pem)
    finally:
        ours.send("end")
        process.join()


class _Pipelining(aiosmtpd_relay.Policy):
    """As Postfix does, and aiosmtpd could: it reads one command after the other, however they come."""

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]


def _serve(connection: Connection) -> None:
    # It warns of its own use of itself, at every login.
    logging.disable()
    with aiosmtpd_relay.aiosmtpd_relay(_Pipelining()) as relay:
        connection.send((relay.starttls, relay.ca_pem))
        connection.recv()


def main() -> int:
    with relay_of_its_own() as target:
        measured = dialogues(target, lambda text: print(f"  {text}", flush=True))
    for row in rows(measured):
        print("  ".join(row))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
