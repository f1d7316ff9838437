# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an application can honour a description: never a silent loss."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile

OPTIONAL_FIELDS = ("from_name", "reply_to")


def fit(profile: Profile, description: Description) -> tuple[Finding, ...]:
    """What stands between this description and this application."""
    if not description.enabled:
        return ()
    findings: list[Finding] = []

    def complain(code: str, where: str, **facts: Any) -> None:
        findings.append(CATALOGUE.finding(code, where=where, title=profile.title, **facts))

    supports = profile.supports
    security = description.security
    ports = supports.ports.get(security)
    if ports is None or (ports and description.port not in ports):
        complain(
            "application-port-unsupported",
            "smtp_port",
            security=security,
            port=description.port,
            speaks=spoken_pairs(profile),
        )
    if description.anonymous and not supports.anonymous:
        complain("application-needs-credentials", "smtp_auth")
    for name in OPTIONAL_FIELDS:
        if getattr(description, name) is not None and name not in supports.fields:
            complain("application-field-unsupported", f"smtp_{name}")
    if security != "none":
        verifies = supports.verifies.get(security, "undocumented")
        if not description.validate_certs:
            if supports.skip_verify is None and verifies != "no":
                complain("application-cannot-skip-verification", "smtp_validate_certs")
            elif supports.skip_verify is not None:
                complain(
                    "application-verification-off",
                    "smtp_validate_certs",
                    reach=supports.skip_verify,
                )
        elif description.ca_pem and not supports.private_ca and verifies != "no":
            code = "unsupported" if verifies == "yes" else "undocumented"
            otherwise = "; or switch verification off in so many words: smtp_validate_certs: false"
            complain(
                f"application-private-ca-{code}",
                "smtp_ca_path",
                security=security,
                otherwise=otherwise if supports.skip_verify is not None else "",
            )
    return tuple(findings)


def spoken_pairs(profile: Profile) -> str:
    """What the application speaks, for a sentence: ``tls on 465, starttls on 587``."""
    return ", ".join(
        f"{security} on {' or '.join(str(port) for port in ports) or 'any port'}"
        for security, ports in profile.supports.ports.items()
    )
