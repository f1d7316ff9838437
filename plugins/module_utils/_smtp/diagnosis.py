# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to a finding: the first row that fits counts, the provider's own rows first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .observation import Row
from .providers import recognise
from .relay_catalogue import CATALOGUE
from .reply_meaning import meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .finding import Finding, Severity
    from .observation import Observation

_MAIL = ("mail", "rcpt", "data")
_NOT_NOW = (421, 432, 450, 451, 452, 454, 455)
_REFUSED = tuple(range(500, 600))

# What holds for every relay. The particular comes before the general.
TABLE: tuple[Row, ...] = (
    # Of the probe itself, wherever it has come to.
    Row("probe-too-slow", failure=("deadline",)),
    Row("open-files-limit", failure=("no-descriptor",), transient=True),
    # -- a proxy, which fails in the relay's place at any stage that connects ----------------------
    Row("proxy-login-rejected", failure=("proxy-login",)),
    Row("proxy-denied", failure=("proxy-denied",)),
    Row("proxy-relay-unreachable", failure=("proxy-relay",)),
    Row("proxy-broken", failure=("proxy-broken",)),
    Row("proxy-unreachable", stage=("proxy",)),
    Row(
        "proxy-silent",
        stage=("connect",),
        failure=("timeout", "closed", "reset"),
        given={"proxy": ".+"},
    ),
    # -- resolve and connect ------------------------------------------------------------------
    Row("relay-name-not-found", stage=("resolve",), failure=("name-not-found",)),
    Row("resolver-failed", stage=("resolve",), transient=True),
    Row("port-25-timeout", stage=("connect",), failure=("timeout",), given={"port": "25"}),
    Row("relay-timeout", stage=("connect",), failure=("timeout",)),
    Row("relay-refused", stage=("connect",), failure=("refused",)),
    Row("relay-unreachable", stage=("connect",), failure=("unreachable",)),
    Row("relay-no-route", stage=("connect",), failure=("no-route",)),
    Row("connect-denied", stage=("connect",), failure=("denied",)),
    Row("connect-failed", stage=("connect",)),
    # -- protocol -----------------------------------------------------------------------------
    Row("relay-speaks-tls-first", failure=("speaks-tls",)),
    Row("relay-speaks-plaintext-first", failure=("speaks-plaintext",)),
    Row("starttls-answered-in-plaintext", stage=("tls",), failure=("not-tls",)),
    Row("relay-silent", stage=("banner",), failure=("timeout",)),
    Row("not-smtp", failure=("not-smtp",)),
    Row("starttls-injection", failure=("injected",)),
    Row(
        "protocol-broken",
        # Bytes of TLS in the place of a greeting are "speaks-tls"; later they are as wrong as others.
        failure=("line-too-long", "reply-too-long", "code-changed", "unsolicited", "tls-bytes"),
    ),
    # -- TLS; the verify codes are OpenSSL's X509_V_ERR_ numbers ------------------------------
    Row("certificate-issuer-not-valid-now", failure=("verify-issuer",)),
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
    Row("client-certificate-rejected", failure=("client-certificate-rejected",)),
    Row("starttls-not-offered", failure=("starttls-not-offered",)),
    Row("starttls-stripped", failure=("starttls-stripped",)),
    Row("credentials-withheld", failure=("credentials-withheld",)),
    Row("tls-failed", failure=("tls", "not-tls")),
    # -- authentication, this side ------------------------------------------------------------
    Row("auth-not-offered", failure=("auth-not-offered",)),
    Row("mechanism-not-offered", failure=("mechanism-not-offered",)),
    Row(
        "windows-login-only",
        failure=("mechanism-unknown",),
        given={"offered": r"(NTLM|GSSAPI|GSS-SPNEGO|X-EXPS|[ ,])+"},
    ),
    Row("mechanism-unknown", failure=("mechanism-unknown",)),
    Row("mechanism-unavailable", failure=("digest-unavailable",)),
    Row("credentials-unusable", failure=("credentials-unusable",)),
    Row("auth-server-unproven", failure=("server-unproven",)),
    Row("auth-challenge-malformed", failure=("challenge-malformed", "challenge-unexpected")),
    Row("smtputf8-not-offered", failure=("smtputf8-not-offered",)),
    # -- the connection, at any stage ---------------------------------------------------------
    Row("reply-timeout", failure=("timeout",)),
    Row(
        "connection-lost",
        stage=("banner",),
        failure=("closed", "reset"),
        transient=True,
        hint="Before the greeting it is often not the relay that hung up: the sidecar of a service "
        "mesh or an egress gateway that may not go on to {relay}, or a load balancer without "
        "a relay behind it; the relay itself does so when it blocks this address.",
    ),
    Row("connection-lost", failure=("closed", "reset"), transient=True),
    # -- replies about too much of something ---------------------------------------------------
    Row(
        "too-many-connections",
        reply=_NOT_NOW,
        text=r"too many .*(connections|sessions)|concurren(cy|t connections?) limit",
    ),
    Row(
        "account-locked",
        text=r"too many (bad |failed |invalid )?(auth|login)|account .*\blocked\b",
        transient=False,
    ),
    Row("too-many-recipients", stage=("rcpt",), enhanced=r"[45]\.5\.3"),
    Row("too-many-recipients", stage=("rcpt",), text=r"too many recipients|recipient limit"),
    Row("message-too-big", stage=_MAIL, enhanced=r"[45]\.(3\.4|2\.3)"),
    Row(
        "message-too-big",
        stage=_MAIL,
        text=r"\bsize\b.*\bexceed|\bexceed.*\bsize\b|message (is )?too (long|large|big)",
    ),
    Row("recipient-mailbox-full", stage=("rcpt", "data"), enhanced=r"[45]\.2\.2"),
    Row("recipient-mailbox-full", stage=("rcpt", "data"), text=r"mailbox (is )?full|over ?quota"),
    Row("relay-full", stage=_MAIL, enhanced=r"[45]\.3\.1"),
    Row("relay-full", stage=_MAIL, text=r"(insufficient )?system storage|disk full"),
    Row(
        "sending-quota-reached",
        text=r"\b(daily|monthly|per (day|month))\b.*\b(exceeded|reached)|credits exceeded"
        r"|(exceeded|reached) .*\b(daily|monthly|per (day|month))\b",
        transient=False,
    ),
    Row(
        "sending-limit-reached",
        text=r"\b(rate|quota|limit)\b.*\bexceeded|maximum messages sent|too many (messages|requests)"
        r"|too much mail",
    ),
    # -- replies about the client --------------------------------------------------------------
    Row("reverse-dns-missing", enhanced=r"[45]\.7\.25"),
    Row(
        "reverse-dns-missing",
        text=r"cannot find your (reverse )?hostname|\breverse (dns|lookup|hostname)\b"
        r"|\bPTR record",
    ),
    Row(
        "client-refused",
        text=r"blocked using|bl(oc|ac)k ?list|spamhaus|poor reputation|client host rejected",
    ),
    Row("client-refused", stage=("banner",), reply=(521, 550, 554)),
    Row("client-certificate-required", text=r"\bno client certificate\b"),
    Row("ehlo-name-rejected", text=r"\b(helo|ehlo)\b.*\b(rejected|invalid|not allowed)"),
    Row("ehlo-name-rejected", text=r"\b(invalid|bad) (helo|ehlo)\b"),
    Row("ehlo-name-rejected", stage=("ehlo",), reply=(501, 504)),
    Row("ehlo-rejected", stage=("ehlo",), reply=(500, 502)),
    # -- replies about encryption --------------------------------------------------------------
    Row("starttls-rejected", stage=("starttls",), reply=(454, 501, 502, 503, 550, 554)),
    Row(
        "starttls-required",
        reply=(530, 538, 550, 554),
        text=r"must issue a starttls|starttls (is )?required|encryption (is )?required",
    ),
    Row("starttls-required", enhanced=r"5\.7\.1[01]"),
    Row("starttls-required", reply=(523, 538)),
    # -- replies about the login ---------------------------------------------------------------
    Row(
        "basic-auth-disabled",
        text=r"basic authentication is (disabled|not supported)|SmtpClientAuthentication is disabled",
    ),
    Row(
        "application-password-required",
        text=r"application-specific password|app(lication)? password",
    ),
    Row(
        "account-suspended",
        stage=("auth", "mail", "data"),
        text=r"\b(account|user|domain) (is |has been )?(suspended|disabled|blocked|paused)",
    ),
    Row("account-suspended", enhanced=r"5\.7\.13"),
    Row(
        "token-rejected",
        stage=("auth",),
        reply=_REFUSED,
        given={"mechanism": "XOAUTH2|OAUTHBEARER"},
    ),
    Row("credentials-rejected", stage=("auth",), enhanced=r"5\.7\.8"),
    Row("credentials-rejected", stage=("auth",), reply=(535,)),
    Row("mechanism-rejected", stage=("auth",), reply=(500, 501, 502, 503, 504, 534)),
    Row("auth-failed-temporarily", stage=("auth",), reply=(451, 454)),
    Row(
        "auth-required",
        stage=_MAIL,
        text=r"authentication (is )?required|client (was )?not authenticated|must authenticate"
        r"|not logged in|log ?in first|authenticate first|unauthenticated senders not allowed",
    ),
    Row("auth-required", stage=_MAIL, reply=(530,)),
    # -- replies about the sender --------------------------------------------------------------
    Row(
        "sender-not-allowed",
        stage=_MAIL,
        text=r"send as this sender|not owned by user|SendAsDenied|not allowed to send as"
        r"|not (authorized|allowed|permitted) to send (mail )?(from|as)\b",
    ),
    Row(
        "sandbox-restricted",
        stage=_MAIL,
        text=r"\b(authori[sz]ed|verified) recipients|only send test(ing)? (emails|messages)",
        transient=False,
    ),
    Row(
        "sender-not-verified",
        stage=_MAIL,
        text=r"\b(sender|from address|email address|domain)\b.{0,80}\bnot (been )?verified"
        r"|verified sender",
    ),
    Row(
        "sender-authentication-failed",
        stage=_MAIL,
        enhanced=r"[45]\.7\.2[0-46]",
    ),
    Row(
        "sender-authentication-failed",
        stage=_MAIL,
        text=r"\b(dmarc|dkim|spf)\b.*\b(fail|reject|policy|not pass|invalid)"
        r"|\b(fail\w*|reject\w*|per) .{0,20}\b(dmarc|dkim|spf)\b|mail is unauthenticated",
    ),
    Row("greylisted", stage=_MAIL, reply=(450, 451, 452, 421), text=r"gr[ae]y-?list"),
    Row(
        "relay-denied", stage=_MAIL, text=r"relay(ing)? (access )?(denied|not (permitted|allowed))"
    ),
    Row("relay-denied", stage=_MAIL, text=r"(unable|not permitted|not allowed) to relay"),
    Row("relay-denied", stage=_MAIL, enhanced=r"5\.7\.54"),
    Row("recipient-suppressed", stage=("rcpt", "data"), text=r"\bsuppress(ed|ion)"),
    Row("sender-domain-unknown", stage=_MAIL, enhanced=r"[45]\.(1\.8|7\.27)"),
    Row("sender-rejected", stage=_MAIL, text=r"sender address rejected"),
    Row("sender-rejected", stage=_MAIL, enhanced=r"5\.1\.7"),
    Row("sender-rejected", stage=("mail",), reply=(550, 551, 553, 554)),
    # -- replies about the recipient -----------------------------------------------------------
    Row("recipient-unknown", stage=("rcpt", "data"), enhanced=r"5\.1\.(1|2|10)"),
    Row(
        "recipient-unknown",
        stage=("rcpt", "data"),
        text=r"\b(user|recipient|mailbox)\b.*\b(unknown|not found)|\b(unknown|no such) user",
    ),
    Row("recipient-rejected", stage=("rcpt",), reply=(550, 551, 553, 554, 556)),
    # -- replies about the message -------------------------------------------------------------
    Row("message-content-rejected", stage=("data",), enhanced=r"5\.6\.[0-69]"),
    Row(
        "message-content-rejected",
        stage=("data",),
        text=r"\b(spam|virus|malware|phish\w*|unsolicited)\b|content (was )?(rejected|blocked)",
    ),
    Row("message-rejected", stage=("data",), reply=(550, 552, 553, 554)),
    # -- what is left: an empty failure is that of a reply ------------------------------------
    Row("relay-unavailable", reply=(421,)),
    Row(
        "relay-unavailable",
        reply=_NOT_NOW,
        text=r"\btemporary (local |server |system |service )?(error|failure|problem)"
        r"|\b(server error|error in processing|local error|service currently unavailable)\b",
    ),
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
    row = _row(seen, facts)
    filled = {
        **facts,
        "stage": seen.stage,
        "failure": seen.failure,
        "detail": clean(seen.detail or seen.failure or str(seen.reply or "")),
    }
    if seen.reply is not None:
        filled.update(reply=clean(str(seen.reply)), meaning=meaning(seen.reply))
    finding = CATALOGUE.finding(row.code, where=where, severity=severity, **filled)
    return replace(finding, fix=" ".join([finding.fix, *_more(row, seen, filled)]))


def transient(seen: Observation, facts: Mapping[str, str]) -> bool:
    """Return whether repeating the walk within the run can help."""
    row = _row(seen, facts)
    if row.transient is None:
        return seen.reply is not None and seen.reply.kind == 4
    return row.transient


def _row(seen: Observation, facts: Mapping[str, str]) -> Row:
    provider = recognise(facts)
    rows = (*(provider.rows if provider else ()), *TABLE)
    return next(row for row in rows if row.fits(seen, facts))


def _more(row: Row, seen: Observation, facts: Mapping[str, str]) -> list[str]:
    """Return what is added to a finding's fix."""
    more = []
    # Who does not know the words must not pass for knowing the cause.
    if seen.reply is not None and not row.knows_words and row.code != "reply-unknown":
        more.append("The reply gives no cause that is known here; by the standards, {meaning}.")
    provider = recognise(facts)
    if provider is not None and row in provider.rows and row.hint:
        more.append(f"{provider.name}: {row.hint}")
    else:
        more += [row.hint] if row.hint else []
        if provider is not None and row.code in provider.hints:
            more.append(f"{provider.name}: {provider.hints[row.code]}")
    return [words.format_map(facts) for words in more]
