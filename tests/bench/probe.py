# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against bare smtplib in one process, against swaks and check_smtp as a command, and for fleets.

`python -m tests.cluster run -- python -m tests.bench.probe` measures all of it with one Postfix, in one
run; without a cluster it takes aiosmtpd in a process of its own.
"""

from __future__ import annotations

import compileall
import logging
import multiprocessing
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import command
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.fleet import probe_all
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.network import Address, Network
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from tests.bench.pairs import Pairs, Way, measure, spread
from tests.cluster.environment import KUBECONFIG_VARIABLE
from tests.harness.lab import USER, Lab
from tests.relays import aiosmtpd_relay
from tests.relays.postfix import Relay

DIALOGUES = 300
"""By turns, one by one: whatever else the machine does meets both ways alike."""
COMMANDS = 30
FLEETS = 5

HOLES = 5
HOLE_TIMEOUT = 5.0
HOLE = "127.0.0.1"
CHECK_SMTP = "/usr/lib/nagios/plugins/check_smtp"

SENDER = "bench@example.org"
RECIPIENT = "ada@example.org"
NAME = "bench.example.org"
TIMEOUT = 10.0
PASSWORD = aiosmtpd_relay.PASSWORD
_PASSWORD_LINE = f"{PASSWORD}\n"

Row = tuple[str, ...]
"""What was measured of what, against whom, the ratio, and the aim."""


class ProbeBenchError(Exception):
    """A dialogue did not do what was to be measured; the text is its report."""


@dataclass(frozen=True)
class Target:
    """A relay that offers STARTTLS and PLAIN.

    :ivar anonymous: the port that wants no login.
    """

    host: str
    port: int
    anonymous: int
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

    def command(self, folder: Path) -> list[str]:
        """The probe as a command, from a plain copy that was used before."""
        copy = folder / "smtp_probe"
        shutil.copytree(Path(command.__file__).parent, copy, dirs_exist_ok=True)
        compileall.compile_dir(copy, quiet=1)
        ca = self._ca(folder)
        return [
            *(sys.executable, "-m", "smtp_probe", f"{self.host}:{self.port}"),
            *("--security", "starttls", "--ca", ca, "--mechanism", "PLAIN", "--ehlo-name", NAME),
            *("--username", self.username, "--password-from", "stdin"),
            *("--from", SENDER, "--to", RECIPIENT),
        ]

    def swaks(self, folder: Path) -> list[str]:
        """The same by swaks, which takes the password as an argument."""
        return [
            *("swaks", "--server", f"{self.host}:{self.port}", "--tls", "--tls-verify"),
            *("--tls-ca-path", self._ca(folder), "--ehlo", NAME, "--auth", "PLAIN"),
            *("--auth-user", self.username, "--auth-password", self.password),
            *("--from", SENDER, "--to", RECIPIENT, "--quit-after", "RCPT"),
        ]

    def check_smtp(self) -> list[str]:
        """As much as check_smtp can: it verifies no certificate, knows AUTH LOGIN, and names nobody."""
        return [
            *(CHECK_SMTP, "-H", self.host, "-p", str(self.port), "-S", "-F", NAME),
            *("-A", "LOGIN", "-U", self.username, "-P", self.password),
        ]

    def _ca(self, folder: Path) -> str:
        path = folder / "ca.pem"
        path.write_text(self.ca_pem, encoding="ascii")
        return str(path)

    def ours(self) -> None:
        """The dialogue by the probe."""
        result = probe(self.request())
        if not result.ok:
            raise ProbeBenchError(result.text())


def dialogues(target: Target) -> Iterator[Row]:
    """The probe against smtplib with a TLS context of its own each time, and with a shared one."""
    shared = target.context()
    for name, bare in (
        ("own context", lambda: target.bare(target.context())),
        ("shared context", lambda: target.bare(shared)),
    ):
        pairs = measure(Way("probe", target.ours), Way(name, bare), DIALOGUES, _quiet)
        yield _row("one dialogue in process", pairs, f"smtplib, {name}", "at most 1.2 times")


def commands(target: Target, folder: Path) -> Iterator[Row]:
    """The command against others' as whole processes, each with the same dialogue as far as it can."""
    ours = Way("the command", _run(target.command(folder), cwd=folder))
    peers = {
        "swaks": (target.swaks(folder), "at most 0.7 times"),
        "check_smtp": (target.check_smtp(), ""),
    }
    for name, (line, aim) in peers.items():
        if shutil.which(line[0]) is None:
            yield ("the command", "", f"{name} is not on this machine", "", aim)
            continue
        pairs = measure(ours, Way(name, _run(line)), COMMANDS, _quiet)
        yield _row("the command", pairs, name, aim)
    bare = Way("python", _run([sys.executable, "-c", "pass"]))
    yield _row(
        "the command", measure(ours, bare, COMMANDS, _quiet), "a Python that does nothing", ""
    )


def fleets(target: Target) -> Iterator[Row]:
    """Many names of one relay, each probed as an audit does it: without a login, up to RCPT."""
    network = Names(target.host)
    audit = replace(
        target.request(), port=target.anonymous, auth="none", mechanism="", username="",
        password=Secret(""), server_name=target.host,
    )  # fmt: skip

    def names(count: int) -> list[ProbeRequest]:
        return [replace(audit, host=f"relay{number}.example.org") for number in range(count)]

    def run(requests: Sequence[ProbeRequest]) -> float:
        start = time.perf_counter()
        results = probe_all(requests, network=network)
        seconds = time.perf_counter() - start
        wrong = [
            result
            for request, result in zip(requests, results, strict=True)
            if result.ok == (request.host == HOLE)
        ]
        if wrong:
            count = f"{len(wrong)} of {len(requests)} are not as they should be; the first of them"
            raise ProbeBenchError(f"{count}:\n{wrong[0].text()}")
        return seconds

    mixed = names(100 - HOLES)
    with ExitStack() as stack:
        for number in range(HOLES):
            port = stack.enter_context(black_hole())
            hole = ProbeRequest(host=HOLE, port=port, timeout=HOLE_TIMEOUT)
            mixed.insert(100 // HOLES * number, hole)
        seconds = [run(mixed) for _ in range(FLEETS)]
    about = f"100 relays, {HOLES} of them black holes"
    yield (about, f"{spread(seconds)} s", f"timeout {HOLE_TIMEOUT:g} s", "", "at most 5.8 s")
    seconds = [run(names(1000)) for _ in range(FLEETS)]
    cores = f"on {len(os.sched_getaffinity(0))} cores, the relay among them"
    yield ("1,000 relays", f"{spread(seconds)} s", cores, "", "at most 6 s on 2 cores")


class Names(Network):
    """Every name leads to one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        """As the system's resolver, which knows addresses only."""
        known = self._address if host.endswith(".example.org") else host
        return super().resolve(known, port, timeout)


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that answers no more: its queue is full, so the system drops what comes."""
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind((HOLE, 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        while True:
            client = stack.enter_context(socket.socket())
            client.settimeout(0.3)
            try:
                client.connect((HOLE, port))
            except TimeoutError:
                break
        yield port


def measured(target: Target, folder: Path, report: Callable[[str], None]) -> list[Row]:
    """Measures everything; reports each row when it is there."""
    rows = []
    for part in (dialogues(target), commands(target, folder), fleets(target)):
        for row in part:
            report("  ".join(filter(None, row)))
            rows.append(row)
    return rows


def _row(about: str, pairs: Pairs, peer: str, aim: str) -> Row:
    ours, bare = ([seconds * 1000 for seconds in way] for way in (pairs.ours, pairs.bare))
    return (about, f"{spread(ours)} ms", f"{peer} {spread(bare)} ms", f"{spread(pairs.ratios)} times", aim)  # fmt: skip


def _run(line: Sequence[str], cwd: Path | None = None) -> Callable[[], None]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run() -> None:
        done = subprocess.run(
            line, cwd=cwd, env=environment, input=_PASSWORD_LINE, capture_output=True, text=True, check=False
        )  # fmt: skip
        if done.returncode:
            raise ProbeBenchError(
                f"{line[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"
            )

    return run


def _quiet(_text: str) -> None:
    """Hundreds of rounds say nothing to anybody."""


def postfix(relay: Relay) -> Target:
    """Postfix in the cluster."""
    relay.set_user(USER, PASSWORD)
    return Target(relay.address, 587, 25, USER, PASSWORD, relay.ca_pem)


@contextmanager
def relay_of_its_own() -> Iterator[Target]:
    """aiosmtpd in another process, so that it takes no time of this one's."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        port, ca_pem = ours.recv()
        yield Target("127.0.0.1", port, port, aiosmtpd_relay.USERNAME, PASSWORD, ca_pem)
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
    with aiosmtpd_relay.aiosmtpd_relay(_Pipelining(anonymous=True)) as relay:
        connection.send((relay.starttls, relay.ca_pem))
        connection.recv()


def main() -> int:
    def report(text: str) -> None:
        print(text, flush=True)

    with tempfile.TemporaryDirectory(prefix="mailops-bench-") as name:
        folder = Path(name)
        try:
            if KUBECONFIG_VARIABLE in os.environ:
                measured(postfix(Lab.open(folder, report).relay), folder, report)
            else:
                with relay_of_its_own() as target:
                    measured(target, folder, report)
        except ProbeBenchError as error:
            print(f"\nThe bench stopped: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
