# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe found out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from .report import page

if TYPE_CHECKING:
    from datetime import datetime

    from .certificate import Certificate
    from .finding import Finding


@dataclass(frozen=True)
class Attempt:
    """One address of the relay and what became of connecting to it.

    ``result``: ``connected``, or the kind of failure (see ``network``).
    """

    address: str
    family: str
    result: str
    seconds: float


@dataclass(frozen=True)
class Recipient:
    """What became of one recipient.

    ``result``: ``accepted`` (at RCPT; no mail was sent), ``sent`` (the relay took the mail for
    it), or ``refused``; ``reply`` is the relay's, or empty where none was asked for.
    """

    address: str
    result: str
    reply: str = ""


@dataclass
class Stage:
    """One step of the probe. ``result``: ``ok``, ``warning``, ``failed`` or ``skipped``."""

    name: str
    result: str = "ok"
    seconds: float = 0.0
    detail: str = ""


@dataclass
class ProbeResult:
    """Everything seen, also when a stage failed. No text in it holds a secret.

    ``capabilities`` are those of the last EHLO, by keyword. ``certificate_verified`` tells whether
    the certificate leads to a trusted root and fits the name, also where that was not demanded.
    ``mechanism`` is that of the login that was tried, or empty.
    ``login``: ``accepted``, ``rejected``, ``undecided`` (sent, without a final answer), or empty where
    none was sent. ``transient`` tells that it failed, and only for reasons that may pass; ``permanent``
    that time alone does not mend it. ``unconfirmed`` are codes of findings that blame the settings and
    have come once only, with a code of the relay that says "not now".
    """

    relay: str
    security: str = ""
    mechanism: str = ""
    login: str = ""
    proxy: str = ""
    stages: list[Stage] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    banner: str = ""
    relay_saw: str = ""
    capabilities_before_tls: dict[str, list[str]] | None = None
    capabilities: dict[str, list[str]] | None = None
    extensions: dict[str, bool] | None = None
    size_limit: int | None = None
    tls_version: str = ""
    tls_cipher: str = ""
    chain_pem: str = ""
    certificate: Certificate | None = None
    certificate_verified: bool | None = None
    seen_at: datetime | None = None
    recipients: list[Recipient] = field(default_factory=list)
    message_id: str = ""
    token: str = ""
    transcript: list[str] = field(default_factory=list)
    transient: bool = False
    permanent: bool = False
    unconfirmed: list[str] = field(default_factory=list)
    tries: int = 1
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)

    @property
    def reached(self) -> str:
        """The last stage that passed, or empty. RSET and QUIT prove nothing and do not count."""
        passed = [
            stage.name
            for stage in self.stages
            if stage.result in ("ok", "warning") and stage.name not in ("rset", "quit")
        ]
        return passed[-1] if passed else ""

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        plain: dict[str, Any] = {
            "ok": self.ok,
            "relay": self.relay,
            "security": self.security,
            "mechanism": self.mechanism,
            "login": self.login,
            "proxy": self.proxy,
            "reached": self.reached,
            "transient": self.transient,
            "permanent": self.permanent,
            "unconfirmed": list(self.unconfirmed),
            "tries": self.tries,
            "seconds": self.seconds,
            "stages": [asdict(stage) for stage in self.stages],
            "findings": [finding.as_dict() for finding in self.findings],
            "addresses": [asdict(attempt) for attempt in self.attempts],
            "banner": self.banner,
            "relay_saw": self.relay_saw,
            "capabilities_before_tls": self.capabilities_before_tls,
            "capabilities": self.capabilities,
            "extensions": self.extensions,
            "size_limit": self.size_limit,
            "tls": self._tls(),
            "certificate": self._certificate(),
            "chain_pem": self.chain_pem,
            "recipients": [asdict(recipient) for recipient in self.recipients],
            "message_id": self.message_id,
            "token": self.token,
            "transcript": list(self.transcript),
        }
        plain["msg"] = page(plain)
        return plain

    def text(self) -> str:
        """Return a short report for people."""
        report: str = self.as_dict()["msg"]
        return report

    def _tls(self) -> dict[str, str] | None:
        if not self.tls_version:
            return None
        return {"version": self.tls_version, "cipher": self.tls_cipher}

    def _certificate(self) -> dict[str, Any] | None:
        if self.certificate is None or self.seen_at is None:
            return None
        return {
            "subject": self.certificate.subject,
            "issuer": self.certificate.issuer,
            "names": list(self.certificate.names),
            "not_before": self.certificate.not_before.isoformat(),
            "not_after": self.certificate.not_after.isoformat(),
            "days_left": self.certificate.days_left(self.seen_at),
            "sha256": self.certificate.sha256,
            "weaknesses": list(self.certificate.weaknesses),
            "verified": self.certificate_verified,
        }
