# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to a finding: one table, in which the first row that fits counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .relay_catalogue import CATALOGUE
from .reply_meaning import meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .finding import Finding, Severity
    from .protocol import Reply


@dataclass(frozen=True)
class Observation:
    """What was seen when a stage did not pass.

    ``failure`` is a kind of NetworkError, WireError, ProtocolError or SaslError, or a name of the
    probe's own; empty when it was a ``reply``. ``verify_code`` is OpenSSL's.
    """

    stage: str
    failure: str = ""
    detail: str = ""
    verify_code: int = 0
    reply: Reply | None = None


@dataclass(frozen=True)
class Row:
    """Conditions, all of which must hold, and the finding's code.

    An empty condition holds always. ``enhanced`` must match the whole enhanced code, ``text`` and
    ``host`` may match anywhere; case does not count. ``hint`` is added to the finding's fix: what
    to do at this provider.
    """

    code: str
    stage: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    verify: tuple[int, ...] = ()
    reply: tuple[int, ...] = ()
    enhanced: str = ""
    text: str = ""
    host: str = ""
    hint: str = ""

    def fits(self, seen: Observation, host: str) -> bool:
        """Return whether every condition holds."""
        if self.stage and seen.stage not in self.stage:
            return False
        if self.failure and seen.failure not in self.failure:
            return False
        if self.verify and seen.verify_code not in self.verify:
            return False
        if self.host and not re.search(self.host, host, re.IGNORECASE):
            return False
        if not (self.reply or self.enhanced or self.text):
            return True
        return (
            seen.reply is not None
            and (not self.reply or seen.reply.code in self.reply)
            and (not self.enhanced or bool(re.fullmatch(self.enhanced, seen.reply.enhanced)))
            and (not self.text or bool(re.search(self.text, seen.reply.text, re.IGNORECASE)))
        )


_SES = r"\bemail-smtp\b.*\.amazonaws\.com"
_GMAIL = r"\bsmtp(-relay)?\.gmail\.com"
_M365 = r"\.office365\.com|\.outlook\.com"
_SENDGRID = r"\bsendgrid\.net"
_SPARKPOST = r"\bsparkpostmail\.com"
_MAIL = ("mail", "rcpt")

TABLE: tuple[Row, ...] = (
    # -- resolve and connect ------------------------------------------------------------------
    Row("relay-name-not-found", stage=("resolve",), failure=("name-not-found",)),
    Row("resolver-failed", stage=("resolve",)),
    Row("relay-timeout", stage=("connect",), failure=("timeout",)),
    Row("relay-refused", stage=("connect",), failure=("refused",)),
    Row("relay-unreachable", stage=("connect",), failure=("unreachable",)),
    Row("relay-no-route", stage=("connect",), failure=("no-route",)),
    Row("connect-denied", stage=("connect",), failure=("denied",)),
    Row("connect-failed", stage=("connect",)),
    # -- protocol -----------------------------------------------------------------------------
    Row("relay-speaks-tls-first", failure=("speaks-tls", "tls-bytes")),
    Row("relay-speaks-plaintext-first", failure=("speaks-plaintext",)),
    Row("starttls-answered-in-plaintext", stage=("tls",), failure=("not-tls",)),
    Row("relay-silent", stage=("banner",), failure=("timeout",)),
    Row("not-smtp", failure=("not-smtp",)),
    Row("starttls-injection", failure=("injected",)),
    Row(
        "protocol-broken",
        failure=("line-too-long", "reply-too-long", "code-changed", "unsolicited"),
    ),
    # -- TLS; the verify codes are OpenSSL's X509_V_ERR_ numbers ------------------------------
    Row("certificate-expired", failure=("verify",), verify=(10,)),
    Row("certificate-not-yet-valid", failure=("verify",), verify=(9,)),
    Row("certificate-self-signed", failure=("verify",), verify=(18,)),
    Row("certificate-unknown-issuer", failure=("verify",), verify=(2, 19, 20, 21, 27)),
    Row("certificate-name-mismatch", failure=("verify",), verify=(62, 64)),
    Row("certificate-weak", failure=("verify",), verify=(66, 67, 68)),
    Row("certificate-invalid", failure=("verify",)),
    Row("tls-version-unsupported", failure=("version",)),
    Row("tls-cipher-mismatch", failure=("cipher",)),
    Row("tls-server-name-unknown", failure=("server-name",)),
    Row("client-certificate-required", failure=("client-certificate",)),
    Row("starttls-not-offered", failure=("starttls-not-offered",)),
    Row("tls-failed", failure=("tls", "not-tls")),
    # -- authentication, this side ------------------------------------------------------------
    Row("auth-not-offered", failure=("auth-not-offered",)),
    Row("mechanism-not-offered", failure=("mechanism-not-offered",)),
    Row("mechanism-unknown", failure=("mechanism-unknown",)),
    Row("mechanism-unavailable", failure=("digest-unavailable",)),
    Row("credentials-unusable", failure=("credentials-unusable",)),
    Row("auth-server-unproven", failure=("server-unproven",)),
    Row("auth-challenge-malformed", failure=("challenge-malformed", "challenge-unexpected")),
    Row("smtputf8-not-offered", failure=("smtputf8-not-offered",)),
    # -- the connection, at any stage ---------------------------------------------------------
    Row("probe-too-slow", failure=("deadline",)),
    Row("reply-timeout", failure=("timeout",)),
    Row("connection-lost", failure=("closed", "reset")),
    # -- replies, the particular before the general -------------------------------------------
    Row("too-many-connections", reply=(421, 450, 451, 452, 454), text=r"too many .*connections"),
    Row("account-locked", text=r"too many (failed |invalid )?(auth|login)|account .*\blocked\b"),
    Row("message-too-big", stage=_MAIL, enhanced=r"[45]\.(3\.4|2\.3)"),
    Row("message-too-big", stage=_MAIL, text=r"\bsize\b.*\bexceed|\bexceed.*\bsize\b"),
    Row("relay-full", stage=_MAIL, enhanced=r"[45]\.(2\.2|3\.1)"),
    Row(
        "sending-limit-reached",
        reply=(421, 450, 451, 452, 454, 550, 554),
        text=r"\b(rate|quota|limit)\b.*\bexceeded",
    ),
    Row("sending-limit-reached", reply=(455,), text=r"maximum messages sent"),
    Row("sending-limit-reached", text=r"maximum credits exceeded", host=_SENDGRID),
    Row("client-refused", stage=("banner",), reply=(521, 550, 554)),
    Row("client-refused", text=r"blocked using|block ?list|spamhaus|poor reputation"),
    Row(
        "ehlo-name-rejected",
        stage=("ehlo",),
        reply=(421,),
        text=r"\(EHLO\)|try again later",
        host=_GMAIL,
        hint="The Workspace relay demands a real name here.",
    ),
    Row("ehlo-name-rejected", stage=("ehlo",), reply=(501, 504)),
    Row("ehlo-name-rejected", text=r"\b(helo|ehlo)\b.*\b(rejected|invalid|not allowed)"),
    Row("ehlo-name-rejected", text=r"\b(invalid|bad) (helo|ehlo)\b"),
    Row("ehlo-rejected", stage=("ehlo",), reply=(500, 502)),
    Row("starttls-rejected", stage=("starttls",), reply=(454, 501, 502, 503, 550, 554)),
    Row("starttls-required", reply=(530, 538, 550, 554), text=r"starttls|encryption required"),
    Row("starttls-required", reply=(538,)),
    Row("starttls-required", enhanced=r"5\.7\.1[01]"),
    # -- replies to AUTH ----------------------------------------------------------------------
    Row(
        "account-not-active",
        stage=("auth",),
        text=r"not subscribed",
        hint="Sign up for Amazon SES in this region, with the account that the credentials are of.",
    ),
    Row(
        "basic-auth-disabled",
        text=r"SmtpClientAuthentication is disabled",
        hint="Exchange admin centre: the mailbox → Mail flow settings → Email apps → Authenticated "
        "SMTP; for the tenant: Set-TransportConfig -SmtpClientAuthenticationDisabled $false.",
    ),
    Row("basic-auth-disabled", enhanced=r"5\.7\.(139|30)"),
    Row("basic-auth-disabled", text=r"basic authentication is (disabled|not supported)"),
    Row(
        "application-password-required",
        text=r"application-specific password",
        hint="Google: https://myaccount.google.com/apppasswords.",
    ),
    Row(
        "credentials-rejected",
        stage=("auth",),
        reply=(535,),
        host=_SES,
        hint="Amazon SES: these are SMTP credentials, made in its console for one region; the AWS "
        "access key itself does not work.",
    ),
    Row(
        "credentials-rejected",
        stage=("auth",),
        reply=(535,),
        host=_GMAIL,
        hint="Gmail: the full address, and an app password (two-step verification must be on).",
    ),
    Row(
        "credentials-rejected",
        stage=("auth",),
        reply=(535,),
        host=_M365,
        hint="Microsoft 365: the mailbox's full address; security defaults and conditional access "
        "also end in this reply.",
    ),
    Row(
        "credentials-rejected",
        stage=("auth",),
        reply=(535,),
        host=_SENDGRID,
        hint="SendGrid: the user name is the word apikey, the password an API key that may send.",
    ),
    Row(
        "credentials-rejected",
        stage=("auth",),
        reply=(535, 550),
        host=_SPARKPOST,
        hint="SparkPost: the user name is SMTP_Injection, the password an API key with the right "
        "'Send via SMTP'.",
    ),
    Row("credentials-rejected", stage=("auth",), reply=(535,)),
    Row("credentials-rejected", stage=("auth",), enhanced=r"5\.7\.8"),
    Row("mechanism-rejected", stage=("auth",), reply=(500, 501, 502, 503, 504, 534)),
    Row("auth-failed-temporarily", stage=("auth",), reply=(421, 432, 451, 454)),
    # -- replies to MAIL and RCPT ---------------------------------------------------------------
    Row("auth-required", stage=_MAIL, reply=(530,)),
    Row(
        "auth-required",
        stage=_MAIL,
        text=r"authentication (is )?required|client not authenticated|must authenticate"
        r"|not logged in|log ?in first",
    ),
    Row("sender-not-allowed", stage=_MAIL, enhanced=r"5\.7\.60"),
    Row("sender-not-allowed", stage=_MAIL, text=r"send as this sender|not owned by user"),
    Row("sender-not-allowed", stage=_MAIL, reply=(553,), text=r"relaying disallowed as"),
    Row("sender-not-verified", text=r"not verified|verified sender identity"),
    Row("sender-not-verified", text=r"unconfigured sending domain", host=_SPARKPOST),
    Row(
        "account-not-active",
        text=r"not authorized to perform .?ses:",
        hint="Attach a policy with ses:SendRawEmail to the IAM user of the SMTP credentials.",
    ),
    Row("greylisted", stage=_MAIL, reply=(450, 451), text=r"gr[ae]y-?list"),
    Row(
        "relay-denied", stage=_MAIL, text=r"relay(ing)? (access )?(denied|not (permitted|allowed))"
    ),
    Row("relay-denied", stage=_MAIL, text=r"(unable|not permitted|not allowed) to relay"),
    Row("relay-denied", stage=_MAIL, enhanced=r"5\.7\.54"),
    Row("recipient-suppressed", stage=("rcpt",), reply=(254,)),
    Row("recipient-suppressed", stage=("rcpt",), text=r"suppression"),
    Row("sender-domain-unknown", stage=_MAIL, enhanced=r"[45]\.1\.8"),
    Row("sender-rejected", stage=_MAIL, text=r"sender address rejected"),
    Row("sender-rejected", stage=("mail",), reply=(550, 551, 553, 554)),
    Row("sender-rejected", stage=("mail",), enhanced=r"5\.(1\.7|7\.1)"),
    Row("recipient-unknown", stage=("rcpt",), enhanced=r"5\.1\.(1|2|10)"),
    Row(
        "recipient-unknown",
        stage=("rcpt",),
        text=r"\b(user|recipient|mailbox)\b.*\b(unknown|not found)|\b(unknown|no such) user",
    ),
    Row("recipient-rejected", stage=("rcpt",), reply=(550, 551, 553, 554, 556)),
    # -- what is left: an empty failure is that of a reply ------------------------------------
    Row("relay-unavailable", reply=(421,)),
    Row("reply-unknown", failure=("",)),
    Row("failure-unknown"),
)


def diagnose(
    seen: Observation,
    *,
    where: str,
    facts: Mapping[str, str],
    severity: Severity | None = None,
    clean: Callable[[str], str] = str,
) -> Finding:
    """Return the finding for what was seen.

    ``facts`` are those of ``relay_catalogue.FACTS`` that the caller knows; stage, detail, reply
    and meaning come from ``seen``. ``clean`` takes secrets out of the relay's words; the finding's
    own words are never cleaned, as every gap in a known sentence would tell what stood there.
    """
    row = next(row for row in TABLE if row.fits(seen, facts["host"]))
    own = {
        "stage": seen.stage,
        "failure": seen.failure,
        "detail": clean(seen.detail or seen.failure),
    }
    if seen.reply is not None:
        own.update(reply=clean(str(seen.reply)), meaning=meaning(seen.reply))
    finding = CATALOGUE.finding(row.code, where=where, severity=severity, **{**facts, **own})
    return replace(finding, fix=f"{finding.fix} {row.hint}") if row.hint else finding
