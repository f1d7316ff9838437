# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an application can honour a description: never a silent loss."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Profile,
    SecretSupport,
)

EXPRESSIBLE = (
    "from_name",
    "envelope_from",
    "reply_to",
    "subject_prefix",
    "server_name",
    "proxy",
    "client_cert",
)
"""What is lost in silence when the application has no setting for it."""

OF_THE_PROBE = ("name", "comment", "ehlo_name", "timeout")
"""What the probe or a reader still uses when the application has no setting for it."""

_UNSET = Description()


def fit(profile: Profile, description: Description) -> tuple[Finding, ...]:
    """What stands between this description and this application."""
    if not description.enabled:
        if profile.supports.disabled:
            return ()
        return (
            CATALOGUE.finding(
                "application-cannot-switch-off", where="smtp_enabled", title=profile.title
            ),
        )
    fitting = _Fitting(profile, description)
    fitting.security()
    fitting.login()
    fitting.fields()
    if description.security != "none":
        fitting.certificates()
    return tuple(fitting.findings)


def chart_version(profile: Profile, chart: str, version: str) -> Finding | None:
    """What to say about a chart in a version that the profile was not held against."""
    if any(entry.covers(chart, version) for entry in profile.checked):
        return None
    return CATALOGUE.finding(
        "application-chart-unchecked",
        where=f"chart {chart}",
        application=profile.name,
        checked=", ".join(f"{entry.chart} {entry.version}" for entry in profile.checked),
        chart=chart,
        version=version,
    )


def spoken_pairs(profile: Profile) -> str:
    """What the application speaks, for a sentence: ``tls on 465, starttls on 587``."""
    return ", ".join(
        f"{security} on {' or '.join(str(port) for port in ports) or 'any port'}"
        for security, ports in profile.supports.ports.items()
    )


@dataclass
class _Fitting:
    """One comparison; the methods follow the order of the description."""

    profile: Profile
    wanted: Description
    findings: list[Finding] = field(default_factory=list)

    def complain(self, code: str, where: str, **facts: Any) -> None:
        self.findings.append(
            CATALOGUE.finding(code, where=where, title=self.profile.title, **facts)
        )

    def security(self) -> None:
        ports = self.profile.supports.ports.get(self.wanted.security)
        if ports is None or (ports and self.wanted.port not in ports):
            self.complain(
                "application-port-unsupported",
                "smtp_port",
                security=self.wanted.security,
                port=self.wanted.port,
                speaks=spoken_pairs(self.profile),
            )

    def login(self) -> None:
        supports, wanted = self.profile.supports, self.wanted
        if wanted.auth not in supports.auth:
            if wanted.auth == "none":
                self.complain("application-needs-credentials", "smtp_auth")
            else:
                self.complain(
                    "application-auth-unsupported",
                    "smtp_auth",
                    auth=wanted.auth,
                    choices=", ".join(supports.auth),
                )
            return
        if wanted.mechanism and wanted.mechanism not in supports.mechanisms:
            choices = f", or set it to one of: {', '.join(supports.mechanisms)}"
            self.complain(
                "application-mechanism-unsupported",
                "smtp_mechanism",
                mechanism=wanted.mechanism,
                choices=choices if supports.mechanisms else "",
            )
        support = supports.existing_secret
        if wanted.existing_secret is None:
            if wanted.auth == "password" and support is not None and support.required:
                keys = " and ".join(f"{key} ({what})" for what, key in support.keys.items())
                self.complain("application-secret-required", "smtp_existing_secret", keys=keys)
        elif support is None:
            self.complain("application-secret-unsupported", "smtp_existing_secret")
        else:
            self.secret(wanted.existing_secret, support)

    def secret(self, given: ExistingSecret, support: SecretSupport) -> None:
        where = "smtp_existing_secret"
        for what, own in (("username", given.username_key), ("password", given.password_key)):
            key = support.keys.get(what)
            if own is not None and key is None:
                self.complain("application-secret-key-unused", where, what=what)
            elif own not in (None, key) and not support.free:
                self.complain("application-secret-key-fixed", where, what=what, key=key)
        if not {"username", "url"} & support.keys.keys() and not self.wanted.username:
            self.complain("application-username-needed", "smtp_username")

    def fields(self) -> None:
        supports, wanted = self.profile.supports, self.wanted
        for name in EXPRESSIBLE:
            if getattr(wanted, name) is not None and name not in supports.fields:
                self.complain("application-field-unsupported", f"smtp_{name}")
        for name in OF_THE_PROBE:
            given = getattr(wanted, name)
            if given != getattr(_UNSET, name) and name not in supports.fields:
                self.complain("application-field-of-the-probe", f"smtp_{name}")
        version = wanted.tls_min_version
        if version != _UNSET.tls_min_version and "tls_min_version" not in supports.fields:
            where = "smtp_tls_min_version"
            self.complain("application-tls-version-unsupported", where, version=version)
        if wanted.fallbacks and "fallbacks" not in supports.fields:
            self.complain("application-field-unsupported", "smtp_fallbacks")
        for number, entry in enumerate(wanted.fallbacks):
            place = f"smtp_fallbacks[{number}]"
            self.findings += [
                replace(finding, where=f"{place}.{finding.where.removeprefix('smtp_')}")
                for finding in fit(self.profile, entry)
            ]

    def certificates(self) -> None:
        supports, wanted = self.profile.supports, self.wanted
        verifies = supports.verifies.get(wanted.security, "undocumented")
        if not wanted.validate_certs:
            if supports.skip_verify is None and verifies != "no":
                self.complain("application-cannot-skip-verification", "smtp_validate_certs")
            elif supports.skip_verify not in (None, "mail"):
                private = "the private CA of the relay in smtp_ca_path"
                public = "a certificate of a public CA at the relay"
                self.complain(
                    "application-verification-off",
                    "smtp_validate_certs",
                    reach=supports.skip_verify,
                    better=private if supports.private_ca or self.profile.runtime else public,
                )
        elif verifies == "no":
            self.complain(
                "application-does-not-verify", "smtp_validate_certs", security=wanted.security
            )
