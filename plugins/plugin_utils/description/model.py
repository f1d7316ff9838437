# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical SMTP description: what every later step works from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

Security = Literal["none", "starttls", "tls"]
Auth = Literal["none", "password"]

SECURITIES: tuple[Security, ...] = ("none", "starttls", "tls")
AUTHS: tuple[Auth, ...] = ("none", "password")
TLS_VERSIONS = ("1.2", "1.3")

PORT_OF: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
"""Default ports: RFC 8314 section 7.3 (465), RFC 6409 section 3.1 (587), RFC 5321 section 4.5.4 (25)."""

SECURITY_OF: dict[int, Security] = {
    465: "tls",
    2465: "tls",
    587: "starttls",
    2587: "starttls",
    25: "none",
}
"""What a port speaks when nothing else is said."""


@dataclass(frozen=True)
class Description:
    """One application's SMTP settings, complete and checked.

    When `enabled` is false, mail is switched off and no other field counts.
    `host` is a name or an address without brackets; `timeout` is in seconds for each wait of
    the probe; `ca_pem` holds the certificates of a private CA, read from ``smtp_ca_path`` or given.
    """

    enabled: bool = True
    host: str = ""
    port: int = 0
    security: Security = "starttls"
    auth: Auth = "none"
    mechanism: str | None = None
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    from_address: str = ""
    from_name: str | None = None
    reply_to: str | None = None
    ehlo_name: str | None = None
    validate_certs: bool = True
    ca_pem: str | None = None
    server_name: str | None = None
    tls_min_version: str = "1.2"
    timeout: int = 10
    test_recipients: tuple[str, ...] = ()

    @property
    def anonymous(self) -> bool:
        """Whether the relay takes mail without credentials."""
        return self.enabled and self.auth == "none"

    def redacted(self) -> dict[str, Any]:
        """The description as plain data for results and logs, with no secret in it."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        data["password"] = "set" if self.password else "not set"
        data["ca_pem"] = "set" if self.ca_pem else "not set"
        data["test_recipients"] = list(self.test_recipients)
        return data
