# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe: walk through the stages of a relay, and say what was seen.

resolve → connect → banner → EHLO → STARTTLS → TLS → certificate → EHLO → AUTH → MAIL → RCPT → RSET
→ QUIT; with implicit TLS the handshake comes before the banner. DATA is never sent. A stage that
fails ends the walk, except that every recipient is tried.
"""

from __future__ import annotations

import socket
import time
from base64 import b64decode, b64encode
from contextlib import contextmanager
from datetime import datetime, timezone
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .certificate import read_certificate
from .diagnosis import Observation, diagnose
from .network import Network, NetworkError
from .protocol import Capabilities, ProtocolError, Reply, State, Verb
from .redact import Redactor
from .relay_catalogue import CATALOGUE, FACTS
from .request import UNTIL, ProbeRequest
from .result import ProbeResult, Stage
from .sasl import MECHANISMS, SaslError, choose
from .secret import MASK
from .tls import client_context
from .wire import Clock, Wire, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .finding import Finding, Severity
    from .network import Address

# All waits together may take this many times the timeout of one.
TOTAL_WAITS = 4

# RSET and QUIT prove nothing: a relay that does not answer them is not waited for.
GOODBYE_SECONDS = 1.0

IMPLICIT_TLS_PORTS = (465, 2465)

# RFC 5321 section 4.5.3.1.4, without the line end.
_MAX_COMMAND = 510

_EXPIRES_SOON_DAYS = 14

# RFC 5321 section 4.3.2. A relay may use another 2yz code for "accepted, and thrown away".
_RCPT_ACCEPTED = (250, 251, 252)


def probe(
    request: ProbeRequest,
    *,
    network: Network | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ProbeResult:
    """Walk through the stages that ``request`` asks for, and return all that was seen.

    Never raises for what a relay or a network does. ``network`` and ``clock`` (seconds, monotonic)
    are the ways to the outside.
    """
    walk = _Walk(request, network or Network(), clock)
    walk.run()
    return walk.result


class _Stop(Exception):
    """A stage has failed and its finding is written down: nothing more can be tried."""


class _Refused(Exception):
    """A reply that is not the one to go on with."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class _Fault(Exception):
    """Something that the probe itself sees to be in the way; ``kind`` is a row's failure."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


# What can go wrong on a connection.
_TROUBLE = (NetworkError, WireError, ProtocolError, SaslError, _Fault, _Refused)


class _Walk:
    """One walk: the request, what was seen, and the connection."""

    def __init__(self, request: ProbeRequest, network: Network, clock: Callable[[], float]) -> None:
        self._request = request
        self._network = network
        self._clock = Clock(clock, request.timeout, TOTAL_WAITS * request.timeout)
        self._redactor = Redactor([request.password])
        self._sent_credentials: list[str] = []
        self._wire: Wire | None = None
        self._address: Address | None = None
        self._distrust: WireError | None = None
        self._server_name = (request.server_name or request.host).rstrip(".")
        self._facts = dict.fromkeys(FACTS, "")
        self._facts.update(
            host=request.host,
            port=str(request.port),
            security=request.security,
            username=request.username,
            sender=request.from_address,
            recipient=", ".join(request.recipients),
            server_name=self._server_name,
            timeout=f"{request.timeout:g}",
            names="(not seen)",
            issuer="(not seen)",
        )
        host = f"[{request.host}]" if ":" in request.host else request.host
        self.result = ProbeResult(relay=f"{host}:{request.port}", security=request.security)

    # -- the order of things --------------------------------------------------------------

    def run(self) -> None:
        """Walk."""
        for name, problem in self._request.problems():
            self._find("request-invalid", where=name, detail=f"{name} {problem}")
        if not self.result.ok:
            return
        try:
            self._walk()
        except _Stop:
            # Written down where it happened; what was seen so far is the result.
            self._goodbye()
        else:
            self._goodbye()

    def _walk(self) -> None:
        self._connect(self._resolve())
        if not self._goes_to("tls"):
            return
        self._open()
        if not self._goes_to("auth"):
            return
        self._authenticate()
        if not self._goes_to("mail"):
            return
        if not self._request.from_address:
            self._skip("mail", "no from address is given")
            return
        self._mail()
        if self._goes_to("rcpt"):
            self._recipients()

    def _open(self) -> None:
        """Get to a greeted relay on a connection as secure as asked for."""
        if self.result.security == "auto" and self._request.port in IMPLICIT_TLS_PORTS:
            self.result.security = "tls"
        if self.result.security == "tls" and self._open_tls():
            return
        if not self._open_plaintext():
            self._open_tls()

    def _open_tls(self) -> bool:
        """Open with implicit TLS; return False when ``auto`` may go on in plaintext."""
        if not self._handshake():
            return False
        self._certificate()
        self._banner()
        self._ehlo()
        return True

    def _open_plaintext(self) -> bool:
        """Open in plaintext, with STARTTLS if so; return False when ``auto`` may go on in TLS."""
        if not self._banner():
            return False
        self._ehlo()
        offered = "STARTTLS" in self._capabilities
        if self.result.security == "auto":
            self.result.security = "starttls" if offered else "none"
        if self.result.security == "none":
            return True
        self.result.capabilities_before_tls = self.result.capabilities
        with self._stage("starttls"):
            self._start_tls()
        self._handshake()
        self._certificate()
        self._ehlo()
        return True

    # -- the stages -----------------------------------------------------------------------

    def _resolve(self) -> list[Address]:
        with self._stage("resolve") as stage:
            addresses = self._network.resolve(
                self._request.host, self._request.port, self._clock.wait()
            )
            stage.detail = ", ".join(address.host for address in addresses)
        return addresses

    def _connect(self, addresses: list[Address]) -> None:
        with self._stage("connect") as stage:
            connection, attempts = self._network.connect(
                addresses, self._clock.wait(), self._clock.now
            )
            self.result.attempts = attempts
            failed = [attempt for attempt in attempts if attempt.result != "connected"]
            self._facts["attempts"] = ", ".join(
                f"{attempt.address}: {attempt.result}" for attempt in failed
            )
            if connection is None:
                # A missing IPv6 route tells less than what the other addresses met.
                telling = [attempt for attempt in failed if attempt.result != "no-route"] or failed
                raise NetworkError(telling[0].result if telling else "no-route")
            self._wire = Wire(connection, self._clock, self._note)
            results = [attempt.result for attempt in attempts]
            self._address = addresses[results.index("connected")]
            stage.detail = self._address.host
            for attempt in failed:
                code = "address-no-route" if attempt.result == "no-route" else "address-dead"
                address = f"{attempt.address} ({attempt.result})"
                finding = self._find(code, where=self._where("connect"), address=address)
                if finding.severity == "warning":
                    stage.result = "warning"

    def _banner(self) -> bool:
        """Read the greeting; return False when ``auto`` is to go on in TLS."""
        with self._stage("banner") as stage:
            if self._connection.tls_version:
                reply = self._connection.read()
            else:
                found = self._plaintext_banner()
                if found is None:
                    stage.detail = "the port speaks TLS from the first byte"
                    self.result.security = "tls"
                    self._reconnect()
                    return False
                reply = found
            if reply.kind != 2:
                raise _Refused(reply)
            stage.detail = self.result.banner = self._clean(reply.text)
        return True

    def _plaintext_banner(self) -> Reply | None:
        """Wait for the greeting; return None when ``auto`` is to go on in TLS.

        A port that speaks TLS first is silent too, so half of the time goes to asking it in TLS,
        on a second connection; the first one is heard out.
        """
        limit = self._clock.limit()
        speaks_tls = False
        try:
            return self._connection.read(self._request.timeout / 2)
        except WireError as error:
            if error.kind != "timeout":
                raise
            speaks_tls = self._speaks_tls(limit)
        except ProtocolError as error:
            if error.kind != "tls-bytes":
                raise
            speaks_tls = True
        if not speaks_tls:
            return self._connection.read(max(limit - self._clock.now(), 0.1))
        if self._request.security == "auto":
            return None
        raise _Fault("speaks-tls")

    def _speaks_tls(self, limit: float) -> bool:
        """Ask on a second connection whether the port answers a TLS hello."""
        try:
            wire = self._new_wire()
            wire.start_tls(
                client_context(verify=False, min_version=self._request.tls_min_version),
                self._server_name,
                seconds=limit - self._clock.now(),
            )
        except (NetworkError, WireError) as error:
            self._note(f"-- no answer to a TLS hello ({error.kind})")
            return False
        wire.close()
        return True

    def _ehlo(self) -> None:
        with self._stage("ehlo") as stage:
            self._hello(self._connection)
            self.result.capabilities = {
                self._clean(keyword): self._redactor.clean_data(list(values))
                for keyword, values in self._capabilities.keywords.items()
            }
            self.result.relay_saw = self._capabilities.client_address
            stage.detail = " ".join(self.result.capabilities)

    def _hello(self, wire: Wire) -> None:
        name = self._request.ehlo_name or _own_name(wire.local_address)
        self._facts["ehlo_name"] = name
        reply = wire.exchange(Verb.EHLO, name)
        if reply.code in (500, 502):
            # RFC 5321 section 3.2: an old relay knows HELO alone.
            reply = wire.exchange(Verb.HELO, name)
        if reply.kind != 2:
            raise _Refused(reply)

    def _start_tls(self) -> None:
        if "STARTTLS" not in self._capabilities:
            raise _Fault("starttls-not-offered")
        reply = self._connection.exchange(Verb.STARTTLS)
        if reply.kind != 2:
            raise _Refused(reply)

    def _handshake(self) -> bool:
        """Shake hands; return False when ``auto`` is to go on in plaintext.

        A certificate that does not verify ends the first try. A second connection without
        verification then shows the certificate, so that it can be explained.
        """
        implicit = self._connection.dialogue.state is State.CONNECTED
        with self._stage("tls") as stage:
            try:
                self._shake_hands(verify=True)
            except WireError as error:
                if error.kind == "not-tls" and implicit:
                    if self._request.security == "auto":
                        stage.detail = "the port answers in plaintext"
                        self.result.security = "auto"
                        self._reconnect()
                        return False
                    self._facts["use"] = self._plaintext_offer()
                    raise _Fault("speaks-plaintext", error.detail) from error
                if error.kind != "verify":
                    raise
                self._distrust = error
                self._look_again(implicit)
            self.result.tls_version = self._connection.tls_version
            self.result.tls_cipher = self._connection.tls_cipher
            stage.detail = f"{self.result.tls_version} {self.result.tls_cipher}"
        return True

    def _shake_hands(self, *, verify: bool) -> None:
        request = self._request
        context = client_context(
            verify=verify, ca_pem=request.ca_pem, min_version=request.tls_min_version
        )
        self._connection.start_tls(context, self._server_name)

    def _look_again(self, implicit: bool) -> None:
        """Connect and shake hands once more, without verification."""
        self._note("-- the certificate does not verify; connecting again to read it")
        distrust = self._distrust
        try:
            self._reconnect()
            if not implicit:
                self._connection.read()
                self._hello(self._connection)
                self._start_tls()
            self._shake_hands(verify=False)
        except _TROUBLE as error:
            # The first answer is what counts; without a second look it has fewer details.
            raise distrust or error from error

    def _plaintext_offer(self) -> str:
        """Return which security a port that speaks plaintext offers."""
        try:
            wire = self._new_wire()
            wire.read()
            self._hello(wire)
            wire.exchange(Verb.QUIT, seconds=GOODBYE_SECONDS)
            wire.close()
        except _TROUBLE as error:
            self._note(f"-- the port could not be asked in plaintext ({error})")
            return "starttls"
        capabilities = wire.dialogue.capabilities or Capabilities()
        return "starttls" if "STARTTLS" in capabilities else "none"

    def _certificate(self) -> None:
        with self._stage("certificate") as stage:
            findings = list(self._certificate_findings())
            self.result.certificate_verified = self._distrust is None
            if self.result.certificate:
                stage.detail = self._clean(self.result.certificate.subject)
            if findings:
                demanded = self._distrust is not None and self._request.validate_certs
                stage.result = "failed" if demanded else "warning"
                if demanded:
                    raise _Stop

    def _certificate_findings(self) -> Iterator[Finding]:
        now = datetime.now(timezone.utc)
        codes = [] if self._distrust is None else [self._distrust.verify_code]
        detail = "" if self._distrust is None else self._distrust.detail
        try:
            certificate = read_certificate(self._connection.certificate_der)
        except ValueError as error:
            self._note(f"-- the certificate could not be read ({error})")
        else:
            self.result.certificate, self.result.seen_at = certificate, now
            self._facts.update(
                subject=certificate.subject,
                issuer=certificate.issuer,
                names=", ".join(certificate.names) or "(no name)",
                not_before=f"{certificate.not_before:%Y-%m-%d %H:%M} UTC",
                not_after=f"{certificate.not_after:%Y-%m-%d %H:%M} UTC",
            )
            if self._distrust is None:
                days = certificate.days_left(now)
                if days < _EXPIRES_SOON_DAYS:
                    where = self._where("certificate")
                    yield self._find("certificate-expires-soon", where=where, days=str(days))
            else:
                # OpenSSL stops at the first problem; these are the others that are plain to see.
                codes += [62] if not certificate.covers(self._server_name) else []
                codes += [10] if certificate.not_after < now else []
                codes += [9] if certificate.not_before > now else []
        severity: Severity | None = None if self._request.validate_certs else "warning"
        seen: set[str] = set()
        for code in codes:
            observation = Observation("certificate", "verify", detail, code)
            finding = self._diagnose(observation, severity)
            if finding.code not in seen:
                seen.add(finding.code)
                self.result.findings.append(finding)
                yield finding

    def _authenticate(self) -> None:
        request = self._request
        if request.auth == "none":
            self._skip("auth", "anonymous relay")
            return
        encrypted = bool(self._connection.tls_version)
        with self._stage("auth") as stage:
            offered = self._capabilities.mechanisms
            self._facts["offered"] = self._clean(", ".join(offered))
            mechanism = request.mechanism or choose(offered, encrypted=encrypted) or ""
            self._facts["mechanism"] = self.result.mechanism = mechanism
            if not offered:
                raise _Fault("auth-not-offered")
            if not mechanism:
                raise _Fault("mechanism-unknown")
            if mechanism not in offered:
                raise _Fault("mechanism-not-offered")
            if not encrypted:
                stage.result = "warning"
                self._find("credentials-in-clear", where=self._where("auth"))
            reply = self._log_in(mechanism)
            stage.detail = f"{mechanism}: {self._clean(str(reply))}"

    def _log_in(self, name: str) -> Reply:
        """Make the one attempt."""
        mechanism = MECHANISMS[name](self._request.username, self._request.password)
        initial = mechanism.start()
        command = name
        if initial is not None:
            encoded = self._encode(initial) or "="
            if len(f"AUTH {name} {encoded}") <= _MAX_COMMAND:
                command, initial = f"{name} {encoded}", None
        reply = self._connection.exchange(Verb.AUTH, command)
        while reply.kind == 3:
            try:
                if initial is not None:
                    # RFC 4954 section 4: too long for the command's line, so it comes after it.
                    response, initial = initial, None
                else:
                    response = mechanism.respond(_challenge(reply))
            except SaslError:
                self._cancel_login()
                raise
            reply = self._connection.exchange(Verb.RESPONSE, self._encode(response))
        if reply.kind != 2:
            raise _Refused(reply)
        mechanism.finish()
        return reply

    def _cancel_login(self) -> None:
        try:
            self._connection.exchange(Verb.RESPONSE, "*", seconds=GOODBYE_SECONDS)
        except (WireError, ProtocolError) as error:
            self._note(f"-- the login could not be cancelled ({error.kind})")

    def _encode(self, message: bytes) -> str:
        encoded = b64encode(message).decode("ascii")
        if encoded:
            self._sent_credentials.append(encoded)
        return encoded

    def _mail(self) -> None:
        with self._stage("mail") as stage:
            mailbox = self._mailbox(self._request.from_address)
            addresses = (self._request.from_address, *self._request.recipients)
            utf8 = any(not address.rpartition("@")[0].isascii() for address in addresses)
            parameters = " SMTPUTF8" if utf8 and "SMTPUTF8" in self._capabilities else ""
            reply = self._connection.exchange(Verb.MAIL, f"FROM:<{mailbox}>{parameters}")
            if reply.kind != 2:
                raise _Refused(reply)
            stage.detail = self._clean(f"{self._request.from_address}: {reply}")
            self._find("sender-unproven", where=self._where("mail"))

    def _recipients(self) -> None:
        if not self._request.recipients:
            self._skip("rcpt", "no recipient is given")
        for recipient in self._request.recipients:
            self._facts["recipient"] = recipient
            try:
                with self._stage("rcpt") as stage:
                    stage.detail = recipient
                    reply = self._connection.exchange(Verb.RCPT, f"TO:<{self._mailbox(recipient)}>")
                    if reply.code not in _RCPT_ACCEPTED:
                        raise _Refused(reply)
                    stage.detail = self._clean(f"{recipient}: {reply}")
            except _Stop:
                if not self._connection.usable:
                    raise

    def _mailbox(self, address: str) -> str:
        """Return an address as MAIL and RCPT take it (RFC 6531 where it is not ASCII)."""
        local, _at, domain = address.rpartition("@")
        if not local.isascii():
            if "SMTPUTF8" not in self._capabilities:
                raise _Fault("smtputf8-not-offered", address)
            return address
        if domain.isascii():
            return address
        try:
            return f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError as error:
            raise _Fault("smtputf8-not-offered", address) from error

    def _goodbye(self) -> None:
        """End the dialogue in good order where it still can be."""
        wire = self._wire
        if wire is None:
            return
        if self._goes_to("tls"):
            if wire.usable and wire.dialogue.state in (State.SENDER, State.RECIPIENTS):
                self._parting("rset", wire, Verb.RSET)
            if wire.usable:
                self._parting("quit", wire, Verb.QUIT)
        wire.close()

    def _parting(self, name: str, wire: Wire, verb: Verb) -> None:
        stage = Stage(name)
        self.result.stages.append(stage)
        started = self._clock.now()
        try:
            stage.detail = self._clean(str(wire.exchange(verb, seconds=GOODBYE_SECONDS)))
        except (WireError, ProtocolError) as error:
            stage.result, stage.detail = "warning", error.kind
        stage.seconds = round(self._clock.now() - started, 6)

    # -- tools ----------------------------------------------------------------------------

    @property
    def _connection(self) -> Wire:
        if self._wire is None:
            raise RuntimeError("a stage before connect needs a connection")
        return self._wire

    @property
    def _capabilities(self) -> Capabilities:
        return self._connection.dialogue.capabilities or Capabilities()

    def _goes_to(self, stage: str) -> bool:
        return UNTIL.index(self._request.until) >= UNTIL.index(stage)

    def _new_wire(self) -> Wire:
        """Connect once more to the address that works."""
        addresses = [] if self._address is None else [self._address]
        connection, attempts = self._network.connect(addresses, self._clock.wait(), self._clock.now)
        if connection is None:
            raise NetworkError(attempts[0].result if attempts else "no-route")
        return Wire(connection, self._clock, self._note)

    def _reconnect(self) -> None:
        self._connection.close()
        self._wire = self._new_wire()

    @contextmanager
    def _stage(self, name: str) -> Iterator[Stage]:
        """Record a stage; turn trouble within it into a finding and :class:`_Stop`."""
        stage = Stage(name)
        self.result.stages.append(stage)
        started = self._clock.now()
        try:
            yield stage
        except _TROUBLE as error:
            stage.result = "failed"
            finding = self._diagnose(_observe(name, error))
            self.result.findings.append(finding)
            stage.detail = stage.detail or finding.code
            raise _Stop from error
        finally:
            stage.seconds = round(self._clock.now() - started, 6)

    def _skip(self, name: str, why: str) -> None:
        self.result.stages.append(Stage(name, "skipped", detail=why))

    def _where(self, stage: str) -> str:
        return f"{self.result.relay} {stage}"

    def _find(self, code: str, *, where: str, **facts: str) -> Finding:
        seen = {name: self._clean(fact) for name, fact in facts.items()}
        finding = CATALOGUE.finding(code, where=where, severity=None, **{**self._facts, **seen})
        self.result.findings.append(finding)
        return finding

    def _diagnose(self, seen: Observation, severity: Severity | None = None) -> Finding:
        where = self._where(seen.stage)
        return diagnose(seen, where=where, facts=self._facts, severity=severity, clean=self._clean)

    def _note(self, line: str) -> None:
        self.result.transcript.append(self._clean(line))

    def _clean(self, text: str) -> str:
        for credentials in self._sent_credentials:
            text = text.replace(credentials, MASK)
        return self._redactor.clean(text)


def _observe(stage: str, error: Exception) -> Observation:
    if isinstance(error, _Refused):
        return Observation(stage, reply=error.reply)
    if isinstance(error, ProtocolError):
        return Observation(stage, error.kind, error.excerpt)
    if isinstance(error, WireError):
        return Observation(stage, error.kind, error.detail, error.verify_code)
    if isinstance(error, (NetworkError, SaslError, _Fault)):
        return Observation(stage, error.kind, error.detail)
    raise error


def _challenge(reply: Reply) -> bytes:
    try:
        return b64decode("".join(reply.lines), validate=True)
    except ValueError as error:
        raise SaslError("challenge-malformed", "a challenge is not base64") from error


def _own_name(local_address: str) -> str:
    """Return this machine's name if it is qualified, else its address literal.

    RFC 5321 section 4.1.4; literals: section 4.1.3. The DNS is not asked: that can take long.
    """
    name = socket.gethostname()
    if "." in name.strip(".") and name.isascii():
        return name
    address = ip_address(local_address.partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
