# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay's certificate: whether it can be trusted, and everything that is wrong with it."""

from __future__ import annotations

from datetime import datetime, timezone
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .certificate import read_certificate
from .roots import has_roots
from .walk import Stop
from .wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .certificate import Certificate
    from .finding import Finding, Severity
    from .walk import Walk

X509_V3 = 3
_EXPIRES_SOON_DAYS = 14

# X509_V_ERR_CERT_NOT_YET_VALID and CERT_HAS_EXPIRED.
_NOT_NOW = (9, 10)

# X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL and CA_MD_TOO_WEAK.
_WEAK = (66, 67, 68)

# What products that look into TLS write into the issuer of the certificates they make, in lower
# case: gateways, and virus scanners on the machine itself.
INTERCEPTORS = (
    "avast",
    "avg web/mail shield",
    "barracuda",
    "bitdefender",
    "blue coat",
    "bluecoat",
    "burp",
    "charles proxy",
    "check point",
    "cisco umbrella",
    "cloudflare gateway",
    "eset ssl filter",
    "forcepoint",
    "fortigate",
    "fortinet",
    "goskope",
    "iboss",
    "kaspersky",
    "mcafee",
    "mitmproxy",
    "netskope",
    "palo alto",
    "portswigger",
    "skyhigh",
    "smoothwall",
    "sonicwall",
    "sophos",
    "squid",
    "trend micro",
    "untangle",
    "watchguard",
    "websense",
    "zscaler",
)


def judge_certificate(walk: Walk) -> None:
    """Say everything that is wrong with the certificate; go on only if it is trusted or need not be."""
    with walk.stage("certificate") as stage:
        findings = list(_findings(walk))
        walk.result.certificate_verified = walk.distrust is None
        if walk.result.certificate:
            stage.detail = walk.clean(walk.result.certificate.subject)
        if findings:
            demanded = walk.distrust is not None and walk.request.validate_certs
            stage.result = "failed" if demanded else "warning"
            if demanded:
                raise Stop


def _findings(walk: Walk) -> Iterator[Finding]:
    now = datetime.now(timezone.utc)
    distrust = walk.distrust
    problems = [] if distrust is None else [distrust]
    try:
        certificate = read_certificate(walk.connection.certificate_der)
    except ValueError as error:
        walk.note(f"-- the certificate could not be read ({error})")
    else:
        _learn(walk, certificate, now)
        yield from _remarks(walk, certificate, now)
        if distrust is not None:
            if distrust.verify_code in _NOT_NOW and certificate.valid_at(now):
                problems = [WireError("verify-issuer", distrust.detail)]
            # OpenSSL stops at the first problem; these are the others that are plain to see.
            problems += [_unverified(62)] if not certificate.covers(walk.server_name) else []
            problems += [_unverified(10)] if certificate.not_after < now else []
            problems += [_unverified(9)] if certificate.not_before > now else []
    severity: Severity | None = None if walk.request.validate_certs else "warning"
    seen = {finding.code for finding in walk.result.findings}
    for problem in problems:
        finding, _judged = walk.diagnose("certificate", problem, severity)
        if finding.code not in seen:
            seen.add(finding.code)
            walk.result.findings.append(finding)
            yield finding
    if "certificate-unknown-issuer" in seen and not has_roots():
        yield walk.find("system-roots-missing", where=walk.where("certificate"))


def _unverified(code: int) -> WireError:
    return WireError("verify", verify_code=code)


def _learn(walk: Walk, certificate: Certificate, now: datetime) -> None:
    walk.result.certificate, walk.result.seen_at = certificate, now
    walk.facts.update(
        subject=certificate.subject,
        issuer=certificate.issuer,
        names=", ".join(_names(certificate)) or _nameless(certificate),
        not_before=f"{certificate.not_before:%Y-%m-%d %H:%M} UTC",
        not_after=f"{certificate.not_after:%Y-%m-%d %H:%M} UTC",
    )


def _names(certificate: Certificate) -> Iterator[str]:
    for name in certificate.dns_names:
        # RFC 9525 section 6: an address is looked for among the addresses alone.
        yield f"{name} (as a name, not as an address)" if _is_address(name) else name
    yield from certificate.ip_addresses


def _nameless(certificate: Certificate) -> str:
    """Return what to say of a certificate without an alternative name."""
    if not certificate.common_name:
        return "(no name)"
    return f"no name (the common name {certificate.common_name} does not count: RFC 9525)"


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _remarks(walk: Walk, certificate: Certificate, now: datetime) -> Iterator[Finding]:
    """Yield what is worth a warning also where OpenSSL has no objection."""
    where = walk.where("certificate")
    days = certificate.days_left(now)
    if walk.distrust is None and days < _EXPIRES_SOON_DAYS:
        yield walk.find("certificate-expires-soon", where=where, days=str(days))
    if certificate.weaknesses:
        refused = walk.distrust is not None and walk.distrust.verify_code in _WEAK
        severity: Severity = "error" if refused and walk.request.validate_certs else "warning"
        detail = ", ".join(certificate.weaknesses)
        yield walk.find("certificate-weak", where=where, severity=severity, detail=detail)
    # Of one that OpenSSL refuses too, its own finding says enough.
    for code, detail in _refused_elsewhere(certificate) if walk.distrust is None else ():
        yield walk.find(code, where=where, detail=detail)
    product = next((name for name in INTERCEPTORS if name in certificate.issuer.lower()), "")
    if product:
        yield walk.find("tls-intercepted", where=where, detail=certificate.issuer)


def _refused_elsewhere(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Yield the findings about other TLS libraries than OpenSSL, each with what they refuse."""
    old = ["is of X.509 version 1"] if certificate.version < X509_V3 else []
    nameless = (
        [] if certificate.dns_names or certificate.ip_addresses else ["has no alternative name"]
    )
    signs = ["is itself a CA's"] if certificate.is_ca else []
    if old or nameless:
        yield "certificate-refused-by-go", " and ".join(old + nameless)
    if old or nameless or signs:
        yield "certificate-refused-by-rustls", " and ".join(old + nameless + signs)
