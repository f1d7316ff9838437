# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical SMTP description: what every later step works from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

Security = Literal["none", "starttls", "tls"]
Auth = Literal["none", "password", "oauth"]

SECURITIES: tuple[Security, ...] = ("none", "starttls", "tls")
AUTHS: tuple[Auth, ...] = ("none", "password", "oauth")
TLS_VERSIONS = ("1.2", "1.3")

MECHANISMS: dict[Auth, tuple[str, ...]] = {
    "none": ("EXTERNAL",),
    "password": ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"),
    "oauth": ("XOAUTH2", "OAUTHBEARER"),
}
"""The SASL mechanisms of each kind of login. EXTERNAL is the client's certificate (RFC 4422 appendix A)."""

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

_BRIEF: Mapping[str, Any] = {"brief": True}
"""Marks a field of many lines: results show only whether it is set."""


def _no_secret() -> Secret:
    return Secret("")


@dataclass(frozen=True)
class OAuth:
    """How the application logs in with OAuth 2: a token, or what one is had with (RFC 6749 section 4.4)."""

    token: Secret = field(default_factory=_no_secret)
    token_url: str | None = None
    tenant: str | None = None
    client_id: str | None = None
    client_secret: Secret = field(default_factory=_no_secret)
    scope: str | None = None


@dataclass(frozen=True)
class ExistingSecret:
    """A Kubernetes Secret that holds the credentials; a key that is `None` is the profile's default."""

    name: str
    username_key: str | None = None
    password_key: str | None = None


@dataclass(frozen=True)
class Policy:
    """What is forbidden here, whatever else is asked for.

    `fips`: certificates are verified, TLS is 1.2 or newer, and no mechanism uses MD5.
    `chart_from_source`: the chart of a release comes from ``smtp_chart``, never from Helm's record.
    """

    fips: bool = False
    require_tls: bool = False
    require_verified_certs: bool = False
    allow_anonymous: bool = True
    allow_sinks: bool = True
    allow_unencrypted_credentials: bool = False
    chart_from_source: bool = False


@dataclass(frozen=True)
class Description:
    """One application's SMTP settings, complete and checked.

    When `enabled` is false, mail is switched off and no other field counts.
    `host` is a name in ASCII or an address without brackets; `timeout` is in seconds for each wait
    of the probe; `ca_pem` holds the certificates of a private CA, read from ``smtp_ca_path`` or
    given; `client_cert` and `client_key` are PEM texts; `proxy` is a URL with ``socks5`` or
    ``http``. With `existing_secret`, `auth` is ``password``, and `username` and `password` may be
    empty. `fallbacks` are the relays to try after this one, in their order.
    """

    enabled: bool = True
    provider: str | None = None
    host: str = ""
    port: int = 0
    security: Security = "starttls"
    auth: Auth = "none"
    mechanism: str | None = None
    username: str = ""
    password: Secret = field(default_factory=_no_secret)
    oauth: OAuth | None = None
    existing_secret: ExistingSecret | None = None
    from_address: str = ""
    from_name: str | None = None
    envelope_from: str | None = None
    reply_to: str | None = None
    subject_prefix: str | None = None
    name: str | None = None
    comment: str | None = None
    ehlo_name: str | None = None
    validate_certs: bool = True
    ca_pem: str | None = field(default=None, metadata=_BRIEF)
    client_cert: str | None = field(default=None, metadata=_BRIEF)
    client_key: Secret | None = field(default=None, metadata=_BRIEF)
    server_name: str | None = None
    tls_min_version: str = "1.2"
    proxy: str | None = None
    timeout: int = 10
    test_recipients: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)
    fallbacks: tuple[Description, ...] = ()

    @property
    def username_is_secret(self) -> bool:
        """Whether the user name is the password too, as with a server token of Postmark."""
        return bool(self.password) and Secret(self.username) == self.password

    @property
    def anonymous(self) -> bool:
        """Whether the relay takes mail without credentials."""
        return self.enabled and self.auth == "none"

    def redacted(self) -> dict[str, Any]:
        """The description as plain data for results and logs, with no secret in it."""
        data: dict[str, Any] = _redacted(self)
        return data

    def secrets(self) -> Iterator[Secret]:
        """Every secret that is set, of this description and its fallbacks."""
        return _secrets(self)


def _redacted(value: Any) -> Any:
    if isinstance(value, Secret):
        return _whether_set(value)
    if is_dataclass(value):
        brief = {entry.name for entry in fields(value) if entry.metadata.get("brief")}
        if isinstance(value, Description) and value.username_is_secret:
            brief.add("username")
        return {
            entry.name: (_whether_set if entry.name in brief else _redacted)(
                getattr(value, entry.name)
            )
            for entry in fields(value)
        }
    if isinstance(value, tuple):
        return [_redacted(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"no way is known to show a {type(value).__name__}")


def _whether_set(value: object) -> str:
    return "set" if value else "not set"


def _secrets(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        if value:
            yield value
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _secrets(getattr(value, entry.name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from _secrets(inner)
