# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a name to a greeted relay: resolve, connect, banner, EHLO, STARTTLS, TLS, certificate."""

from __future__ import annotations

import socket
from datetime import datetime, timezone
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .certificate import read_certificate
from .diagnosis import Observation
from .network import NetworkError
from .protocol import Capabilities, ProtocolError, Reply, State, Verb
from .tls import client_context
from .walk import GOODBYE_SECONDS, TROUBLE, Fault, Refused, Stop
from .wire import Wire, WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .finding import Finding, Severity
    from .network import Address
    from .walk import Walk

IMPLICIT_TLS_PORTS = (465, 2465)

_EXPIRES_SOON_DAYS = 14


class Opening:
    """The way to a relay that is ready for AUTH or MAIL."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._distrust: WireError | None = None

    def connect(self) -> None:
        """Connect to an address of the relay."""
        self._connect(self._resolve())

    def greet(self) -> None:
        """Get to a greeted relay on a connection as secure as asked for."""
        if self._walk.result.security == "auto" and self._walk.request.port in IMPLICIT_TLS_PORTS:
            self._walk.result.security = "tls"
        if self._walk.result.security == "tls" and self._open_tls():
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
        offered = "STARTTLS" in self._walk.capabilities
        if self._walk.result.security == "auto":
            self._walk.result.security = "starttls" if offered else "none"
        if self._walk.result.security == "none":
            return True
        self._walk.result.capabilities_before_tls = self._walk.result.capabilities
        with self._walk.stage("starttls"):
            self._start_tls()
        self._handshake()
        self._certificate()
        self._ehlo()
        return True

    def _resolve(self) -> list[Address]:
        with self._walk.stage("resolve") as stage:
            addresses = self._walk.network.resolve(
                self._walk.request.host, self._walk.request.port, self._walk.clock.wait()
            )
            stage.detail = ", ".join(address.host for address in addresses)
        return addresses

    def _connect(self, addresses: list[Address]) -> None:
        with self._walk.stage("connect") as stage:
            connection, attempts = self._walk.network.connect(
                addresses, self._walk.clock.wait(), self._walk.clock.now
            )
            self._walk.result.attempts = attempts
            failed = [attempt for attempt in attempts if attempt.result != "connected"]
            self._walk.facts["attempts"] = ", ".join(
                f"{attempt.address}: {attempt.result}" for attempt in failed
            )
            if connection is None:
                # A missing IPv6 route tells less than what the other addresses met.
                telling = [attempt for attempt in failed if attempt.result != "no-route"] or failed
                raise NetworkError(telling[0].result if telling else "no-route")
            self._walk.wire = Wire(connection, self._walk.clock, self._walk.note)
            results = [attempt.result for attempt in attempts]
            self._walk.address = addresses[results.index("connected")]
            stage.detail = self._walk.address.host
            for attempt in failed:
                code = "address-no-route" if attempt.result == "no-route" else "address-dead"
                address = f"{attempt.address} ({attempt.result})"
                finding = self._walk.find(code, where=self._walk.where("connect"), address=address)
                if finding.severity == "warning":
                    stage.result = "warning"

    def _banner(self) -> bool:
        """Read the greeting; return False when ``auto`` is to go on in TLS."""
        with self._walk.stage("banner") as stage:
            if self._walk.connection.tls_version:
                reply = self._walk.connection.read()
            else:
                found = self._plaintext_banner()
                if found is None:
                    stage.detail = "the port speaks TLS from the first byte"
                    self._walk.result.security = "tls"
                    self._walk.reconnect()
                    return False
                reply = found
            if reply.kind != 2:
                raise Refused(reply)
            stage.detail = self._walk.result.banner = self._walk.clean(reply.text)
        return True

    def _plaintext_banner(self) -> Reply | None:
        """Wait for the greeting; return None when ``auto`` is to go on in TLS.

        A port that speaks TLS first is silent too, so half of the time goes to asking it in TLS,
        on a second connection; the first one is heard out.
        """
        limit = self._walk.clock.limit()
        speaks_tls = False
        try:
            return self._walk.connection.read(self._walk.request.timeout / 2)
        except WireError as error:
            if error.kind != "timeout":
                raise
            speaks_tls = self._speaks_tls(limit)
        except ProtocolError as error:
            if error.kind != "tls-bytes":
                raise
            speaks_tls = True
        if not speaks_tls:
            return self._walk.connection.read(max(limit - self._walk.clock.now(), 0.1))
        if self._walk.request.security == "auto":
            return None
        raise Fault("speaks-tls")

    def _speaks_tls(self, limit: float) -> bool:
        """Ask on a second connection whether the port answers a TLS hello."""
        try:
            wire = self._walk.new_wire()
            wire.start_tls(
                client_context(verify=False, min_version=self._walk.request.tls_min_version),
                self._walk.server_name,
                seconds=limit - self._walk.clock.now(),
            )
        except (NetworkError, WireError) as error:
            self._walk.note(f"-- no answer to a TLS hello ({error.kind})")
            return False
        wire.close()
        return True

    def _ehlo(self) -> None:
        with self._walk.stage("ehlo") as stage:
            self._hello(self._walk.connection)
            self._walk.result.capabilities = {
                self._walk.clean(keyword): [self._walk.clean(value) for value in values]
                for keyword, values in self._walk.capabilities.keywords.items()
            }
            self._walk.result.relay_saw = self._walk.capabilities.client_address
            stage.detail = " ".join(self._walk.result.capabilities)

    def _hello(self, wire: Wire) -> None:
        name = self._walk.request.ehlo_name or _own_name(wire.local_address)
        self._walk.facts["ehlo_name"] = name
        reply = wire.exchange(Verb.EHLO, name)
        if reply.code in (500, 502):
            # RFC 5321 section 3.2: an old relay knows HELO alone.
            reply = wire.exchange(Verb.HELO, name)
        if reply.kind != 2:
            raise Refused(reply)

    def _start_tls(self) -> None:
        if "STARTTLS" not in self._walk.capabilities:
            raise Fault("starttls-not-offered")
        reply = self._walk.connection.exchange(Verb.STARTTLS)
        if reply.kind != 2:
            raise Refused(reply)

    def _handshake(self) -> bool:
        """Shake hands; return False when ``auto`` is to go on in plaintext.

        A certificate that does not verify ends the first try. A second connection without
        verification then shows the certificate, so that it can be explained.
        """
        implicit = self._walk.connection.dialogue.state is State.CONNECTED
        with self._walk.stage("tls") as stage:
            try:
                self._shake_hands(verify=True)
            except WireError as error:
                if error.kind == "not-tls" and implicit:
                    if self._walk.request.security == "auto":
                        stage.detail = "the port answers in plaintext"
                        self._walk.result.security = "auto"
                        self._walk.reconnect()
                        return False
                    self._walk.facts["use"] = self._plaintext_offer()
                    raise Fault("speaks-plaintext", error.detail) from error
                if error.kind != "verify":
                    raise
                self._distrust = error
                self._look_again(implicit)
            self._walk.result.tls_version = self._walk.connection.tls_version
            self._walk.result.tls_cipher = self._walk.connection.tls_cipher
            stage.detail = f"{self._walk.result.tls_version} {self._walk.result.tls_cipher}"
        return True

    def _shake_hands(self, *, verify: bool) -> None:
        request = self._walk.request
        context = client_context(
            verify=verify, ca_pem=request.ca_pem, min_version=request.tls_min_version
        )
        self._walk.connection.start_tls(context, self._walk.server_name)

    def _look_again(self, implicit: bool) -> None:
        """Connect and shake hands once more, without verification."""
        self._walk.note("-- the certificate does not verify; connecting again to read it")
        distrust = self._distrust
        try:
            self._walk.reconnect()
            if not implicit:
                self._walk.connection.read()
                self._hello(self._walk.connection)
                self._start_tls()
            self._shake_hands(verify=False)
        except TROUBLE as error:
            # The first answer is what counts; without a second look it has fewer details.
            raise distrust or error from error

    def _plaintext_offer(self) -> str:
        """Return which security a port that speaks plaintext offers."""
        try:
            wire = self._walk.new_wire()
            wire.read()
            self._hello(wire)
            wire.exchange(Verb.QUIT, seconds=GOODBYE_SECONDS)
            wire.close()
        except TROUBLE as error:
            self._walk.note(f"-- the port could not be asked in plaintext ({error})")
            return "starttls"
        capabilities = wire.dialogue.capabilities or Capabilities()
        return "starttls" if "STARTTLS" in capabilities else "none"

    def _certificate(self) -> None:
        with self._walk.stage("certificate") as stage:
            findings = list(self._certificate_findings())
            self._walk.result.certificate_verified = self._distrust is None
            if self._walk.result.certificate:
                stage.detail = self._walk.clean(self._walk.result.certificate.subject)
            if findings:
                demanded = self._distrust is not None and self._walk.request.validate_certs
                stage.result = "failed" if demanded else "warning"
                if demanded:
                    raise Stop

    def _certificate_findings(self) -> Iterator[Finding]:
        now = datetime.now(timezone.utc)
        codes = [] if self._distrust is None else [self._distrust.verify_code]
        detail = "" if self._distrust is None else self._distrust.detail
        try:
            certificate = read_certificate(self._walk.connection.certificate_der)
        except ValueError as error:
            self._walk.note(f"-- the certificate could not be read ({error})")
        else:
            self._walk.result.certificate, self._walk.result.seen_at = certificate, now
            self._walk.facts.update(
                subject=certificate.subject,
                issuer=certificate.issuer,
                names=", ".join(certificate.names) or "(no name)",
                not_before=f"{certificate.not_before:%Y-%m-%d %H:%M} UTC",
                not_after=f"{certificate.not_after:%Y-%m-%d %H:%M} UTC",
            )
            if self._distrust is None:
                days = certificate.days_left(now)
                if days < _EXPIRES_SOON_DAYS:
                    where = self._walk.where("certificate")
                    yield self._walk.find("certificate-expires-soon", where=where, days=str(days))
            else:
                # OpenSSL stops at the first problem; these are the others that are plain to see.
                codes += [62] if not certificate.covers(self._walk.server_name) else []
                codes += [10] if certificate.not_after < now else []
                codes += [9] if certificate.not_before > now else []
        severity: Severity | None = None if self._walk.request.validate_certs else "warning"
        seen: set[str] = set()
        for code in codes:
            observation = Observation("certificate", "verify", detail, code)
            finding = self._walk.diagnose(observation, severity)
            if finding.code not in seen:
                seen.add(finding.code)
                self._walk.result.findings.append(finding)
                yield finding


def _own_name(local_address: str) -> str:
    """Return this machine's name if it is qualified, else its address literal.

    RFC 5321 section 4.1.4; literals: section 4.1.3. The DNS is not asked: that can take long.
    """
    name = socket.gethostname()
    if "." in name.strip(".") and name.isascii():
        return name
    address = ip_address(local_address.partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
