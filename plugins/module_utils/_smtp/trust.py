# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay's certificate: whether it can be trusted, and everything that is wrong with it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .certificate import read_certificate
from .observation import Observation
from .walk import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .finding import Finding, Severity
    from .walk import Walk

_EXPIRES_SOON_DAYS = 14


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
    codes = [] if walk.distrust is None else [walk.distrust.verify_code]
    detail = "" if walk.distrust is None else walk.distrust.detail
    try:
        certificate = read_certificate(walk.connection.certificate_der)
    except ValueError as error:
        walk.note(f"-- the certificate could not be read ({error})")
    else:
        walk.result.certificate, walk.result.seen_at = certificate, now
        walk.facts.update(
            subject=certificate.subject,
            issuer=certificate.issuer,
            names=", ".join(certificate.names) or "(no name)",
            not_before=f"{certificate.not_before:%Y-%m-%d %H:%M} UTC",
            not_after=f"{certificate.not_after:%Y-%m-%d %H:%M} UTC",
        )
        if walk.distrust is None:
            days = certificate.days_left(now)
            if days < _EXPIRES_SOON_DAYS:
                where = walk.where("certificate")
                yield walk.find("certificate-expires-soon", where=where, days=str(days))
        else:
            # OpenSSL stops at the first problem; these are the others that are plain to see.
            codes += [62] if not certificate.covers(walk.server_name) else []
            codes += [10] if certificate.not_after < now else []
            codes += [9] if certificate.not_before > now else []
    severity: Severity | None = None if walk.request.validate_certs else "warning"
    seen: set[str] = set()
    for code in codes:
        observation = Observation("certificate", "verify", detail, code)
        finding = walk.diagnose(observation, severity)
        if finding.code not in seen:
            seen.add(finding.code)
            walk.result.findings.append(finding)
            yield finding
