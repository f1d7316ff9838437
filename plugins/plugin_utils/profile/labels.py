# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the names of a profile's expressions are called in a comment for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LABELS: Mapping[str, str] = {
    "enabled": "whether mail is sent",
    "provider": "the provider of the relay",
    "host": "the relay",
    "port": "the port of the relay",
    "security": "how the connection is protected",
    "auth": "how to log in",
    "mechanism": "the SASL mechanism",
    "username": "the user name",
    "password": "the password",
    "oauth": "the login with OAuth",
    "existing_secret": "the Secret that holds the credentials",
    "from_address": "the sender's address",
    "from_name": "the sender's name",
    "envelope_from": "the address that bounces go to",
    "reply_to": "the address that answers go to",
    "subject_prefix": "what every subject begins with",
    "name": "the name of this configuration",
    "comment": "a note on this configuration",
    "ehlo_name": "the name that the application says in EHLO",
    "validate_certs": "about the verification of the relay's certificate",
    "ca_pem": "the private CA of the relay",
    "client_cert": "the certificate that the application shows",
    "client_key": "the key of that certificate",
    "server_name": "the name that the relay's certificate must carry",
    "tls_min_version": "the oldest version of TLS",
    "proxy": "the proxy on the way to the relay",
    "timeout": "seconds to wait for the relay",
    "test_recipients": "who gets test mails",
    "policy": "what is forbidden here",
    "fallbacks": "the relays to try next",
    "anonymous": "whether the relay takes mail without a login",
    "address": "the relay and its port",
    "from_local": "the sender's address before the @",
    "from_domain": "the sender's domain",
    "sender": "the sender",
    "release": "the Helm release",
    "namespace": "the namespace of the release",
    "fullname": "what the names of the chart's objects begin with",
}

CONDITIONS = frozenset({"enabled", "anonymous", "auth", "existing_secret"})
"""Names that mostly ask whether a value is there, and not what it is."""


def label(names: Iterable[str]) -> str:
    """What a value is that these names go into."""
    known = [name for name in LABELS if name in set(names)]
    telling = [name for name in known if name not in CONDITIONS] or known
    return ", ".join(LABELS[name] for name in telling) or "the same for every relay"
