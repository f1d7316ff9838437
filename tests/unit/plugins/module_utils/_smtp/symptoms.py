# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The symptoms that the vendors' pages list, what a probe sees of each, and the codes to expect.

The unit tests diagnose ``seen``; the tests with real relays produce each symptom and expect
``code`` among the findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.observation import Observation
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply


@dataclass(frozen=True)
class Symptom:
    """One symptom of one vendor. ``facts`` are those of the walk that its finding depends on."""

    vendor: str
    words: str
    seen: Observation
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


def answered(stage: str, code: int, enhanced: str, text: str) -> Observation:
    return Observation(stage, reply=Reply(code, (text,), enhanced))


AUTHENTICATION_FAILED = answered("auth", 535, "5.7.8", "Error: authentication failed")
SENDER_REFUSED = answered("rcpt", 554, "5.7.1", "<a@x.example>: Sender address rejected: no")
SENDER_UNVERIFIED = answered("data", 554, "", "Message rejected: Email address is not verified.")
NO_ANSWER = Observation("connect", "timeout")
REFUSED = Observation("connect", "refused")
NAME_UNKNOWN = Observation("resolve", "name-not-found")
ISSUER_UNKNOWN = Observation("certificate", "verify", verify_code=20)
WRONG_NAME = Observation("certificate", "verify", verify_code=62)
TLS_FIRST = Observation("banner", "speaks-tls")
PLAINTEXT_FIRST = Observation("tls", "speaks-plaintext")

SYMPTOMS = (
    # -- Qualytics ----------------------------------------------------------------------------
    Symptom("Qualytics", "authentication error", AUTHENTICATION_FAILED, "credentials-rejected"),
    Symptom("Qualytics", "sender refused", SENDER_REFUSED, "sender-rejected"),
    Symptom("Qualytics", "sender refused: not verified", SENDER_UNVERIFIED, "sender-not-verified"),
    Symptom("Qualytics", "certificate verify failed", ISSUER_UNKNOWN, "certificate-unknown-issuer"),
    Symptom(
        "Qualytics",
        "certificate verify failed: self-signed",
        Observation("certificate", "verify", verify_code=18),
        "certificate-self-signed",
    ),
    Symptom(
        "Qualytics", "certificate verify failed: host name", WRONG_NAME, "certificate-name-mismatch"
    ),
    Symptom("Qualytics", "connection timeout", NO_ANSWER, "relay-timeout"),
    Symptom(
        "Qualytics",
        "connection unexpectedly closed on 587",
        Observation("ehlo", "closed"),
        "connection-lost",
    ),
    Symptom(
        "Qualytics",
        "connection unexpectedly closed on 587: the port speaks TLS",
        TLS_FIRST,
        "relay-speaks-tls-first",
    ),
    Symptom(
        "Qualytics",
        "no mail and no error: the recipient is suppressed",
        answered("rcpt", 550, "5.7.1", "Recipient is on the suppression list"),
        "recipient-suppressed",
    ),
    Symptom(
        "Qualytics",
        "no mail and no error: a filter",
        answered("data", 554, "5.7.1", "Message rejected as spam"),
        "message-content-rejected",
    ),
    # -- Qalyptus: network and firewall ---------------------------------------------------------
    Symptom("Qalyptus", "host name wrong", NAME_UNKNOWN, "relay-name-not-found"),
    Symptom("Qalyptus", "firewall drops", NO_ANSWER, "relay-timeout"),
    Symptom("Qalyptus", "port closed", REFUSED, "relay-refused"),
    # -- Qalyptus: authentication ---------------------------------------------------------------
    Symptom(
        "Qalyptus", "user name or password wrong", AUTHENTICATION_FAILED, "credentials-rejected"
    ),
    Symptom(
        "Qalyptus",
        "account locked",
        answered("auth", 535, "5.7.8", "Account is temporarily locked"),
        "account-locked",
    ),
    # -- Qalyptus: TLS --------------------------------------------------------------------------
    Symptom("Qalyptus", "SSL on, port without", PLAINTEXT_FIRST, "relay-speaks-plaintext-first"),
    Symptom("Qalyptus", "SSL off, port with", TLS_FIRST, "relay-speaks-tls-first"),
    Symptom("Qalyptus", "TLS version", Observation("tls", "version"), "tls-version-unsupported"),
    Symptom("Qalyptus", "cipher suites", Observation("tls", "cipher"), "tls-cipher-mismatch"),
    Symptom("Qalyptus", "certificate", ISSUER_UNKNOWN, "certificate-unknown-issuer"),
    # -- Qalyptus: delivery ---------------------------------------------------------------------
    Symptom("Qalyptus", "sender rejected", SENDER_REFUSED, "sender-rejected"),
    Symptom(
        "Qalyptus",
        "recipient rejected",
        answered("rcpt", 550, "5.1.1", "<b@x.example>: Recipient address rejected: User unknown"),
        "recipient-unknown",
    ),
    Symptom(
        "Qalyptus",
        "rate limit",
        answered("mail", 450, "4.7.1", "Error: Message delivery request rate limit exceeded"),
        "sending-limit-reached",
    ),
    Symptom(
        "Qalyptus",
        "message size",
        answered("mail", 552, "5.3.4", "Message size exceeds fixed limit"),
        "message-too-big",
    ),
    # -- Rafay ----------------------------------------------------------------------------------
    Symptom("Rafay", "host wrong", NAME_UNKNOWN, "relay-name-not-found"),
    Symptom("Rafay", "port wrong", REFUSED, "relay-refused"),
    Symptom("Rafay", "credentials wrong", AUTHENTICATION_FAILED, "credentials-rejected"),
    Symptom("Rafay", "TLS setting wrong", PLAINTEXT_FIRST, "relay-speaks-plaintext-first"),
    Symptom("Rafay", "outbound port blocked", NO_ANSWER, "relay-timeout"),
    Symptom(
        "Rafay",
        "port 25 blocked by the internet provider",
        NO_ANSWER,
        "port-25-timeout",
        facts={"port": "25"},
    ),
    # -- thand ----------------------------------------------------------------------------------
    Symptom("thand", "535 authentication failed", AUTHENTICATION_FAILED, "credentials-rejected"),
    Symptom("thand", "connection refused", REFUSED, "relay-refused"),
    Symptom("thand", "connection timeout", NO_ANSWER, "relay-timeout"),
    Symptom("thand", "TLS handshake", PLAINTEXT_FIRST, "relay-speaks-plaintext-first"),
    Symptom("thand", "TLS certificate", WRONG_NAME, "certificate-name-mismatch"),
    Symptom("thand", "sender rejected", SENDER_REFUSED, "sender-rejected"),
    Symptom(
        "thand",
        "sender domain",
        answered("rcpt", 450, "4.1.8", "<a@x.example>: Sender address rejected: Domain not found"),
        "sender-domain-unknown",
    ),
)
