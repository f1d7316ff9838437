# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen leads to the right finding: each row has its example here."""

from __future__ import annotations

import re

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import (
    TABLE,
    Observation,
    diagnose,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import FACTS


def saw(reply: str) -> Reply:
    match = re.fullmatch(r"(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)", reply)
    assert match
    return Reply(int(match.group(1)), (match.group(3),), match.group(2) or "")


def found(seen: Observation, host: str) -> Finding:
    facts = {**dict.fromkeys(FACTS, "x"), "host": host}
    return diagnose(seen, where="here", facts=facts)


SES = "email-smtp.eu-west-1.amazonaws.com"
GMAIL = "smtp.gmail.com"
M365 = "smtp.office365.com"
SENDGRID = "smtp.sendgrid.net"
SPARKPOST = "smtp.sparkpostmail.com"
ANY = "relay.example.org"

REPLIES = [
    # the replies of the standards and of the usual servers
    ("banner", "554 No SMTP service here", ANY, "client-refused"),
    (
        "banner",
        "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org",
        ANY,
        "client-refused",
    ),
    ("rcpt", "554 5.7.1 Service unavailable; Client host blocked using x", ANY, "client-refused"),
    ("banner", "421 4.3.2 All server ports are busy", ANY, "relay-unavailable"),
    ("banner", "421 4.7.0 Too many concurrent SMTP connections", ANY, "too-many-connections"),
    ("ehlo", "501 Syntactically invalid EHLO argument(s)", ANY, "ehlo-name-rejected"),
    ("ehlo", "502 unknown", ANY, "ehlo-rejected"),
    ("rcpt", "504 5.5.2 <me>: Helo command rejected: need FQDN", ANY, "ehlo-name-rejected"),
    ("ehlo", "550 Invalid HELO", ANY, "ehlo-name-rejected"),
    ("starttls", "454 4.7.0 TLS not available due to local problem", ANY, "starttls-rejected"),
    ("mail", "530 5.7.0 Must issue a STARTTLS command first", ANY, "starttls-required"),
    ("auth", "538 Encryption required", ANY, "starttls-required"),
    ("auth", "538 no", ANY, "starttls-required"),
    ("auth", "530 5.7.11 no", ANY, "starttls-required"),
    ("auth", "535 5.7.8 Error: authentication failed: ", ANY, "credentials-rejected"),
    ("auth", "550 5.7.8 no", ANY, "credentials-rejected"),
    ("auth", "534 5.7.9 Mechanism too weak", ANY, "mechanism-rejected"),
    ("auth", "504 5.5.4 Unrecognized authentication type", ANY, "mechanism-rejected"),
    ("auth", "454 4.7.0 Temporary authentication failure", ANY, "auth-failed-temporarily"),
    ("auth", "535 Too many failed login attempts", ANY, "account-locked"),
    ("auth", "535 5.7.8 Account is locked", ANY, "account-locked"),
    ("mail", "530 5.7.0 Authentication required", ANY, "auth-required"),
    ("rcpt", "550 5.7.1 authentication required", ANY, "auth-required"),
    ("rcpt", "554 5.7.1 <b@x.example>: Relay access denied", ANY, "relay-denied"),
    ("rcpt", "550 relay not permitted", ANY, "relay-denied"),
    ("rcpt", "550 5.7.1 Unable to relay", ANY, "relay-denied"),
    ("rcpt", "550 5.7.54 SMTP; no", ANY, "relay-denied"),
    ("mail", "550 no", ANY, "sender-rejected"),
    ("mail", "501 5.1.7 Bad sender address syntax", ANY, "sender-rejected"),
    ("rcpt", "554 5.7.1 <a@x>: Sender address rejected: Access denied", ANY, "sender-rejected"),
    (
        "rcpt",
        "450 4.1.8 <a@x>: Sender address rejected: Domain not found",
        ANY,
        "sender-domain-unknown",
    ),
    (
        "rcpt",
        "553 5.7.1 <a@x>: Sender address rejected: not owned by user u",
        ANY,
        "sender-not-allowed",
    ),
    ("rcpt", "550 5.1.1 <b@x>: Recipient address rejected", ANY, "recipient-unknown"),
    ("rcpt", "550 Unknown user", ANY, "recipient-unknown"),
    ("rcpt", "550 5.7.1 no", ANY, "recipient-rejected"),
    ("rcpt", "450 4.2.0 Greylisted, see http://postgrey.example", ANY, "greylisted"),
    ("mail", "552 5.3.4 Message size exceeds fixed limit", ANY, "message-too-big"),
    ("mail", "552 Message size exceeds limit", ANY, "message-too-big"),
    ("mail", "452 4.3.1 Insufficient system storage", ANY, "relay-full"),
    ("rcpt", "552 5.2.2 Quota exceeded", ANY, "relay-full"),
    # providers
    ("auth", "535 Authentication Credentials Invalid", SES, "credentials-rejected"),
    ("auth", "535 Account not subscribed to SES", SES, "account-not-active"),
    ("mail", "530 Authentication required", SES, "auth-required"),
    (
        "mail",
        "554 Message rejected: Email address is not verified. The following identities failed",
        SES,
        "sender-not-verified",
    ),
    (
        "mail",
        "554 Access denied: User `arn` is not authorized to perform `ses:SendRawEmail'",
        SES,
        "account-not-active",
    ),
    ("mail", "454 Throttling failure: Maximum sending rate exceeded", SES, "sending-limit-reached"),
    ("mail", "454 Throttling failure: Daily message quota exceeded", SES, "sending-limit-reached"),
    ("auth", "454 Temporary authentication failure", SES, "auth-failed-temporarily"),
    ("banner", "421 Too many concurrent SMTP connections", SES, "too-many-connections"),
    ("auth", "535 5.7.8 Username and Password not accepted", GMAIL, "credentials-rejected"),
    (
        "auth",
        "534 5.7.9 Application-specific password required",
        GMAIL,
        "application-password-required",
    ),
    (
        "ehlo",
        "421 4.7.0 Try again later, closing connection. (EHLO)",
        "smtp-relay.gmail.com",
        "ehlo-name-rejected",
    ),
    ("rcpt", "550 5.4.5 Daily SMTP relay limit exceeded for user", GMAIL, "sending-limit-reached"),
    (
        "auth",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
        M365,
        "basic-auth-disabled",
    ),
    (
        "auth",
        "535 5.7.139 unsuccessful, basic authentication is disabled",
        M365,
        "basic-auth-disabled",
    ),
    ("auth", "535 5.7.3 Authentication unsuccessful", M365, "credentials-rejected"),
    ("mail", "530 5.7.57 Client not authenticated to send mail", M365, "auth-required"),
    (
        "mail",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        M365,
        "sender-not-allowed",
    ),
    (
        "auth",
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        M365,
        "basic-auth-disabled",
    ),
    ("auth", "535 Basic authentication is disabled", ANY, "basic-auth-disabled"),
    (
        "mail",
        "550 The from address does not match a verified Sender Identity",
        SENDGRID,
        "sender-not-verified",
    ),
    (
        "auth",
        "451 Authentication failed: Maximum credits exceeded",
        SENDGRID,
        "sending-limit-reached",
    ),
    (
        "auth",
        "535 Authentication failed: Bad username / password",
        SENDGRID,
        "credentials-rejected",
    ),
    ("auth", "535 5.7.8 Sorry", SPARKPOST, "credentials-rejected"),
    ("mail", "550 5.7.1 Unconfigured Sending Domain <x.example>", SPARKPOST, "sender-not-verified"),
    ("mail", "530 Must issue a STARTTLS command first.", "smtp.zoho.com", "starttls-required"),
    ("mail", "553 Relaying disallowed as a@x.example", "smtp.zoho.com", "sender-not-allowed"),
    ("auth", "421 Too many auth failures", "smtp.email.x.oci.oraclecloud.com", "account-locked"),
    (
        "mail",
        "455 Maximum messages sent per minute reached",
        "smtp.email.x.oci.oraclecloud.com",
        "sending-limit-reached",
    ),
    (
        "rcpt",
        "254 4.7.1 Suppression list",
        "smtp.email.x.oci.oraclecloud.com",
        "recipient-suppressed",
    ),
    ("rcpt", "550 on our suppression list", ANY, "recipient-suppressed"),
]


@pytest.mark.parametrize(("stage", "reply", "host", "code"), REPLIES)
def test_a_reply_is_diagnosed(stage: str, reply: str, host: str, code: str) -> None:
    finding = found(Observation(stage, reply=saw(reply)), host)
    assert finding.code == code
    assert finding.severity == "error"


FAILURES = [
    (Observation("resolve", "name-not-found"), "relay-name-not-found"),
    (Observation("resolve", "name-failure"), "resolver-failed"),
    (Observation("resolve", "timeout"), "resolver-failed"),
    (Observation("connect", "refused"), "relay-refused"),
    (Observation("connect", "timeout"), "relay-timeout"),
    (Observation("connect", "unreachable"), "relay-unreachable"),
    (Observation("connect", "no-route"), "relay-no-route"),
    (Observation("connect", "denied"), "connect-denied"),
    (Observation("connect", "Protocol not available"), "connect-failed"),
    (Observation("banner", "speaks-tls"), "relay-speaks-tls-first"),
    (Observation("tls", "speaks-plaintext"), "relay-speaks-plaintext-first"),
    (Observation("tls", "not-tls"), "starttls-answered-in-plaintext"),
    (Observation("mail", "not-tls"), "tls-failed"),
    (Observation("banner", "timeout"), "relay-silent"),
    (Observation("ehlo", "timeout"), "reply-timeout"),
    (Observation("mail", "deadline"), "probe-too-slow"),
    (Observation("rcpt", "closed"), "connection-lost"),
    (Observation("banner", "not-smtp"), "not-smtp"),
    (Observation("ehlo", "code-changed"), "protocol-broken"),
    (Observation("tls", "injected"), "starttls-injection"),
    (Observation("certificate", "verify", verify_code=10), "certificate-expired"),
    (Observation("certificate", "verify", verify_code=9), "certificate-not-yet-valid"),
    (Observation("certificate", "verify", verify_code=18), "certificate-self-signed"),
    (Observation("certificate", "verify", verify_code=19), "certificate-unknown-issuer"),
    (Observation("certificate", "verify", verify_code=20), "certificate-unknown-issuer"),
    (Observation("certificate", "verify", verify_code=62), "certificate-name-mismatch"),
    (Observation("certificate", "verify", verify_code=64), "certificate-name-mismatch"),
    (Observation("certificate", "verify", verify_code=66), "certificate-weak"),
    (Observation("certificate", "verify", verify_code=85), "certificate-invalid"),
    (Observation("tls", "version"), "tls-version-unsupported"),
    (Observation("tls", "cipher"), "tls-cipher-mismatch"),
    (Observation("tls", "server-name"), "tls-server-name-unknown"),
    (Observation("tls", "client-certificate"), "client-certificate-required"),
    (Observation("tls", "tls"), "tls-failed"),
    (Observation("starttls", "starttls-not-offered"), "starttls-not-offered"),
    (Observation("auth", "auth-not-offered"), "auth-not-offered"),
    (Observation("auth", "mechanism-not-offered"), "mechanism-not-offered"),
    (Observation("auth", "mechanism-unknown"), "mechanism-unknown"),
    (Observation("auth", "digest-unavailable"), "mechanism-unavailable"),
    (Observation("auth", "credentials-unusable"), "credentials-unusable"),
    (Observation("auth", "server-unproven"), "auth-server-unproven"),
    (Observation("auth", "challenge-malformed"), "auth-challenge-malformed"),
    (Observation("mail", "smtputf8-not-offered"), "smtputf8-not-offered"),
    (Observation("mail", "something new"), "failure-unknown"),
]


@pytest.mark.parametrize(("seen", "code"), FAILURES)
def test_a_failure_is_diagnosed(seen: Observation, code: str) -> None:
    assert found(seen, ANY).code == code


def test_a_reply_that_nobody_knows_is_called_unknown_with_the_meaning_of_its_codes() -> None:
    finding = found(Observation("mail", reply=saw("455 4.4.5 Moon is full")), ANY)
    assert finding.code == "reply-unknown"
    assert "455 4.4.5 Moon is full" in finding.message
    assert "parameters cannot be served" in finding.fix
    assert "congested" in finding.fix


def test_a_provider_adds_its_hint_to_the_fix() -> None:
    reply = saw("535 5.7.8 Username and Password not accepted")
    generic = found(Observation("auth", reply=reply), ANY)
    gmail = found(Observation("auth", reply=reply), GMAIL)
    assert gmail.fix.startswith(f"{generic.fix} Gmail: the full address, and an app password")


def test_every_row_is_the_first_that_fits_some_example() -> None:
    examples = [
        *((Observation(stage, reply=saw(reply)), host) for stage, reply, host, _code in REPLIES),
        *((seen, ANY) for seen, _code in FAILURES),
        (Observation("mail", reply=saw("455 4.4.5 Moon is full")), ANY),
    ]
    used = {
        next(index for index, row in enumerate(TABLE) if row.fits(seen, host))
        for seen, host in examples
    }
    assert [row for index, row in enumerate(TABLE) if index not in used] == []
